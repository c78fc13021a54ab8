"""Which boxes are free for a span: by place and size, as people, maps and partners ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Absence, Occupancy, Resource
from stadtkern.kernel.sharing import once
from stadtkern.systems.bike_boxes.logic import RENTAL, periods
from stadtkern.systems.bike_boxes.models import Box, Facility, Size

# Skills of a unit, as the kernel of bookings matches them.
SPONTANEOUS, LONG_TERM, SOCKET = "spontaneous", "long-term", "socket"


@dataclass(frozen=True, kw_only=True, slots=True)
class Free:
    """The boxes of one facility that can be had for a span; `all` is every box there is."""

    facility: Facility
    boxes: Sequence[Box]
    all: int
    out: int

    @property
    def free(self) -> int:
        """How many."""
        return len(self.boxes)

    def of_size(self, size: Size) -> int:
        """How many of a size."""
        return sum(box.size_id == size.pk for box in self.boxes)


def facilities() -> list[Facility]:
    """Those that people can rent at, by name."""
    return list(_facilities())


@once
def _facilities() -> list[Facility]:
    rows = Facility.objects.filter(active=True).select_related("place")
    return list(rows.order_by("place__name"))


def fits(kind: str, *, socket: bool = False) -> tuple[str, ...]:
    """The skills that a box needs for this kind of rental."""
    length = LONG_TERM if kind in periods.MONTHS else SPONTANEOUS
    return (length, SOCKET) if socket else (length,)


def skills_of(box: Box) -> list[str]:
    """What the unit behind a box says that it can be rented for."""
    said = [LONG_TERM] if box.long_term_only else [SPONTANEOUS, LONG_TERM]
    return [*said, SOCKET] if box.socket else said


def resources(facility: Facility, size: Size | None = None) -> list[Resource]:
    """The resources behind a facility's boxes: one for each size."""
    rows = Resource.objects.of_kind(RENTAL).open().filter(place=facility.place_id)
    sizes = Box.objects.filter(facility=facility).order_by("size__weight")
    if size is not None:
        sizes = sizes.filter(size=size)
    wanted = list(dict.fromkeys(sizes.values_list("unit__resource", flat=True)))
    found = {row.pk: row for row in rows.filter(pk__in=wanted)}
    return [found[key] for key in wanted if key in found]


def on_day(kind: str, first: date, now: datetime | None = None) -> list[Free]:
    """What can be had for a rental of this kind that has `first` as its first day."""
    now = now or clock.now()
    return between(periods.begin_of(first, now), periods.end_of(kind, first), fits(kind)[0])


def now_free() -> list[Free]:
    """What can be had from now until 24:00."""
    return on_day("day", periods.day_of(clock.now()))


def between(begins: datetime, ends: datetime, skill: str) -> list[Free]:
    """By facility; four queries for any number of them."""
    found = facilities()
    boxes = list(
        Box.objects.filter(facility__in=found)
        .select_related("size", "unit")
        .order_by("facility", "number")
    )
    taken = _taken([box.unit_id for box in boxes], begins, ends)
    return [_free(one, [b for b in boxes if b.facility_id == one.pk], taken, skill)
            for one in found]  # fmt: skip


def _free(facility: Facility, boxes: Sequence[Box], taken: set[int], skill: str) -> Free:
    working = [box for box in boxes if box.state == "ok" and box.unit.active]
    free = [b for b in working if b.unit_id not in taken and skill in b.unit.skills]
    return Free(facility=facility, boxes=free, all=len(boxes), out=len(boxes) - len(working))


def _taken(units: Sequence[int], begins: datetime, ends: datetime) -> set[int]:
    """Units that somebody has, or that do not work, at some instant of the span."""
    span = (begins, ends)
    had = Occupancy.objects.filter(unit__in=units, live=True, during__overlap=span)
    had = had.exclude(booking__state="held", booking__hold_until__lte=clock.now())
    away = Absence.objects.filter(unit__in=units, during__overlap=span)
    return {*had.values_list("unit", flat=True), *away.values_list("unit", flat=True)}
