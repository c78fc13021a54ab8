"""What a period holds of a datastream: mean, extremes with their time, completeness, flags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.things.buckets import DAY, HOUR, Step, edges
from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.things.series import RAW, city_zone

# Up to here observations are read one by one; beyond, whole hours and then whole days.
EXACT, HOURLY = 45 * DAY, 1100 * DAY
SILENCE = timedelta(hours=2)

FIGURES = """
    with b as materialized (
      select datastream_id as d, at, n, sum, min, max from {source} as o
      where datastream_id = any (%(ids)s) and at >= %(start)s and at < %(end)s
    ), a as (
      select d, sum(n)::bigint as n, sum(sum) / sum(n) as mean, sum(sum) as total,
             min(min) as low, max(max) as high from b group by d
    )
    select a.d, a.n, a.mean, a.total, a.low, coalesce(lo.at, lb.at), a.high, coalesce(hi.at, hb.at)
    from a
    cross join lateral (select at from b where b.d = a.d and b.min = a.low order by at limit 1) lb
    cross join lateral (select at from b where b.d = a.d and b.max = a.high order by at limit 1) hb
    left join lateral ({exact}) lo on true
    left join lateral ({exact_high}) hi on true
"""
EXACT_TIME = """
    select o.at from things_observation o where o.datastream_id = a.d and o.value = {value}
      and o.quality < 3 and o.at >= {bucket} and o.at < {bucket} + interval '25 hours'
    order by o.at limit 1
"""
HELD = """
    select u.d,
      (select count(*) from things_hour h where h.datastream_id = u.d
        and h.at >= %s and h.at < %s),
      (select count(*) from things_day h where h.datastream_id = u.d and h.at >= %s and h.at < %s)
    from unnest(%s::bigint[]) as u (d)
"""
FLAGS = """
    select datastream_id, quality, count(*) from things_observation
    where datastream_id = any (%s) and at >= %s and at < %s and quality > 0 group by 1, 2
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """A datastream in a period. `known` of `of` hours (or days) have at least one value.

    `flags` counts observations by quality; None where the period is too long to look at each.
    Invalid ones are counted there and nowhere else.
    """

    datastream: int
    n: int
    mean: float | None
    total: float | None
    low: float | None
    low_at: datetime | None
    high: float | None
    high_at: datetime | None
    known: int
    of: int
    daily: bool
    flags: dict[int, int] | None

    @property
    def complete(self) -> float | None:
        """The share of hours or days with a value, from 0 to 1; None for an empty period."""
        return self.known / self.of if self.of else None


def figures(ids: Sequence[int], start: datetime, end: datetime) -> dict[int, Figures]:
    """These datastreams from start to end, in at most four statements.

    Longer than 45 days, whole hours of UTC are counted, longer than three years whole days. What
    lies in the future is not missing. A datastream that may be silent for more than a few hours is
    complete by days.
    """
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    found = _figures(ids, start, end)
    silences = dict(Datastream.objects.filter(pk__in=ids).values_list("pk", "stale_after"))
    held = _held(ids, start, min(end, clock.now()))
    flags = _flags(ids, start, end) if end - start <= 9 * EXACT else None
    made = {}
    for number in ids:
        n, mean, total, low, low_at, high, high_at = found.get(number, (0, *(None,) * 6))
        daily = (silences.get(number) or SILENCE) > 6 * HOUR
        known, of = held[number][daily]
        made[number] = Figures(
            datastream=number, n=n, mean=mean, total=total, low=low, low_at=low_at, high=high,
            high_at=high_at, known=min(known, of), of=of, daily=daily,
            flags=None if flags is None else flags.get(number, {}),
        )  # fmt: skip
    return made


def _figures(ids: Sequence[int], start: datetime, end: datetime) -> dict[int, tuple[Any, ...]]:
    length = end - start
    source = f"({RAW})" if length <= EXACT else "things_hour" if length <= HOURLY else "things_day"
    if length > EXACT:
        start = start.replace(minute=0, second=0, microsecond=0)
    exact = EXACT_TIME.format(value="a.low", bucket="lb.at")
    exact_high = EXACT_TIME.format(value="a.high", bucket="hb.at")
    statement = FIGURES.format(source=source, exact=exact, exact_high=exact_high)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": list(ids), "start": start, "end": end})
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _held(
    ids: Sequence[int], start: datetime, end: datetime
) -> dict[int, tuple[tuple[int, int], tuple[int, int]]]:
    """Hours and days with a value, and how many there are up to the end."""
    first = start.replace(minute=0, second=0, microsecond=0)
    hours = max(0, ceil((end - first) / HOUR))
    days = edges(start, end, Step(unit="day"), city_zone()) if end > start else [start]
    with connection.cursor() as cursor:
        cursor.execute(HELD, [first, end, days[0], end, list(ids)])
        return {d: ((h, hours), (n, len(days) - 1)) for d, h, n in cursor.fetchall()}


def _flags(ids: Sequence[int], start: datetime, end: datetime) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(FLAGS, [list(ids), start, end])
        for number, quality, count in cursor.fetchall():
            found.setdefault(number, {})[quality] = count
    return found
