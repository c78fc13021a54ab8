"""Begins a payment at a provider, and asks there how it stands."""

from datetime import timedelta
from typing import Final

from django.db import IntegrityError
from django.db import transaction as database
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.payments.models import Charge, Provider, Transaction
from stadtkern.kernel.payments.problems import NotOpen, PaymentProblem, ProviderProblem
from stadtkern.kernel.payments.providers import adapter
from stadtkern.kernel.payments.providers.protocol import Outcome, Started
from stadtkern.kernel.payments.rows import locked
from stadtkern.kernel.payments.settle import learn

# Who comes back to the pay page so soon goes on with the same payment.
SAME: Final = timedelta(minutes=10)
# A person who looks at the page has us ask no more often than this.
PATIENCE: Final = timedelta(seconds=2)


def begin(charge: Charge, provider: Provider) -> Transaction:
    """A payment that is ready to be paid on `page`. Raises NotOpen or ProviderProblem.

    It is on record before the provider hears of it. A provider that gives no answer has given us
    no page either, so nobody can pay that one: it counts as failed, and the next try is a new one.
    """
    with database.atomic():
        row = locked(charge.pk)
        if row.state != "open":
            raise NotOpen(_("There is nothing to pay any more."))
        if same := _under_way(row, provider):
            return same
        made = Transaction.objects.create(charge=row, provider=provider, cents=row.cents)
    try:
        return _noted(made, adapter(provider).start(made))
    except PaymentProblem as problem:
        learn(made.pk, Outcome(state="failed", problem=str(problem)))
        raise


def _under_way(charge: Charge, provider: Provider) -> Transaction | None:
    rows = charge.transactions.filter(provider=provider, state="started").exclude(page="")
    return rows.filter(created__gte=clock.now() - SAME).first()


def _noted(made: Transaction, started: Started) -> Transaction:
    made.their_id, made.page = started.their_id[:120], started.page
    try:
        with database.atomic():
            made.save(update_fields=["their_id", "page"])
    except IntegrityError:
        raise ProviderProblem(_("The payment service gave a number twice.")) from None
    return learn(made.pk, Outcome(state="started"))


def ask(number: int) -> Transaction:
    """How a payment stands, asked at its provider; what goes wrong is kept as its `problem`."""
    row = Transaction.objects.select_related("provider", "charge").get(pk=number)
    if row.state == "booked" or not row.their_id:
        return row
    try:
        outcome = adapter(row.provider).status(row)
    except ProviderProblem as problem:
        still = Transaction.objects.filter(pk=number).exclude(state="booked")
        still.update(asked=clock.now(), problem=str(problem)[:300])
        row.refresh_from_db()
        return row
    return learn(number, outcome)


def ask_about(charge: Charge) -> None:
    """Ask about all payments of a charge that are under way, unless that was done just now."""
    rows = charge.transactions.filter(state__in=("initial", "started")).exclude(their_id="")
    for row in rows:
        if row.asked is None or clock.age(row.asked) >= PATIENCE:
            ask(row.pk)


def ask_all(number: int) -> str:
    """What a provider's call makes us do: ask about each payment that is not booked."""
    rows = Transaction.objects.filter(charge=number).exclude(state="booked").exclude(their_id="")
    found = [ask(pk).state for pk in rows.values_list("pk", flat=True)]
    return ", ".join(found) or "nothing to ask"
