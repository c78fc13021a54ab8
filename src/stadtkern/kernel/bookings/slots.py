"""Which slots are free: searched over many resources and days, never kept anywhere."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import picking, ticks
from stadtkern.kernel.bookings.board import Board, counted
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Resource, Unit
from stadtkern.kernel.bookings.wanted import ALL, SIDES, Wanted


class Slot(NamedTuple):
    """A time that can be booked at a resource, and how many can book it at once.

    Instants are in the zone of the resource's calendar.
    """

    resource: int
    begins: datetime
    ends: datetime
    free: int


def board(
    resources: Sequence[Resource], first: date, last: date, minutes: int, *,
    audience: str = "public", now: datetime | None = None,
) -> Board:  # fmt: skip
    """What is free from a local day until another, for many questions about up to `minutes`."""
    return Board(resources, first, last, minutes, now=now or clock.now(),
                 side=SIDES.get(audience, ALL))  # fmt: skip


def search(
    resources: Sequence[Resource], first: date, last: date, minutes: int, *, quantity: int = 1,
    skills: Collection[str] = (), audience: str = "public", now: datetime | None = None,
    step: int | None = None,
) -> list[Slot]:  # fmt: skip
    """Slots of `minutes` that begin from a local day until another, by beginning and resource.

    They begin each `step` minutes (of the calendar) from the beginning of each opening; only what
    can be booked now. The same few queries for any number of resources.
    """
    seen = board(resources, first, last, minutes, audience=audience, now=now)
    return slots_of(seen, minutes, quantity=quantity, skills=skills, step=step)


def slots_of(
    seen: Board, minutes: int, *, quantity: int = 1, skills: Collection[str] = (),
    step: int | None = None,
) -> list[Slot]:  # fmt: skip
    """The slots on a board that was read already."""
    found = []
    for number in seen.columns:
        starts = seen.starts(number, minutes, quantity=quantity, skills=skills, step=step)
        found += [(bit, number, free) for bit, free in counted(starts, seen.width)]
    found.sort()
    moment = lru_cache(maxsize=None)(datetime.fromtimestamp)
    slots = []
    for bit, number, free in found:
        second, zone = (seen.base + bit) * ticks.SECONDS, seen.columns[number].zone
        slots.append(Slot(number, moment(second, zone), moment(second + minutes * 60, zone), free))
    return slots


def days(
    resources: Sequence[Resource], first: date, last: date, minutes: int, *, quantity: int = 1,
    skills: Collection[str] = (), audience: str = "public", now: datetime | None = None,
    step: int | None = None,
) -> dict[date, int]:  # fmt: skip
    """How many different times are free on each of the days, also on those without any."""
    seen = board(resources, first, last, minutes, audience=audience, now=now)
    return days_of(seen, minutes, quantity=quantity, skills=skills, step=step)


def days_of(
    seen: Board, minutes: int, *, quantity: int = 1, skills: Collection[str] = (),
    step: int | None = None,
) -> dict[date, int]:  # fmt: skip
    """As `days`, on a board that was read already."""
    starts = {
        number: seen.starts(number, minutes, quantity=quantity, skills=skills, step=step).mask
        for number in seen.columns
    }
    found = {}
    for day in seen.days:
        mask = 0
        for number, column in seen.columns.items():
            mask |= starts[number] & ticks.ones(*column.day(day))
        found[day] = mask.bit_count()
    return found


def free_units(wanted: Wanted, now: datetime | None = None) -> list[Unit]:
    """The units that are free for it, the best fitting first; none where it cannot be booked."""
    try:
        found = picking.fit(wanted, now or clock.now())
    except Refused:
        return []
    return found if len(found) >= wanted.quantity else []
