"""A fee that the desk sets after the case was sent: the amount, why, and the charge."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.desk import messages, texts
from stadtkern.kernel.cases.desk.work import actor
from stadtkern.kernel.cases.journey import links
from stadtkern.kernel.cases.journey.hold import held
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.models.case import OPEN
from stadtkern.kernel.cases.moves import NotPossible, tell
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.charges import Line
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.payments.words import euros
from stadtkern.kernel.people.models import Account

KIND: Final = "case"
PAY_WITHIN: Final = timedelta(days=30)


def ask_fee(case: Case, *, cents: int, reason: str, by: Account) -> Charge:
    """Set the fee; the applicant reads why and pays on their page. Raises NotPossible.

    The bill names the service only: why it costs so much stays in the mailbox.
    """
    if cents <= 0:
        raise NotPossible(_("Please enter an amount of more than 0 euros."))
    if not reason.strip():
        raise NotPossible(_("Please say why it costs this much."))
    with transaction.atomic():
        row = held(case.pk)
        _allowed(row)
        made = _charge(row, cents)
        row.charge, row.changed = made, clock.now()
        row.save(update_fields=["charge", "changed"])
        tell(row, "fee.asked", source="desk", actor=actor(by), data={"cents": cents})
        with override(row.language):
            subject = _("There is a fee to pay")
        messages.write_to_applicant(row, subject=subject, text=reason, author=by)
        record(by, "case.fee", row, cents=cents)
    return made


def take_back(case: Case, *, by: Account) -> bool:
    """Nothing is owed any more; False where nothing was open."""
    with transaction.atomic():
        row = held(case.pk)
        charge = row.charge
        if charge is None or charge.policy != "deferred" or charge.state != "open":
            return False
        charges.cancel(charge, f"Antrag {row.reference}")
        row.charge = None
        row.save(update_fields=["charge"])
        tell(row, "fee.taken_back", source="desk", actor=actor(by))
        record(by, "case.fee_back", row, cents=charge.cents)
    return True


def _allowed(row: Case) -> None:
    if row.state not in OPEN:
        raise NotPossible(_("This case is not being worked on any more."))
    if row.version.definition.get("payment") != "deferred":
        raise NotPossible(_("This form has no fee that the office sets."))
    if row.charge is not None and row.charge.state in ("open", "paid"):
        raise NotPossible(
            _("There is a fee of %(sum)s already.") % {"sum": euros(row.charge.cents)}
        )


def _charge(row: Case, cents: int) -> Charge:
    before = Charge.objects.filter(kind=KIND, subject=str(row.public_id)).count()
    title = texts.title_of(row)
    return charges.charge(
        kind=KIND, subject=str(row.public_id), key=f"{row.reference}:fee:{before + 1}",
        lines=[Line(text=title, cents=cents)], purpose="Gebuehr {reference}", policy="deferred",
        description=f"{title} ({row.reference})"[:250], payer=row.name, email=row.email,
        language=row.language, back=links.path(row), due=clock.now() + PAY_WITHIN,
        invented=row.invented,
    )  # fmt: skip
