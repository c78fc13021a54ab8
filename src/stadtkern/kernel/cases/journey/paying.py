"""What a case costs: its charge before it is sent, and what follows when that is paid or not."""

from datetime import timedelta
from typing import Final
from uuid import uuid4

from stadtkern.kernel import clock
from stadtkern.kernel.cases.forms import run
from stadtkern.kernel.cases.forms.definition import Definition
from stadtkern.kernel.cases.journey import links, mails
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.models.journey import Draft
from stadtkern.kernel.cases.moves import move, tell
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.events import ChargeChanged
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.payments.problems import NotOpen, NotPaid

KIND: Final = "case"
# So long a charge waits; then the case is a draft again, with everything in it.
PAY_WITHIN: Final = timedelta(days=14)


def charge_for(case: Case, definition: Definition) -> Charge | None:
    """What has to be paid before this case is sent; None where it costs nothing.

    It is the same charge however often it is asked for, until it is cancelled.
    """
    lines = run.bill(definition, case.answers)
    if not sum(line.cents for line in lines):
        return None
    known = Charge.objects.filter(kind=KIND, subject=str(case.public_id))
    if kept := known.filter(state__in=["open", "paid"]).first():
        return kept
    before = known.count()
    title = definition.title.get(case.language) or definition.title["de"]
    return charges.charge(
        kind=KIND, subject=str(case.public_id), lines=lines, purpose="Antrag {reference}",
        key=f"{case.reference}:{before + 1}" if before else case.reference,
        description=f"{title} ({case.reference})", payer=case.name, email=case.email,
        language=case.language, back=links.path(case), due=clock.now() + PAY_WITHIN,
        invented=case.invented,
    )  # fmt: skip


def let_go(case: Case) -> None:
    """Nothing is owed for this case any more, as long as nothing was paid."""
    if case.charge_id is None:
        return
    charge, case.charge = case.charge, None
    case.save(update_fields=["charge"])
    if charge is not None and charge.state == "open":
        charges.cancel(charge, f"Antrag {case.reference}")


def give_back(case: Case, reason: str) -> bool:
    """Pay back what was paid, or owe nothing any more; False where there was nothing."""
    charge = case.charge
    if charge is None or charge.state in ("cancelled", "refunded"):
        return False
    try:
        charges.cancel(charge, reason)
    except NotOpen:
        left = charge.cents - charge.refunded_cents
        charges.refund(charge, left, reason, key=f"case:{case.reference}")
    return True


def heard(event: ChargeChanged) -> None:
    """What a payment means for its case; in the transaction of the payment, so once.

    The charge is locked by whoever tells us; the case is locked after it, as everywhere.
    """
    if event.kind != KIND:
        return
    case = Case.objects.select_for_update(of=("self",)).filter(public_id=event.subject).first()
    if case is None:
        return
    if event.before == "open" and event.after == "paid":
        _paid(case, event)
    elif event.after == "cancelled":
        _cancelled(case, event)
    elif event.refunded:
        key = f"refund:{event.charge}:{event.refunded}"
        tell(case, "payment.refunded", source="payment", data={"cents": event.refunded}, key=key)


def _paid(case: Case, event: ChargeChanged) -> None:
    from stadtkern.kernel.cases.journey.send import submit  # noqa: PLC0415  it needs this module

    tell(case, "payment.paid", source="payment", key=f"paid:{event.charge}")
    if case.state == "payment" and case.charge_id == event.charge:
        submit(case, source="payment")
    elif case.state in ("draft", "co_sign", "payment", "withdrawn", "expired"):
        _too_late(case, event.charge)


def _too_late(case: Case, number: int) -> None:
    """Paid for something that is not sent any more: the money goes back."""
    charge = Charge.objects.get(pk=number)
    left = charge.cents - charge.refunded_cents
    try:
        charges.refund(charge, left, f"Antrag {case.reference}", key=f"late:{case.reference}")
    except NotPaid:
        return


def _cancelled(case: Case, event: ChargeChanged) -> None:
    """Not paid in time: a draft again, nothing is lost."""
    if case.state != "payment" or case.charge_id != event.charge:
        return
    back = move(case, "draft", source="payment", code="payment.cancelled", charge=None,
                submit_key=uuid4(), expires=clock.now() + PAY_WITHIN)  # fmt: skip
    Draft.objects.get_or_create(case=back)
    mails.write(back, "not_paid", key=f"not_paid:{event.charge}")
