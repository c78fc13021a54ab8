"""What is wrong with boxes: noted once, told to whoever looks after them, closed with a word."""

from datetime import timedelta

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings.models import Absence
from stadtkern.kernel.people.models import Account
from stadtkern.systems.bike_boxes.logic import changes, mail
from stadtkern.systems.bike_boxes.models import Box, Trouble

# Long enough to be for good, and a date that every calendar knows.
FOR_GOOD = timedelta(days=3650)
ALARMING = ("forced",)


def notice(box: Box, kind: str, detail: str = "") -> Trouble:
    """Note it, unless it is noted already; a forced door is told by mail at once."""
    found, new = Trouble.objects.get_or_create(
        box=box, kind=kind, closed=None, defaults={"detail": detail[:200], "since": clock.now()}
    )
    if new and kind in ALARMING:
        mail.alarm(found)
    return found


def over(box: Box, *kinds: str) -> int:
    """What sensors say is over closes itself."""
    rows = Trouble.objects.filter(box=box, kind__in=kinds, closed=None)
    return rows.update(closed=clock.now(), closed_by="sensor")


def close(trouble: Trouble, who: Account, note: str) -> None:
    """Somebody has looked after it."""
    with transaction.atomic():
        rows = Trouble.objects.filter(pk=trouble.pk, closed=None)
        if rows.update(closed=clock.now(), closed_by=f"account:{who.pk}", note=note[:300]):
            if trouble.kind == "forced":
                Box.objects.filter(pk=trouble.box_id, door="forced").update(door="unknown")
            if trouble.kind == "reported":
                unblock(trouble.box, "reported")
            record(who, "bike_boxes.trouble", trouble.box, kind=trouble.kind, note=note)


def block(box: Box, why: str, span: timedelta = FOR_GOOD) -> None:
    """Nobody can rent the box for a while, whoever sells it."""
    now = clock.now()
    Absence.objects.update_or_create(
        unit_id=box.unit_id, source=f"bike_boxes:{why}",
        defaults={"during": (now, now + span), "reason": why},
    )  # fmt: skip


def unblock(box: Box, why: str) -> None:
    """What kept it from being rented is over."""
    Absence.objects.filter(unit_id=box.unit_id, source=f"bike_boxes:{why}").delete()


def set_state(box: Box, state: str, who: Account, note: str) -> None:
    """Take a box out of service, or put it back; rentals that are sold are the caller's matter."""
    with transaction.atomic():
        Box.objects.filter(pk=box.pk).update(state=state, note=note[:200], since=clock.now())
        if state == "ok":
            unblock(box, "state")
        else:
            block(box, "state")
        record(who, "bike_boxes.state", box, before=box.state, after=state, note=note)
        changes.note(box.facility, state="blocked" if state != "ok" else "free")
