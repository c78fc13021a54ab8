"""Tells partners of changes: signed, in their order, again where it fails, given up in the end."""

import secrets
import time
from datetime import timedelta
from typing import Any

import msgspec
from django.db import transaction

from stadtkern.kernel import clock, outward
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.jobs.tasks import perform
from stadtkern.kernel.outward import Way
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.sealing import seal, unseal
from stadtkern.kernel.webhooks import NotTaken, post
from stadtkern.systems.bike_boxes.logic import settings
from stadtkern.systems.bike_boxes.models import Change, Notice, Partner

TELL = "stadtkern.systems.bike_boxes.logic.telling.tell"
# Who claims a notice has so long to send it; then another worker may.
LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
# With the pauses above: about a day.
MOST_TRIES = 12
# Of one run, in seconds: the next minute goes on.
BUDGET = 30.0


def queue(change: Change) -> None:
    """Every partner with a webhook hears of it; in the transaction of what happened."""
    partners = list(Partner.objects.filter(active=True).exclude(webhook="").order_by("pk"))
    Notice.objects.bulk_create(Notice(partner=one, change=change) for one in partners)
    for one in partners:
        perform.defer(call=TELL, number=one.pk)


def tell_all() -> int:
    """Send what is due to all of them; how many notices were sent."""
    waiting = Notice.objects.filter(state="waiting", due__lte=clock.now(), partner__active=True)
    partners = waiting.order_by("partner").values_list("partner", flat=True).distinct()
    return sum(_told(number) for number in list(partners))


def tell(partner: int) -> str:
    """Send one partner what is due."""
    return f"{_told(partner)} notices sent"


def _told(partner: int) -> int:
    begun, sent = time.monotonic(), 0
    while time.monotonic() - begun < BUDGET and (row := _claimed(partner)):
        problem = _sent(row)
        _settle(row, problem)
        sent += not problem
    return sent


def _claimed(partner: int) -> Notice | None:
    """The first that waits, if it is due: a later one never overtakes it."""
    now = clock.now()
    with transaction.atomic():
        rows = Notice.objects.filter(partner=partner, state="waiting", partner__active=True)
        rows = rows.select_related("partner", "change__facility").order_by("change")
        row = rows.select_for_update(of=["self"]).first()
        if row is None or row.due > now or not row.partner.webhook:
            return None
        row.due, row.tries = now + LEASE, row.tries + 1
        row.save(update_fields=["due", "tries"])
    return row


def _sent(row: Notice) -> str:
    """Empty, or why it was not taken."""
    partner = row.partner
    body = msgspec.json.encode(document(row.change, partner))
    try:
        post(way_to(partner.webhook), body, secret=unseal(partner.secret),
             key=f"{partner.slug}-{row.change_id}")  # fmt: skip
    except (NotTaken, outward.Refused, ValueError) as error:
        return str(error)[:300] or type(error).__name__
    return ""


def _settle(row: Notice, problem: str) -> None:
    row.problem, now = problem, clock.now()
    if not problem:
        row.state, row.sent = "sent", now
    elif row.tries >= MOST_TRIES:
        row.state = "dead"
    else:
        row.due = now + min(FIRST_PAUSE * 2 ** (row.tries - 1), LONGEST_PAUSE)
    row.save(update_fields=["state", "sent", "due", "problem"])


def document(change: Change, partner: Partner) -> dict[str, Any]:
    """What a partner may know of a change: ids of bookings only where they are its own."""
    own = change.source == partner.source
    return {"number": change.pk, "at": change.at, "facility": change.facility.slug,
            "state": change.state, "booking": change.booking if own else None}  # fmt: skip


def way_to(url: str) -> Way:
    """How to reach a partner. Raises outward.Refused."""
    return outward.way_to(url, networks=settings().partner_networks,
                          setting="[systems.bike_boxes] partner_networks")  # fmt: skip


def set_address(partner: Partner, url: str, who: Account) -> str:
    """Where the partner hears of changes from now on; a fresh secret, to be shown once.

    Without an address it hears of nothing, and what still waits is dropped.
    """
    secret = secrets.token_urlsafe(32) if url else ""
    with transaction.atomic():
        rows = Partner.objects.filter(pk=partner.pk)
        rows.update(webhook=url, secret=seal(secret) if url else None)
        if not url:
            Notice.objects.filter(partner=partner, state="waiting").delete()
        record(who, "bike_boxes.webhook", partner, on=bool(url))
    return secret


def again(notice: Notice, who: Account) -> bool:
    """Send a dead letter once more; False where it is none."""
    with transaction.atomic():
        rows = Notice.objects.filter(pk=notice.pk, state="dead")
        if not rows.update(state="waiting", tries=0, due=clock.now(), problem=""):
            return False
        perform.defer(call=TELL, number=notice.partner_id)
        record(who, "bike_boxes.notice_again", notice.partner, change=notice.change_id)
    return True
