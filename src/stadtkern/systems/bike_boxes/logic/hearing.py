"""What a controller tells, taken once and in its order, and what it is told in return."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes as bookings
from stadtkern.systems.bike_boxes.logic import counting, doors, lists, opening
from stadtkern.systems.bike_boxes.models import Access, Box, Command, DoorEvent, Facility

MOST = 200
# Clocks that differ by less are taken as right.
SKEW = timedelta(seconds=30)
Kind = Literal[
    "opened", "closed", "forced", "denied", "left_open", "jammed", "occupied", "vacant",
    "power_lost", "power_back", "started",
]  # fmt: skip
Short = Annotated[str, msgspec.Meta(max_length=120)]


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event: its number since the start, when, which box (0: the whole place), what, how."""

    seq: Annotated[int, msgspec.Meta(ge=1)]
    at: datetime
    box: Annotated[int, msgspec.Meta(ge=0, le=99)] = 0
    kind: Kind
    means: Literal["", "pin", "card", "offline", "remote", "key"] = ""
    detail: Short = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of a command: done, or why not."""

    command: UUID
    done: bool
    problem: Annotated[str, msgspec.Meta(max_length=40)] = ""


class Sync(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a controller sends: which start of it, its clock, events, answers, the list it holds."""

    boot: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    clock: datetime
    events: Annotated[list[Told], msgspec.Meta(max_length=MOST)] = []
    answers: Annotated[list[Answer], msgspec.Meta(max_length=MOST)] = []
    list: Annotated[str, msgspec.Meta(max_length=64)] = ""


def take(facility: Facility, told: Sync) -> int:
    """Store what is new, all or nothing; what is sent again is known. Returns how many are new."""
    now = clock.now()
    skew = now - told.clock.astimezone(UTC)
    with transaction.atomic():
        locked = Facility.objects.select_for_update().get(pk=facility.pk)
        last = locked.sequence if locked.boot == told.boot else 0
        fresh = [one for one in told.events if one.seq > last]
        stored = _store(locked, told.boot, fresh, skew if abs(skew) > SKEW else timedelta(), now)
        _answered(locked, told.answers, now)
        for event in stored:
            _apply(locked, event)
        locked.boot = told.boot
        locked.sequence = max([last, *(one.seq for one in told.events)])
        locked.last_seen, locked.clock_skew = now, skew.total_seconds()
        locked.list_held = told.list
        locked.save(update_fields=["boot", "sequence", "last_seen", "clock_skew", "list_held",
                                   "power"])  # fmt: skip
    return len(stored)


def _store(
    facility: Facility, boot: str, fresh: Sequence[Told], skew: timedelta, now: datetime
) -> list[DoorEvent]:
    """With times by our clock, never in the future."""
    boxes = {box.number: box for box in Box.objects.filter(facility=facility)}
    rows = [
        DoorEvent(
            facility=facility, box=boxes.get(one.box), kind=one.kind, means=one.means,
            detail=one.detail, boot=boot, sequence=one.seq,
            at=min(one.at.astimezone(UTC) + skew, now),
        )
        for one in fresh
        if one.box == 0 or one.box in boxes
    ]  # fmt: skip
    known = set(
        DoorEvent.objects.filter(
            facility=facility, boot=boot, sequence__in=[row.sequence for row in rows]
        ).values_list("sequence", flat=True)
    )
    return DoorEvent.objects.bulk_create([row for row in rows if row.sequence not in known])


def _answered(facility: Facility, answers: Sequence[Answer], now: datetime) -> None:
    for one in answers:
        rows = Command.objects.filter(
            box__facility=facility, public_id=one.command, state__in=["waiting", "sent", "expired"]
        )
        rows.update(state="done" if one.done else "failed", problem=one.problem, done=now)


def _apply(facility: Facility, event: DoorEvent) -> None:
    if event.kind in ("power_lost", "power_back"):
        facility.power = event.kind == "power_back"
    if event.box is None:
        return
    if event.kind == "opened" and event.means:
        _used(event)
    doors.apply(event)


def _used(event: DoorEvent) -> None:
    """The renter came: the booking is in use."""
    access = (
        Access.objects.filter(box=event.box, begins__lte=event.at, live=True)
        .select_related("booking")
        .order_by("-begins")
        .first()
    )
    if access is None or event.means == "key":
        return
    DoorEvent.objects.filter(pk=event.pk).update(booking=access.booking)
    if access.opened is None:
        Access.objects.filter(pk=access.pk).update(opened=event.at)
        if access.booking.state == "booked":
            bookings.arrive(access.booking)


def tell(facility: Facility, held: str) -> dict[str, Any]:
    """What the controller is to know: our time, commands that wait, and the list if it changed."""
    now = clock.now()
    opening.expire()
    waiting = Command.objects.filter(
        box__facility=facility, state__in=["waiting", "sent"], expires__gt=now
    ).select_related("box")
    commands = [
        {"id": str(one.public_id), "do": "open", "box": one.box.number,
         "expires": one.expires.isoformat().replace("+00:00", "Z")}
        for one in waiting.order_by("pk")
    ]  # fmt: skip
    waiting.filter(state="waiting").update(state="sent", sent=now)
    listed = lists.current(facility, now)
    told: dict[str, Any] = {"time": now.isoformat().replace("+00:00", "Z"), "commands": commands}
    if listed["version"] != held:
        told["list"] = listed
    return told


def count(facility: Facility) -> None:
    """How many boxes are free may have changed."""
    counting.recount(facility)
