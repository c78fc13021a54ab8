"""Which units a booking gets: those that are free to the second, so that long gaps stay long."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from stadtkern.kernel.bookings import hours, room
from stadtkern.kernel.bookings.board import allowed
from stadtkern.kernel.bookings.bounds import LATE, bounds
from stadtkern.kernel.bookings.errors import NotOpen, Taken, TooEarly, TooFar, TooMany
from stadtkern.kernel.bookings.hours import DAY, Hours, Open
from stadtkern.kernel.bookings.models import Occupancy, Unit
from stadtkern.kernel.bookings.taken import absences
from stadtkern.kernel.bookings.wanted import ALL, Wanted
from stadtkern.kernel.things.series import city_zone

# How far around a booking the gap that it leaves is measured.
AROUND = timedelta(hours=12)

# How many units there are for it, and how many of them nothing takes. Written out: hundreds ask at
# once, and to put the statement together anew costs more than its answer.
LEFT = """
select count(*), count(*) filter (where not exists (
  select from bookings_occupancy o join bookings_booking b on b.id = o.booking_id
  where o.unit_id = u.id and o.live and o.during && tstzrange(%(begins)s, %(ends)s)
    and not (b.state = 'held' and b.hold_until <= %(now)s)))
from bookings_unit u
where u.resource_id = %(resource)s and u.active and u.skills @> %(skills)s::varchar[]
  and (%(numbers)s::int[] is null or u.number = any(%(numbers)s::int[]))
"""

Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Busy:
    """What a unit is taken by, and whose share of the capacity that uses."""

    unit: int
    begins: datetime
    ends: datetime
    side: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """All that decides about a booking, as it is now."""

    wanted: Wanted
    units: tuple[Unit, ...]
    hours: Hours | None
    spans: tuple[Open, ...]
    busy: tuple[Busy, ...]
    away: tuple[tuple[int, datetime, datetime], ...]


def pick(wanted: Wanted, now: datetime, *, without: int | None = None) -> list[Unit]:
    """As many units as are wanted. What booking `without` has counts as free.

    Raises NotOpen, TooEarly, TooFar, TooMany, Taken.
    """
    found = fit(wanted, now, without=without)
    if len(found) < wanted.quantity:
        raise Taken(wanted=wanted)
    return found[: wanted.quantity]


def check_taken(wanted: Wanted, now: datetime) -> None:
    """One question that most of a crowd gets its answer from. Raises Taken."""
    asked: dict[str, Any] = {
        "resource": wanted.resource.pk, "skills": list(wanted.skills), "now": now,
        "numbers": list(wanted.units) or None, "begins": wanted.begins, "ends": wanted.ends,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(LEFT, asked)
        units, free = cursor.fetchone()
    if free < wanted.quantity <= units:
        raise Taken(wanted=wanted)


def fit(wanted: Wanted, now: datetime, *, without: int | None = None) -> list[Unit]:
    """All units that are free for it, the best fitting first; raises as `pick` does."""
    scene = _scene(wanted, now, without)
    _check_bounds(scene, now)
    able = [one for one in scene.units if one.active and _is_able(one, wanted)]
    opened = [one for one in able if _is_open(scene, one)]
    if not opened or _is_closed(scene):
        raise NotOpen(wanted=wanted)
    if len(able) < wanted.quantity:
        raise TooMany(wanted=wanted)
    if _room(scene) < wanted.quantity:
        return []
    return sorted((one for one in opened if _is_free(scene, one)), key=lambda u: _gap(scene, u))


def _scene(wanted: Wanted, now: datetime, without: int | None) -> Scene:
    """Six queries."""
    units = tuple(Unit.objects.filter(resource=wanted.resource).select_related("resource"))
    if not units or not units[0].resource.active:
        raise NotOpen(wanted=wanted)
    begins, ends = wanted.begins - AROUND, wanted.ends + AROUND
    number = units[0].resource.calendar_id
    opening = hours.load([number], begins, ends)[number] if number else None
    spans: tuple[Open, ...] = ()
    if opening is not None:
        first = begins.astimezone(opening.zone).date() - DAY
        spans = tuple(opening.spans(first, ends.astimezone(opening.zone).date()))
    return Scene(
        wanted=wanted, units=units, hours=opening, spans=spans,
        busy=tuple(_busy(units, begins, ends, now, without)),
        away=tuple(_away(units, begins, ends, wanted)),
    )  # fmt: skip


def _busy(
    units: Sequence[Unit], begins: datetime, ends: datetime, now: datetime, without: int | None
) -> Iterable[Busy]:
    rows = Occupancy.objects.filter(unit__in=units, live=True, during__overlap=(begins, ends))
    rows = rows.exclude(booking__state="held", booking__hold_until__lte=now)
    if without is not None:
        rows = rows.exclude(booking=without)
    for unit, during, side in rows.values_list("unit", "during", "side"):
        yield Busy(unit=unit, begins=during.lower, ends=during.upper, side=side)


def _away(
    units: Sequence[Unit], begins: datetime, ends: datetime, wanted: Wanted
) -> Iterable[tuple[int, datetime, datetime]]:
    rows = absences([one.pk for one in units], begins, ends, outside=wanted.is_outside)
    for unit, during in rows.values_list("unit", "during"):
        yield (unit, *hours.bounds(during))


def _check_bounds(scene: Scene, now: datetime) -> None:
    """Staff may book what has begun but is not over."""
    wanted, calendar = scene.wanted, scene.hours.calendar if scene.hours else None
    zone = scene.hours.zone if scene.hours else city_zone()
    limits = bounds(calendar, zone, now, outside=wanted.is_outside)
    soonest = limits.first if limits.first > now else now - LATE
    if wanted.begins < soonest if wanted.is_outside else wanted.ends <= now:
        raise TooEarly(wanted=wanted)
    if limits.until is not None and wanted.begins >= limits.until:
        raise TooFar(wanted=wanted)


def _is_able(unit: Unit, wanted: Wanted) -> bool:
    return set(wanted.skills) <= set(unit.skills) and (
        not wanted.units or unit.number in wanted.units
    )


def _is_closed(scene: Scene) -> bool:
    closed = scene.hours.closed if scene.hours else ()
    return any(_overlap(one, scene.wanted) for one in closed)


def _overlap(span: Span, wanted: Wanted) -> bool:
    return span[0] < wanted.ends and span[1] > wanted.begins


def _openings(scene: Scene, unit: Unit) -> list[Span]:
    """When a unit is open, adjoining openings joined."""
    if scene.hours is None:
        return [(scene.wanted.begins - AROUND, scene.wanted.ends + AROUND)]
    mine = sorted(
        (o.begins, o.ends) for o in scene.spans if o.units is None or unit.number in o.units
    )
    joined: list[Span] = []
    for begins, ends in mine:
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        elif begins < ends:
            joined.append((begins, ends))
    return joined


def _is_open(scene: Scene, unit: Unit) -> bool:
    return any(
        begins <= scene.wanted.begins and scene.wanted.ends <= ends
        for begins, ends in _openings(scene, unit)
    )


def _is_free(scene: Scene, unit: Unit) -> bool:
    mine = [(b.begins, b.ends) for b in scene.busy if b.unit == unit.pk]
    mine += [(begins, ends) for number, begins, ends in scene.away if number == unit.pk]
    return not any(_overlap(one, scene.wanted) for one in mine)


def _room(scene: Scene) -> int:
    """How many more may come at once, by the rules' capacities."""
    found = [len(scene.units)]
    for side in sorted({ALL, scene.wanted.side}):
        if any(one.share(side) is not None for one in scene.spans):
            found.append(_least(scene, side))
    return min(found)


def _least(scene: Scene, side: int) -> int:
    """The least room at any instant of the booking."""
    numbers = frozenset(unit.number for unit in scene.units if unit.active)
    given = [(o.begins, o.ends, allowed(o, numbers, side)) for o in scene.spans]
    gone = [(b.begins, b.ends) for b in scene.busy if not side or b.side == side]
    parts = room.pieces(given, gone)
    return min((r for b, e, r in parts if _overlap((b, e), scene.wanted)), default=0)


def _gap(scene: Scene, unit: Unit) -> tuple[timedelta, int, int]:
    """What stays free around the booking: the less, the better; then who is fit for less."""
    wanted = scene.wanted
    spans = _openings(scene, unit)
    first, last = next(o for o in spans if o[0] <= wanted.begins and wanted.ends <= o[1])
    closed = scene.hours.closed if scene.hours else ()
    mine = [(b.begins, b.ends) for b in scene.busy if b.unit == unit.pk]
    mine += [(begins, ends) for number, begins, ends in scene.away if number == unit.pk]
    for begins, ends in (*mine, *closed):
        if ends <= wanted.begins:
            first = max(first, ends)
        if begins >= wanted.ends:
            last = min(last, begins)
    return (wanted.begins - first) + (last - wanted.ends), len(unit.skills), unit.number
