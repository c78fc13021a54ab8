"""From when until when: days of the city's clocks, calendar months and years (BGB 187, 188)."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from stadtkern.kernel import registry

MONTHS = {"month": 1, "year": 12}


def zone() -> ZoneInfo:
    """The city's own."""
    return ZoneInfo(registry.city().city.time_zone)


def midnight(day: date) -> datetime:
    """The instant at which a day of the city begins; a day has 23, 24 or 25 hours."""
    return datetime.combine(day, time(), zone()).astimezone(UTC)


def day_of(instant: datetime) -> date:
    """The day of the city that an instant falls on."""
    return instant.astimezone(zone()).date()


def begin_of(first: date, now: datetime) -> datetime:
    """A rental begins now where its first day is today, else with its first day."""
    return max(midnight(first), now)


def end_of(kind: str, first: date) -> datetime:
    """The instant at which a rental that has `first` as its first day is over.

    A day ends at 24:00, a week at 24:00 of its seventh day. A month or a year ends with the day
    before the one that has the same number; where there is no such day, with the last of its
    month (BGB 188 II, III).
    """
    if kind in MONTHS:
        return midnight(later(first, MONTHS[kind]))
    return midnight(first + timedelta(days={"day": 1, "week": 7}[kind]))


def later(first: date, months: int) -> date:
    """The day after the last of so many months from a first day on."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    if first.day <= monthrange(year, month + 1)[1]:
        return date(year, month + 1, first.day)
    return date(year, month + 1, monthrange(year, month + 1)[1]) + timedelta(days=1)


def whole_months_left(first: date, last: date, today: date) -> int:
    """How many months of a rental have not begun today; each begins on the number of `first`."""
    count = 0
    while later(first, count) <= last:
        count += 1
    begun = sum(later(first, number) <= today for number in range(count))
    return count - begun
