"""Takes in what providers say: first news wins, the same news again changes nothing."""

from typing import Final

from django.db import transaction as database
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.payments import books
from stadtkern.kernel.payments.ledger import Post
from stadtkern.kernel.payments.models import Charge, Refund, Transaction
from stadtkern.kernel.payments.providers.protocol import Outcome, Returned
from stadtkern.kernel.payments.rows import changed, locked

UNDER_WAY: Final = ("initial", "started")
ENDED: Final = ("failed", "cancelled", "expired")
SURPLUS: Final = "surplus"


def learn(number: int, outcome: Outcome) -> Transaction:
    """Write down how a payment stands, with all that follows from it, in one transaction.

    Booked is final. It also comes late, after the payment was given up or the charge cancelled:
    then, or where the charge is paid already or the amount is another, the money is kept as
    surplus and goes back by itself.
    """
    with database.atomic():
        charge, row = _locked(number)
        row.asked = clock.now()
        if row.state != "booked":
            if outcome.state == "booked":
                _book(charge, row, outcome)
            elif outcome.state in ENDED and row.state in UNDER_WAY:
                row.state, row.problem = outcome.state, outcome.problem[:300]
            elif row.state == "initial":
                row.state = "started"
        row.save(
            update_fields=["state", "asked", "booked", "received", "method", "problem", "surplus"]
        )
        if row.surplus and not row.refunds.exists():
            Refund.objects.create(
                transaction=row, cents=row.received or 0, reason=row.problem, key=SURPLUS
            )
    return row


def _locked(number: int) -> tuple[Charge, Transaction]:
    """Charge before transaction, always, so that no two wait for each other."""
    charge = locked(Transaction.objects.values_list("charge", flat=True).get(pk=number))
    row = Transaction.objects.select_for_update(of=("self",)).select_related("provider")
    return charge, row.get(pk=number)


def _book(charge: Charge, row: Transaction, outcome: Outcome) -> None:
    row.state, row.booked, row.received = "booked", clock.now(), outcome.cents
    row.method = outcome.method[:40]
    row.problem = _why_surplus(charge, row, outcome.cents)
    row.surplus = bool(row.problem)
    if row.surplus:
        books.surplus(charge, row)
        return
    books.paid(charge, row)
    charge.state, charge.paid = "paid", row.booked
    charge.save(update_fields=["state", "paid"])
    changed(charge, "open")


def _why_surplus(charge: Charge, row: Transaction, cents: int) -> str:
    if charge.state == "cancelled":
        return _("Paid after the charge was cancelled")
    if charge.state != "open":
        return _("Paid a second time")
    return "" if cents == row.cents else _("Another amount than was owed")


def learn_refund(number: int, returned: Returned) -> Refund:
    """Write down how a refund stands; what is done stays done."""
    with database.atomic():
        charge, row = locked_refund(number)
        if row.state == "done":
            return row
        row.state = returned.state
        row.their_id = returned.their_id or row.their_id
        row.problem = returned.problem[:300]
        if returned.state == "done":
            done(charge, row, books.held(row.transaction.provider, -row.cents))
        row.save(update_fields=["state", "their_id", "problem", "done"])
    return row


def done(charge: Charge, row: Refund, source: Post) -> None:
    """The money has left the account in `source`; the caller saves the row."""
    row.done = clock.now()
    books.returned(charge, row, source)


def locked_refund(number: int) -> tuple[Charge, Refund]:
    """Both held until the end of the caller's transaction, the charge first."""
    charge = locked(Refund.objects.values_list("transaction__charge", flat=True).get(pk=number))
    row = Refund.objects.select_for_update(of=("self",)).select_related("transaction__provider")
    return charge, row.get(pk=number)
