"""Equal steps of time over a range: whole minutes, hours, days or months of the city."""

import itertools
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Unit = Literal["raw", "minute", "hour", "day", "month"]

SIZE: dict[str, timedelta] = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=30),
}
HOUR, DAY = SIZE["hour"], SIZE["day"]
MONDAY = date(1970, 1, 5).toordinal()
ENOUGH = 48


@dataclass(frozen=True, kw_only=True)
class Step:
    """`count` units of time; `raw` stands for the observations as they came."""

    unit: Unit
    count: int = 1

    @property
    def size(self) -> timedelta:
        """How long the step is; a day of the city can be an hour longer or shorter."""
        return SIZE[self.unit] * self.count


LADDER = (
    *(Step(unit="minute", count=n) for n in (1, 2, 5, 10, 15, 30)),
    *(Step(unit="hour", count=n) for n in (1, 2, 3, 4, 6, 8, 12)),
    *(Step(unit="day", count=n) for n in (1, 2, 7, 14, 28, 91, 364, 3640, 36400)),
)


def fitting(
    start: datetime,
    end: datetime,
    points: int,
    zone: ZoneInfo,
    samples: Sequence[tuple[Sequence[datetime], timedelta]] = (),
) -> tuple[Step, list[datetime]]:
    """The finest step with at most `points` buckets over the range, and the buckets' edges.

    `samples` are times of observations, each with the silence that counts as a gap: a step so fine
    that it would show holes between regular observations is passed over while enough are left.
    """
    for step in _that_fit(start, end, points, zone):
        found = edges(start, end, step, zone)
        enough = (end - start) / step.size < ENOUGH or step.unit == "day"
        if enough or not any(_holes(found, times, silence) for times, silence in samples):
            return step, found
    raise ValueError("no step is long enough for this range")


def _that_fit(start: datetime, end: datetime, points: int, zone: ZoneInfo) -> Iterator[Step]:
    for step in LADDER:
        if (end - start) / step.size > points:
            continue
        if len(edges(start, end, step, zone)) - 1 <= points:
            yield step


def _holes(found: list[datetime], times: Sequence[datetime], silence: timedelta) -> bool:
    ordered = sorted(times)
    return any(
        later - earlier <= silence and bisect_right(found, later) - bisect_right(found, earlier) > 1
        for earlier, later in itertools.pairwise(ordered)
    )


def edges(start: datetime, end: datetime, step: Step, zone: ZoneInfo) -> list[datetime]:
    """Where buckets begin, and where the last one ends; the range is widened to whole buckets."""
    cut = {"day": _days, "month": _months}.get(step.unit, _even)
    return [one.astimezone(UTC) for one in cut(start, end, step, zone)]


def _even(start: datetime, end: datetime, step: Step, zone: ZoneInfo) -> Iterator[datetime]:
    """Counted from the city's midnight before the start, on whole hours of UTC."""
    midnight = datetime.combine(start.astimezone(zone).date(), time(), zone).astimezone(UTC)
    origin = midnight.replace(minute=0, second=0, microsecond=0)
    edge = origin + (start - origin) // step.size * step.size
    yield edge
    while edge < end:
        edge += step.size
        yield edge


def _days(start: datetime, end: datetime, step: Step, zone: ZoneInfo) -> Iterator[datetime]:
    """Days of the city; several days are counted from a Monday, so that weeks are weeks."""
    first = start.astimezone(zone).date()
    number = first.toordinal() - (first.toordinal() - MONDAY) % step.count
    yield (edge := _midnight(number, zone))
    while edge < end:
        number += step.count
        yield (edge := _midnight(number, zone))


def _months(start: datetime, end: datetime, step: Step, zone: ZoneInfo) -> Iterator[datetime]:
    """Months of the city, each of its own length."""
    first = start.astimezone(zone)
    month = first.year * 12 + first.month - 1
    yield (edge := _first_of(month, zone))
    while edge < end:
        month += step.count
        yield (edge := _first_of(month, zone))


def _first_of(month: int, zone: ZoneInfo) -> datetime:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=zone)


@dataclass(frozen=True, kw_only=True)
class Back:
    """How far a comparison lies back on the city's calendar."""

    days: int = 0
    months: int = 0


def earlier(found: Sequence[datetime], back: Back, zone: ZoneInfo) -> list[datetime]:
    """Edges so far back by the wall clock, so that noon is compared with noon; in UTC.

    Where an hour was there only once, the bucket of its twin is empty.
    """
    moved = (_moved(one.astimezone(zone), back).astimezone(UTC) for one in found)
    return list(itertools.accumulate(moved, max))


def _moved(there: datetime, back: Back) -> datetime:
    month = there.year * 12 + there.month - 1 - back.months
    year, month = max(month // 12, 1), month % 12 + 1
    day = min(there.day, monthrange(year, month)[1])
    moved = datetime.combine(date(year, month, day), there.time(), there.tzinfo)
    ordinal = max(moved.toordinal() - back.days, 1)
    return datetime.combine(date.fromordinal(ordinal), moved.timetz())


def _midnight(ordinal: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(date.fromordinal(max(ordinal, 1)), time(), zone)
