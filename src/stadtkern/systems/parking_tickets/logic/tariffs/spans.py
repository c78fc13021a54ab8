"""Time cut into spans: within one, the offset from UTC, the day and the window are the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from stadtkern.systems.parking_tickets.logic.tariffs.rules import DAYS, Rules, Window

# Two changes of the offset are never closer than this.
STRIDE: Final = timedelta(hours=6)
SECOND: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """Where the clock on the wall hangs, and which days are public holidays there."""

    zone: ZoneInfo
    holiday: Callable[[date], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Some seconds in UTC, to be paid by `rules.windows[window]`, or by nothing (None).

    `owner` is the day on which the window begins, `day` the day of the span itself.
    """

    begins: datetime
    ends: datetime
    window: int | None
    owner: date | None
    day: date

    @property
    def seconds(self) -> int:
        """How long it really is."""
        return round((self.ends - self.begins).total_seconds())


def whole(instant: datetime) -> datetime:
    """The same instant in UTC, without parts of a second."""
    return instant.astimezone(UTC).replace(microsecond=0)


def spans(rules: Rules, begins: datetime, ends: datetime, calendar: Calendar) -> Iterator[Span]:
    """The time from `begins` to `ends` (UTC) without gaps, a day at a time."""
    at = begins
    while at < ends:
        upto = min(at + DAY, ends)
        edges = [at, *sorted(_cuts(rules, at, upto, calendar.zone)), upto]
        for left, right in pairwise(edges):
            yield _span(rules, left, right, calendar)
        at = upto


def _span(rules: Rules, begins: datetime, ends: datetime, calendar: Calendar) -> Span:
    local = begins.astimezone(calendar.zone).replace(tzinfo=None)
    window, owner = _holding(rules, local, calendar)
    return Span(begins=begins, ends=ends, window=window, owner=owner, day=local.date())


def _cuts(rules: Rules, begins: datetime, ends: datetime, zone: ZoneInfo) -> set[datetime]:
    """Instants strictly between at which something may change; more than needed do no harm."""
    changes = _changes(begins, ends, zone)
    found = set(changes)
    for left, right in zip([begins, *changes], [*changes, ends], strict=True):
        offset = left.astimezone(zone).utcoffset() or timedelta()
        first = (left + offset).date()
        for number in range(((right + offset).date() - first).days + 1):
            midnight = datetime.combine(first + timedelta(days=number), datetime.min.time(), UTC)
            at = (midnight + timedelta(minutes=edge) - offset for edge in _edges(rules))
            found.update(one for one in at if left < one < right)
    return found


def _changes(begins: datetime, ends: datetime, zone: ZoneInfo) -> list[datetime]:
    """When the offset from UTC changes, to the second."""
    found, at = [], begins
    while at < ends:
        upto = min(at + STRIDE, ends)
        if _offset(at, zone) != _offset(upto, zone):
            found.append(_bisected(at, upto, zone))
        at = upto
    return [one for one in found if one < ends]


def _bisected(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    was = _offset(low, zone)
    while high - low > SECOND:
        middle = low + SECOND * ((high - low) // SECOND // 2)
        low, high = (middle, high) if _offset(middle, zone) == was else (low, middle)
    return high


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


@lru_cache(maxsize=512)
def minutes_of(clock: str) -> int:
    """Minutes since midnight of `HH:MM`."""
    return int(clock[:2]) * 60 + int(clock[3:])


def _edges(rules: Rules) -> set[int]:
    return {0, *(minutes_of(e) for w in rules.windows for e in (w.begins, w.ends))}


def _holding(rules: Rules, local: datetime, calendar: Calendar) -> tuple[int | None, date | None]:
    """The first window that holds at this time on the wall, and the day on which it begins."""
    minute, today = local.hour * 60 + local.minute, local.date()
    for number, window in enumerate(rules.windows):
        owner = _owner(window, minute, today, calendar)
        if owner is not None:
            return number, owner
    return None, None


def _owner(window: Window, minute: int, today: date, calendar: Calendar) -> date | None:
    begins, ends = minutes_of(window.begins), minutes_of(window.ends)
    if begins < ends:
        inside = begins <= minute < ends
        return today if inside and _on(window, today, calendar) else None
    if minute >= begins and _on(window, today, calendar):
        return today
    if minute < ends and _on(window, today - DAY, calendar):
        return today - DAY
    return None


def _on(window: Window, day: date, calendar: Calendar) -> bool:
    return ("PH" if calendar.holiday(day) else DAYS[day.weekday()]) in window.days
