"""When a calendar is open: rules, closures and holidays of days become spans of instants."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from psycopg.types.range import Range

from stadtkern.kernel import registry
from stadtkern.kernel.bookings.models import Calendar, Closure, Rule
from stadtkern.kernel.places.holidays import holidays

DAY = timedelta(days=1)
MIDNIGHT = time(0)
# What stands for a closure or an absence without a beginning or an end.
LONG_AGO = datetime(1980, 1, 1, tzinfo=UTC)
FAR_OFF = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Open:
    """Open from an instant until another for units with these numbers (None: all).

    So many may be taken at once, so many of them by the public, and by telephone; None: all.
    """

    begins: datetime
    ends: datetime
    units: frozenset[int] | None = None
    capacity: int | None = None
    public: int | None = None
    phone: int | None = None

    def share(self, side: int) -> int | None:
        """How many may be taken at once by those of a side (`wanted.SIDES`); None: all."""
        return (self.capacity, self.public, self.phone)[side]


@dataclass(frozen=True, kw_only=True, slots=True)
class Hours:
    """A calendar with what was read of it for some days: its rules, extra hours and closures."""

    calendar: Calendar
    zone: ZoneInfo
    rules: tuple[Rule, ...]
    extra: tuple[Closure, ...]
    closed: tuple[tuple[datetime, datetime], ...]

    def spans(self, first: date, last: date) -> Iterator[Open]:
        """Open spans that begin on these days by the calendar's clock; closures not yet cut out."""
        days = [first + n * DAY for n in range((last - first).days + 1)]
        for rule in self.rules:
            for day in days:
                if self.holds(rule, day):
                    yield self._span(rule, day)
        for one in self.extra:
            begins, ends = bounds(one.during)
            yield Open(begins=begins, ends=ends, capacity=one.capacity,
                       public=one.public_capacity, phone=one.phone_capacity)  # fmt: skip

    def holds(self, rule: Rule, day: date) -> bool:
        """Whether a rule opens on a day."""
        if day.isoweekday() not in rule.weekdays or day < rule.valid_from:
            return False
        if rule.valid_until is not None and day > rule.valid_until:
            return False
        if not _its_week(rule, day):
            return False
        return self.calendar.on_holidays or not is_holiday(day)

    def _span(self, rule: Rule, day: date) -> Open:
        until = day if rule.ends != MIDNIGHT else day + DAY
        return Open(
            begins=instant(self.zone, day, rule.begins),
            ends=instant(self.zone, until, rule.ends, late=rule.ends != MIDNIGHT),
            units=frozenset(rule.units) or None,
            capacity=rule.capacity,
            public=rule.public_capacity,
            phone=rule.phone_capacity,
        )


def _its_week(rule: Rule, day: date) -> bool:
    if rule.week_of_month == 5:
        if day.day + 7 <= monthrange(day.year, day.month)[1]:
            return False
    elif rule.week_of_month is not None and (day.day - 1) // 7 + 1 != rule.week_of_month:
        return False
    return _weeks(rule.valid_from, day) % rule.every_weeks == 0


def _weeks(first: date, day: date) -> int:
    """How many Mondays lie between two days."""
    return (day - first + timedelta(days=first.weekday() - day.weekday())).days // 7


def is_holiday(day: date) -> bool:
    """Whether the day is a public holiday where the city lies."""
    return day in holidays(day.year, registry.city().city.state)


@lru_cache(maxsize=8192)
def instant(zone: ZoneInfo, day: date, at: time, *, late: bool = False) -> datetime:
    """When the wall clock of a day shows a time first (or, `late`, last), in UTC.

    A time that a change of clocks leaves out is the instant of the change.
    """
    local = datetime.combine(day, at)
    found = local.replace(tzinfo=zone, fold=int(late)).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local:
        return found
    return _change(zone, local)


def _change(zone: ZoneInfo, local: datetime) -> datetime:
    """The instant at which clocks jump over a time."""
    early, late = sorted(local.replace(tzinfo=zone, fold=n).astimezone(UTC) for n in (0, 1))
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


def load(calendars: Iterable[int], begins: datetime, ends: datetime) -> dict[int, Hours]:
    """Calendars with all that decides about a span; three queries for any number of them."""
    found = Calendar.objects.in_bulk(set(calendars))
    if not found:
        return {}
    rules: dict[int, list[Rule]] = defaultdict(list)
    known = Rule.objects.filter(calendar__in=found, valid_from__lte=(ends + DAY).date())
    for rule in known.exclude(valid_until__lt=(begins - DAY).date()):
        rules[rule.calendar_id].append(rule)
    closures: dict[int, list[Closure]] = defaultdict(list)
    for one in Closure.objects.filter(calendar__in=found, during__overlap=(begins, ends)):
        closures[one.calendar_id].append(one)
    return {n: _hours(found[n], rules[n], closures[n]) for n in found}


def _hours(calendar: Calendar, rules: Sequence[Rule], closures: Sequence[Closure]) -> Hours:
    return Hours(
        calendar=calendar,
        zone=ZoneInfo(calendar.zone),
        rules=tuple(rules),
        extra=tuple(one for one in closures if one.opens),
        closed=tuple(bounds(one.during) for one in closures if not one.opens),
    )


def bounds(during: Range[datetime]) -> tuple[datetime, datetime]:
    """Beginning and end of a range; what is open on a side reaches very far."""
    return during.lower or LONG_AGO, during.upper or FAR_OFF
