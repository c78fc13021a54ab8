"""Sends the messages that are due: claimed before, so that two workers send none twice."""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import guard, mail, notify, webhook_call
from stadtkern.kernel.alerts.models import Delivery, Sending

# Who claims a message has so long to send it; then another worker may.
LEASE = timedelta(minutes=5)
BATCH = 50
# Of one run, in seconds: the next minute goes on.
BUDGET = 45.0
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
# With the pauses above: about a day.
MOST_TRIES = 12
KEPT = timedelta(days=400)


def run() -> str:
    """Send what is due; failures wait longer each time, and are given up after about a day."""
    begun, sent, failed = time.monotonic(), 0, 0
    while time.monotonic() - begun < BUDGET and (claimed := _claim()):
        for group in _grouped(claimed):
            problem = _send(group)
            _settle(group, problem)
            sent, failed = sent + (not problem), failed + bool(problem)
    Delivery.objects.filter(created__lt=clock.now() - KEPT).delete()
    return f"{sent} messages sent, {failed} failed"


def _claim() -> list[Delivery]:
    """Messages that are ours for a while; gathered ones come with all of their reader."""
    now = clock.now()
    with transaction.atomic():
        first = notify.due(now).order_by("due").values_list("pk", flat=True)
        ids = list(first.select_for_update(skip_locked=True)[:BATCH])
        mailboxes = Delivery.objects.filter(pk__in=ids, gather=True).values("address")
        more = notify.due(now).filter(gather=True, address__in=mailboxes)
        ids += list(more.select_for_update(skip_locked=True).values_list("pk", flat=True))
        rows = Delivery.objects.filter(pk__in=ids)
        for one in rows:
            one.due, one.tries = now + LEASE, one.tries + 1
        Delivery.objects.bulk_update(rows, ["due", "tries"])
    return list(
        Delivery.objects.filter(pk__in=ids).order_by("pk").select_related(
            "rule__observed_property", "webhook", "incident", "alert__rule",
            "alert__device__thing__place", "alert__gateway__thing__place",
            "alert__datastream__thing__place", "alert__datastream__observed_property",
        )
    )  # fmt: skip


def _grouped(claimed: Sequence[Delivery]) -> list[list[Delivery]]:
    gathered: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
    for one in claimed:
        if one.gather:
            gathered[one.address, one.language].append(one)
    return [[one] for one in claimed if not one.gather] + list(gathered.values())


def _send(group: Sequence[Delivery]) -> str:
    """Empty, or why it was not sent."""
    try:
        if group[0].webhook is not None:
            webhook_call.call(group[0])
        else:
            mail.send(group)
    except (mail.NotSent, webhook_call.NotTaken, guard.Refused, ValueError) as error:
        return str(error)[:300] or type(error).__name__
    return ""


def _settle(group: Sequence[Delivery], problem: str) -> None:
    now = clock.now()
    for one in group:
        one.problem = problem
        if not problem:
            one.state, one.sent = Sending.SENT, now
        elif one.tries >= MOST_TRIES:
            one.state = Sending.FAILED
        else:
            one.due = now + min(FIRST_PAUSE * 2 ** (one.tries - 1), LONGEST_PAUSE)
    Delivery.objects.bulk_update(group, ["state", "sent", "due", "problem"])
