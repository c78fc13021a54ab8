"""Intervals of time in a zone: ISO 8601 durations, and the edges of the buckets they make."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from stadtkern.kernel.sensorthings.problem import Problem

Unit = Literal["second", "day", "month"]

HOUR, DAY = 3600, 86_400
MONDAY = date(1970, 1, 5).toordinal()
# The calendar's ends, with room for zones; edges beyond them are these.
FIRST, LAST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 28, tzinfo=UTC)
_DATES: dict[str, tuple[Unit, int]] = {
    "D": ("day", 1),
    "W": ("day", 7),
    "M": ("month", 1),
    "Y": ("month", 12),
}
_DATE = re.compile(r"P(\d{1,4})([DWMY])")
_TIME = re.compile(r"PT(?=\d)(?:(\d{1,4})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """`count` seconds, days or months as buckets in a time zone; `text` is what was asked for."""

    text: str
    unit: Unit
    count: int
    zone: ZoneInfo

    def floor(self, moment: datetime) -> datetime:
        """The beginning of the bucket that holds this instant, in UTC."""
        return next(self.edges(moment))

    def edges(self, start: datetime) -> Iterator[datetime]:
        """Where buckets begin, in UTC, from the one that holds `start` to the calendar's end."""
        start = min(max(start.astimezone(UTC), FIRST), LAST)
        before = FIRST
        for edge in self._times(start) if self.unit == "second" else self._dates(start):
            if edge > start:
                yield before
            before = max(edge, FIRST)
            if before >= LAST:
                break
        yield LAST

    def leading(self, end: datetime, count: int) -> list[datetime]:
        """At most `count` + 1 edges: the buckets up to the first edge at `end` or after it."""
        seconds = min(self._longest * (count + 1), int((LAST - FIRST).total_seconds()))
        reach = timedelta(seconds=seconds)
        start = end - reach if end - FIRST > reach else FIRST
        found: list[datetime] = []
        for edge in self.edges(start):
            found.append(edge)
            if edge >= end:
                break
        return found[-count - 1 :]

    def following(self, start: datetime, count: int, end: datetime = LAST) -> list[datetime]:
        """At most `count` + 1 edges: the buckets from the one that holds `start` up to `end`."""
        found: list[datetime] = []
        for edge in islice(self.edges(start), count + 1):
            found.append(edge)
            if edge >= end:
                break
        return found

    @property
    def _longest(self) -> int:
        """Seconds that no bucket exceeds, whatever the clocks do."""
        seconds = self.count * {"second": 1, "day": DAY, "month": 31 * DAY}[self.unit]
        return seconds + (3 * HOUR if seconds > HOUR else 0)

    def _dates(self, start: datetime) -> Iterator[datetime]:
        """Days are counted from a Monday, months from January of year 0."""
        day = start.astimezone(self.zone).date()
        if self.unit == "day":
            number = day.toordinal() - (day.toordinal() - MONDAY) % self.count
        else:
            number = day.year * 12 + day.month - 1
            number -= number % self.count
        while True:
            yield self._midnight(number)
            number += self.count

    def _midnight(self, number: int) -> datetime:
        earliest, latest = (1, LAST.toordinal()) if self.unit == "day" else (12, 9999 * 12 + 11)
        if not earliest < number < latest:
            return FIRST if number <= earliest else LAST
        if self.unit == "day":
            day = date.fromordinal(number)
        else:
            day = date(number // 12, number % 12 + 1, 1)
        return _local(day, 0, self.zone)

    def _times(self, start: datetime) -> Iterator[datetime]:
        day = start.astimezone(self.zone).date()
        while day < LAST.date():
            midnight, day = _local(day, 0, self.zone), day + timedelta(days=1)
            yield from self._of_day(midnight, _local(day, 0, self.zone), start)
        yield LAST

    def _of_day(self, midnight: datetime, end: datetime, start: datetime) -> Iterator[datetime]:
        """Up to an hour the length is exact; longer buckets begin at the same clock times."""
        if self.count <= HOUR:
            size = timedelta(seconds=self.count)
            edge = midnight + max((start - midnight) // size, 0) * size
            while edge < end:
                yield edge
                edge += size
            return
        day = midnight.astimezone(self.zone).date()
        clock = {_local(day, second, self.zone) for second in range(0, DAY, self.count)}
        yield from sorted(edge for edge in clock if midnight <= edge < end)


def _local(day: date, second: int, zone: ZoneInfo) -> datetime:
    """An instant of the clock on the wall, in UTC."""
    hours, rest = divmod(second, HOUR)
    return datetime.combine(day, time(hours, *divmod(rest, 60)), zone).astimezone(UTC)


def interval(text: str, zone: ZoneInfo) -> Interval:
    """The interval that an ISO 8601 duration names.

    Raises Problem (400): it is none, or buckets of this length do not fill a day.
    """
    unit: Unit = "second"
    if found := _DATE.fullmatch(text):
        unit, factor = _DATES[found[2]]
        count = int(found[1]) * factor
    elif found := _TIME.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        count = hours * HOUR + minutes * 60 + seconds
    else:
        raise Problem(
            400,
            f"$interval: '{text[:40]}' is no duration such as PT15M, PT1H, P1D, P1W, P1M or P1Y",
        )
    if not count:
        raise Problem(400, "$interval: a duration of zero makes no intervals")
    if unit == "second" and DAY % count:
        raise Problem(
            400,
            f"$interval: {text} does not divide a day into equal parts; take PT15M, "
            "PT1H, PT6H or whole days such as P1D",
        )
    if count == DAY and unit == "second":
        unit, count = "day", 1
    return Interval(text=text, unit=unit, count=count, zone=zone)


def length(text: object) -> timedelta | None:
    """How long an ISO 8601 duration of fixed length is; None where the text is none."""
    if not isinstance(text, str):
        return None
    if found := _TIME.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds) or None
    found = _DATE.fullmatch(text)
    if found and found[2] in "DW":
        return timedelta(days=int(found[1]) * _DATES[found[2]][1]) or None
    return None
