"""The ends that whoever applies, or the clock, brings about: withdrawn, expired."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from stadtkern.kernel import clock, sealing
from stadtkern.kernel.cases.handover import later
from stadtkern.kernel.cases.journey import mails, paying
from stadtkern.kernel.cases.journey.errors import NotOpen
from stadtkern.kernel.cases.journey.hold import held
from stadtkern.kernel.cases.models import Case, Message
from stadtkern.kernel.cases.models.journey import Draft
from stadtkern.kernel.cases.moves import MOVES, move, tell
from stadtkern.kernel.people.models import Account

# Before anybody worked on it, the fee goes back by itself; afterwards the desk decides.
UNTOUCHED: Final = ("draft", "co_sign", "payment", "submitted", "received")


def may_withdraw(case: Case) -> bool:
    """Not any more once it is decided."""
    return "withdrawn" in MOVES[case.state]


def withdraw(case_id: int, *, reason: str = "", actor: Account | None = None) -> Case:
    """Take a case back; a second time changes nothing. Raises NotOpen.

    The desk gets a message with the reason, sealed, so that its clerk sees it, and the back office
    that has the case hears it too; a draft simply goes.
    """
    with transaction.atomic():
        case = held(case_id)
        if case.state == "withdrawn":
            return case
        if not may_withdraw(case):
            raise NotOpen(_("It is decided already and cannot be withdrawn any more. You can"
                            " write to the office."))  # fmt: skip
        before = case.state
        said = None
        if case.submitted:
            said = Message.objects.create(
                case=case, direction="in", author=actor, at=clock.now(), subject=_("Withdrawal"),
                text_sealed=sealing.seal(reason or _no_reason(case)),
            )  # fmt: skip
        row = move(case, "withdrawn", expires=None, data={"before": before})
        Draft.objects.filter(case=row).delete()
        if before in UNTOUCHED:
            paying.give_back(row, f"Antrag {row.reference} zurückgezogen")
        elif row.charge and row.charge.state in ("open", "paid"):
            tell(row, "refund.asked", visible=False)
        if row.submitted:
            later.withdrawn(row, said)
            mails.write(row, "withdrawn")
    return row


def _no_reason(case: Case) -> str:
    with override(case.language):
        return _("No reason was given.")


def expire(case_id: int) -> Case:
    """Nobody went on with it in time. Bears repetition."""
    with transaction.atomic():
        case = held(case_id)
        if "expired" not in MOVES[case.state]:
            return case
        row = move(case, "expired", expires=None)
        Draft.objects.filter(case=row).delete()
        paying.give_back(row, f"Antrag {row.reference} nicht beendet")
        mails.write(row, "expired")
    return row
