"""What runs by the clock: ask about payments, cancel what is overdue, send refunds, forget."""

import time
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction as database
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from stadtkern.kernel import clock, registry
from stadtkern.kernel.payments.begin import ask
from stadtkern.kernel.payments.charges import cancel
from stadtkern.kernel.payments.models import Charge, Refund, Transaction
from stadtkern.kernel.payments.problems import NotOpen, ProviderProblem, ProviderRefuses
from stadtkern.kernel.payments.providers import adapter
from stadtkern.kernel.payments.providers.protocol import Outcome, Returned
from stadtkern.kernel.payments.settle import ENDED, UNDER_WAY, learn, learn_refund

# Seconds of one run: the next minute goes on.
BUDGET: Final = 45.0
# Who asks about a payment has so long for it; then another worker may.
LEASE: Final = timedelta(seconds=30)
# Payments so old at most -> asked so often. Those that ended are asked about rarely, because
# money that was on its way can still come; after the last age only a statement tells of it.
PACE: Final = (
    (timedelta(minutes=10), timedelta(seconds=20)),
    (timedelta(hours=2), timedelta(minutes=3)),
    (timedelta(days=1), timedelta(minutes=30)),
    (timedelta(days=14), timedelta(hours=8)),
)
PACE_ENDED: Final = (
    (timedelta(hours=2), timedelta(minutes=20)),
    (timedelta(days=14), timedelta(hours=12)),
)
EXPIRES: Final = timedelta(hours=24)
# A payment that the provider never confirmed to have taken in.
LOST: Final = timedelta(minutes=10)
# Whoever is with the provider when the time is over may finish.
GRACE: Final = timedelta(minutes=15)
NOT_ASKED: Final = ("invoice", "counter")
MOST_TRIES: Final = 30


def poll() -> str:
    """Ask about the payments whose turn it is; give up those that nobody finished."""
    begun, asked = time.monotonic(), 0
    lost, gone = _give_up()
    while time.monotonic() - begun < BUDGET and (number := _claimed()):
        ask(number)
        asked += 1
    return f"{asked} payments asked about, {lost} lost, {gone} expired"


def _claimed() -> int | None:
    """The payment that waits longest, marked as asked before it is, so that two do not ask."""
    with database.atomic():
        rows = _due(clock.now()).order_by(F("asked").asc(nulls_first=True), "pk")
        row = rows.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        row.asked = clock.now()
        row.save(update_fields=["asked"])
        return row.pk


def _due(now: datetime) -> QuerySet[Transaction]:
    rows = Transaction.objects.exclude(their_id="").exclude(provider__adapter__in=NOT_ASKED)
    return rows.filter(
        Q(state__in=UNDER_WAY) & _paced(now, PACE) | Q(state__in=ENDED) & _paced(now, PACE_ENDED)
    )


def _paced(now: datetime, pace: tuple[tuple[timedelta, timedelta], ...]) -> Q:
    found, younger = Q(pk__in=()), timedelta()
    for age, pause in pace:
        old_enough = Q(created__lte=now - younger, created__gt=now - age)
        found |= old_enough & (Q(asked__isnull=True) | Q(asked__lte=now - pause))
        younger = age
    return found


def _give_up() -> tuple[int, int]:
    now = clock.now()
    rows = Transaction.objects.filter(state__in=UNDER_WAY).exclude(provider__adapter__in=NOT_ASKED)
    lost = rows.filter(their_id="", created__lt=now - LOST)
    lost_ids = list(lost.values_list("pk", flat=True)[:500])
    for number in lost_ids:
        learn(number, Outcome(state="failed", problem=_("The payment service never answered.")))
    gone_ids = list(rows.filter(created__lt=now - EXPIRES).values_list("pk", flat=True)[:500])
    for number in gone_ids:
        learn(number, Outcome(state="expired", problem=_("Nobody finished this payment.")))
    return len(lost_ids), len(gone_ids)


def overdue() -> str:
    """Cancel what had to be paid in advance and was not; deferred charges only become overdue."""
    now = clock.now()
    rows = Charge.objects.filter(policy="upfront", state="open", due__lt=now)
    with_provider = Transaction.objects.filter(state="started", created__gt=now - GRACE).values(
        "charge"
    )
    late = rows.exclude(pk__in=with_provider)
    count = 0
    for charge in late.order_by("due")[:500]:
        try:
            cancel(charge, _("Not paid in time"))
            count += 1
        except NotOpen:  # paid in the meantime
            continue
    return f"{count} charges cancelled"


def send_refunds() -> str:
    """Send refunds to their providers, and ask about those that are on their way."""
    begun, sent = time.monotonic(), 0
    while time.monotonic() - begun < BUDGET and (row := _claimed_refund()):
        learn_refund(row.pk, _sent(row))
        sent += 1
    return f"{sent} refunds sent or asked about"


def _claimed_refund() -> Refund | None:
    now = clock.now()
    with database.atomic():
        rows = Refund.objects.filter(state__in=("wanted", "sent")).filter(_refund_due(now))
        row = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        row.asked, row.tries = now, min(row.tries + 1, MOST_TRIES)
        row.save(update_fields=["asked", "tries"])
    return Refund.objects.select_related("transaction__provider", "transaction__charge").get(
        pk=row.pk
    )


def _refund_due(now: datetime) -> Q:
    """The first four tries a minute apart, then quarters of an hour, then hours."""
    return (
        Q(asked__isnull=True)
        | Q(tries__lt=4, asked__lte=now - timedelta(minutes=1) + LEASE / 2)
        | Q(tries__lt=12, asked__lte=now - timedelta(minutes=15))
        | Q(asked__lte=now - timedelta(hours=6))
    )


def _sent(row: Refund) -> Returned:
    """What the provider says; where it gives no answer, the refund stays as it is."""
    try:
        return adapter(row.transaction.provider).refund(row)
    except ProviderRefuses as refused:
        return Returned(state="failed", problem=str(refused))
    except ProviderProblem as problem:
        return Returned(state="sent" if row.state == "sent" else "wanted", problem=str(problem))


def erase() -> str:
    """Forget who paid, some time after it is over; books and receipts keep the amounts."""
    limit = clock.now() - timedelta(days=registry.city().payments.payer_days)
    over = Q(state="paid", paid__lt=limit) | Q(
        state__in=("cancelled", "refunded"), closed__lt=limit
    )
    rows = Charge.objects.filter(over, erased__isnull=True)
    waiting = Refund.objects.exclude(state="done").values("transaction__charge")
    numbers = list(rows.exclude(pk__in=waiting).values_list("pk", flat=True))
    with database.atomic():
        Transaction.objects.filter(charge__in=numbers).update(account=None)
        Refund.objects.filter(transaction__charge__in=numbers).update(account=None)
        Charge.objects.filter(pk__in=numbers).update(
            payer="", email="", back="", erased=clock.now()
        )
    return f"{len(numbers)} payers forgotten"
