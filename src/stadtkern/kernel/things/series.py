"""Time series for charts: the newest values, trends, and ranges thinned in the database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from stadtkern.kernel import clock, registry
from stadtkern.kernel.things.buckets import DAY, HOUR, Back, Step, earlier, edges, fitting
from stadtkern.kernel.things.models import Datastream, Latest

Values = tuple[float | None, ...]

# Hours and days are counted by the store; only steps below an hour look at observations.
RAW = (
    "select datastream_id, at, 1 as n, value as sum, value as min, value as max"
    " from things_observation where value is not null and quality < 3"
)
SOURCES = {
    "minute": f"({RAW})", "hour": "things_hour", "day": "things_day", "month": "things_day",
}  # fmt: skip
BUCKETS = """
    select datastream_id, width_bucket(at, %s::timestamptz[]) as bucket,
           sum(sum) / sum(n), min(min), max(max), sum(n)::bigint
    from {source} as o
    where datastream_id = any (%s) and at >= %s and at < %s
    group by 1, 2
"""
SAMPLE = """
    select u.d, o.at from unnest(%s::bigint[]) as u (d), lateral (
      select at from things_observation where datastream_id = u.d and at >= %s and at < %s
        and value is not null and quality < 3 order by at desc limit 100
    ) as o
"""
ROWS = """
    select at, id, value, other, quality from things_observation
    where datastream_id = %s and at >= %s and at < %s and (at, id) > (%s, %s)
    order by at, id limit %s
"""
SILENCE = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One datastream on the axis of its series: mean, lowest, highest, how many; None is a gap.

    `quality` is the worst flag at each instant, known only where observations are as they came.
    """

    datastream: int
    mean: Values
    low: Values
    high: Values
    n: tuple[int, ...]
    quality: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Series:
    """Datastreams on one time axis; `times` are the beginnings of its buckets."""

    start: datetime
    end: datetime
    step: Step
    times: tuple[datetime, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One observation as it is stored."""

    datastream: int
    at: datetime
    value: float | None
    other: Any
    quality: int


def city_zone() -> ZoneInfo:
    """The city's time zone, whose days are the days of charts and rollups."""
    return ZoneInfo(registry.city().city.time_zone)


def latest(ids: Iterable[int]) -> dict[int, Latest]:
    """The newest observation of each of these datastreams that has one."""
    return Latest.objects.in_bulk(list(ids))


def is_stale(at: datetime | None, stale_after: timedelta | None) -> bool:
    """Whether a value of this instant is too old to be shown as current; missing is stale."""
    return at is None or (stale_after is not None and clock.age(at) > stale_after)


def trend(datastream: int, hours: int = 24, points: int = 48) -> Values:
    """The last hours of one datastream as `points` equal steps, the newest last."""
    return trends([datastream], hours, points)[datastream]


def trends(ids: Iterable[int], hours: int = 24, points: int = 48) -> dict[int, Values]:
    """The same for many datastreams, in one query.

    A step without an observation keeps the value before it until that is stale, then it is None.
    """
    wanted = list(ids)
    step = timedelta(hours=hours) / points
    end = clock.now() + timedelta(microseconds=1)
    if step >= HOUR:
        end = end.replace(minute=0, second=0, microsecond=0) + HOUR
    starts = [end - step * (points - i) for i in range(points + 1)]
    source = SOURCES["hour"] if step >= HOUR else SOURCES["minute"]
    with connection.cursor() as cursor:
        cursor.execute(
            "select d.id, d.stale_after, b.bucket, b.mean from things_datastream d left join ("  # noqa: S608
            f"{BUCKETS.format(source=source)}) as b (d, bucket, mean, low, high, n) on b.d = d.id"
            " where d.id = any (%s)",
            [starts, wanted, starts[0], end, wanted],
        )
        found = cursor.fetchall()
    patience = {number: after for number, after, _, _ in found}
    means: dict[int, dict[int, float]] = {number: {} for number in wanted}
    for number, _, bucket, mean in found:
        if bucket is not None:
            means[number][bucket - 1] = mean
    return {n: _held(means[n], points, step, patience.get(n)) for n in wanted}


def _held(
    known: dict[int, float], points: int, step: timedelta, stale_after: timedelta | None
) -> Values:
    patience = int((stale_after or SILENCE) / step)
    values: list[float | None] = []
    last: int | None = None
    for i in range(points):
        last = i if i in known else last
        values.append(None if last is None or i - last > patience else known[last])
    return tuple(values)


def series(ids: Sequence[int], start: datetime, end: datetime, points: int = 2000) -> Series:
    """These datastreams from start to end on one axis, with at most `points` steps.

    One datastream with few observations comes as it is stored, with a None where it fell silent.
    Otherwise the range is widened to whole buckets of the finest step that fits.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    silences = _silences(ids)
    if len(ids) == 1 and _count(ids[0], start, end) <= points:
        raw = _raw(ids[0], start, end, silences.get(ids[0]))
        if len(raw.times) <= points:
            return raw
    return _thinned(ids, start, end, points, silences)


def thinned(ids: Sequence[int], start: datetime, end: datetime, points: int = 2000) -> Series:
    """The same, but always in buckets, so that other periods can be laid beside it."""
    return _thinned(ids, start.astimezone(UTC), end.astimezone(UTC), points, _silences(ids))


def _silences(ids: Sequence[int]) -> dict[int, timedelta | None]:
    return dict(Datastream.objects.filter(pk__in=ids).values_list("pk", "stale_after"))


def _thinned(
    ids: Sequence[int], start: datetime, end: datetime, points: int,
    silences: dict[int, timedelta | None],
) -> Series:  # fmt: skip
    samples = _samples(ids, start, end)
    quiet = [(times, silences.get(number) or SILENCE) for number, times in samples.items()]
    step, found = fitting(start, end, points, city_zone(), quiet)
    return _bucketed(ids, step, found)


def in_steps(ids: Sequence[int], start: datetime, end: datetime, step: Step) -> Series:
    """These datastreams from start to end in buckets of this step."""
    return _bucketed(ids, step, edges(start, end, step, city_zone()))


def before(now: Series, back: Back) -> Series:
    """The same datastreams so far back, on the axis of the series that they are compared with."""
    ids = [line.datastream for line in now.lines]
    moved = earlier([*now.times, now.end], back, city_zone())
    return replace(now, lines=_bucketed(ids, now.step, moved).lines)


def _count(datastream: int, start: datetime, end: datetime) -> int:
    """At least as many as there are observations in the range; few rows are read to know it."""
    table, reach = ("things_hour", HOUR) if end - start < 45 * DAY else ("things_day", 2 * DAY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select coalesce(sum(n), 0)::bigint from {table}"  # noqa: S608
            " where datastream_id = %s and at > %s and at < %s",
            [datastream, start - reach, end],
        )
        return int(cursor.fetchone()[0])


def _samples(ids: Sequence[int], start: datetime, end: datetime) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SAMPLE, [list(ids), start, end])
        for number, at in cursor.fetchall():
            found.setdefault(number, []).append(at)
    return found


def _raw(datastream: int, start: datetime, end: datetime, stale_after: timedelta | None) -> Series:
    with connection.cursor() as cursor:
        cursor.execute(
            "select at, avg(value), min(value), max(value), count(*), max(quality)"
            " from things_observation where datastream_id = %s and at >= %s and at < %s"
            " and value is not null and quality < 3 group by at order by at",
            [datastream, start, end],
        )
        found = list(_with_gaps(cursor.fetchall(), stale_after))
    times, mean, low, high, n, quality = zip(*found, strict=True) if found else ((),) * 6
    line = Line(datastream=datastream, mean=mean, low=low, high=high, n=n, quality=quality)
    return Series(start=start, end=end, step=Step(unit="raw"), times=times, lines=(line,))


def _with_gaps(found: Iterable[Any], stale_after: timedelta | None) -> Iterator[tuple[Any, ...]]:
    """A None where a value went stale before the next one came."""
    last: datetime | None = None
    for row in found:
        if last and stale_after and row[0] - last > stale_after:
            yield (last + stale_after, None, None, None, 0, 0)
        last = row[0]
        yield row


def _bucketed(ids: Sequence[int], step: Step, found: list[datetime]) -> Series:
    statement = BUCKETS.format(source=SOURCES[step.unit])
    known: dict[tuple[int, int], tuple[Any, ...]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [found, list(ids), found[0], found[-1]])
        for number, bucket, *figures in cursor.fetchall():
            known[number, bucket - 1] = tuple(figures)
    size = len(found) - 1
    lines = tuple(_line(number, size, known) for number in ids)
    return Series(start=found[0], end=found[-1], step=step, times=tuple(found[:-1]), lines=lines)


def _line(number: int, size: int, known: dict[tuple[int, int], tuple[Any, ...]]) -> Line:
    empty = (None, None, None, 0)
    columns = zip(*(known.get((number, i), empty) for i in range(size)), strict=True)
    mean, low, high, n = columns if size else ((), (), (), ())
    return Line(datastream=number, mean=mean, low=low, high=high, n=n)


def rows(
    ids: Sequence[int], start: datetime, end: datetime, page: int = 5000
) -> Iterator[list[Row]]:
    """Every observation of these datastreams as stored, page after page, by datastream and time.

    Each page is a statement of its own: a slow reader holds neither transaction nor memory.
    """
    for number in ids:
        after: tuple[datetime, int] = (start, -1)
        while found := _page(number, start, end, after, page):
            after = (found[-1][0], found[-1][1])
            yield [
                Row(datastream=number, at=at, value=value, other=other, quality=quality)
                for at, _, value, other, quality in found
            ]
            if len(found) < page:
                break


def _page(
    number: int, start: datetime, end: datetime, after: tuple[datetime, int], page: int
) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [number, start, end, *after, page])
        return list(cursor.fetchall())
