"""Writes opening times: weekly rules, extra hours, closures with who is concerned, absences."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time

from psycopg.types.range import Range

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.hours import FAR_OFF
from stadtkern.kernel.bookings.models import (
    Absence,
    Booking,
    BookingQuerySet,
    Calendar,
    Closure,
    Resource,
    Rule,
    Unit,
)
from stadtkern.kernel.bookings.turns import Turn, taken_in

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
Span = tuple[datetime, datetime | None]


def weekly(
    calendar: Calendar, days: str, begins: str, ends: str, *, since: date | None = None,
    until: date | None = None, every_weeks: int = 1, week_of_month: int | None = None,
    capacity: int | None = None, public: int | None = None, phone: int | None = None,
    units: Collection[int] = (), note: str = "",
) -> Rule:  # fmt: skip
    """Open on days such as `mo-fr`, `tu` or `mo,we-th`, between two wall-clock times.

    `24:00` is the end of the day. Raises ValueError: no such day or time.
    """
    return Rule.objects.create(
        calendar=calendar, weekdays=weekdays(days), begins=_time(begins), ends=_time(ends),
        valid_from=since or clock.now().date(), valid_until=until, every_weeks=every_weeks,
        week_of_month=week_of_month, capacity=capacity, public_capacity=public,
        phone_capacity=phone, units=sorted(units), note=note,
    )  # fmt: skip


def weekdays(text: str) -> list[int]:
    """ISO numbers of the days that `mo-fr` or `mo,we` names. Raises ValueError."""
    return sorted(set(_weekdays(text.lower().replace(" ", ""))))


def _weekdays(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _dash, last = part.partition("-")
        yield from range(DAYS.index(first) + 1, DAYS.index(last or first) + 2)


def _time(text: str) -> time:
    return time(0) if text == "24:00" else time.fromisoformat(text)


def closing(
    calendar: Calendar, span: Span, reason: str, reason_en: str = ""
) -> tuple[Closure, list[Booking]]:
    """Shut for a span, with the bookings that are in the way: somebody has to move them.

    Nobody can book into it meanwhile. What is booked stays booked until it is moved.
    """
    resources = list(calendar.resources.all())

    def work() -> tuple[Closure, list[Booking]]:
        made = Closure.objects.create(
            calendar=calendar, during=Range(*span), reason=reason, reason_en=reason_en
        )
        return made, list(in_the_way(resources, span))

    return taken_in([_turn(one, span) for one in resources], work)


def opening(
    calendar: Calendar, span: tuple[datetime, datetime], reason: str = "", *,
    capacity: int | None = None, public: int | None = None, phone: int | None = None,
) -> Closure:  # fmt: skip
    """Open in addition; a closure of the same time is stronger."""
    return Closure.objects.create(
        calendar=calendar, during=Range(*span), reason=reason, opens=True, capacity=capacity,
        public_capacity=public, phone_capacity=phone,
    )  # fmt: skip


def block(
    unit: Unit, span: Span, reason: str, *, source: str = ""
) -> tuple[Absence, list[Booking]]:
    """A unit does not work for a span (no end: until somebody ends it), with who is concerned."""

    def work() -> tuple[Absence, list[Booking]]:
        made = Absence.objects.create(unit=unit, during=Range(*span), reason=reason, source=source)
        rows = in_the_way([unit.resource], span).filter(occupancies__unit=unit)
        return made, list(rows)

    return taken_in([_turn(unit.resource, span)], work)


def in_the_way(resources: Collection[Resource], span: Span) -> BookingQuerySet:
    """Live bookings of these resources that share an instant with a span."""
    rows = Booking.objects.filter(resource__in=resources).live()
    return rows.touching(span[0], span[1] or FAR_OFF).order_by("begins", "id")


def _turn(resource: Resource, span: Span) -> Turn:
    return Turn(resource=resource.pk, begins=span[0], ends=span[1] or FAR_OFF)
