"""Weekly means of datastreams from the days that the store counts: what analyses work on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection

from stadtkern.kernel import registry
from stadtkern.kernel.things.series import city_zone

# A week with fewer days counts as a gap: which days they are would say more than the measure.
DAYS = 5
WEEK = timedelta(weeks=1)
# The mean of daily means, so that a day with more readings weighs no more than another.
MEANS = """
select datastream_id, date_trunc('week', at at time zone %s)::date, avg(sum / n), count(*), sum(n)
from things_day where datastream_id = any (%s) and at >= %s and at < %s and n > 0 group by 1, 2
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weeks:
    """One datastream by week: its mean or None for a gap, and its readings a day."""

    means: list[float | None]
    readings: list[float | None]

    @property
    def known(self) -> float:
        """The share of weeks with a value."""
        return sum(one is not None for one in self.means) / max(len(self.means), 1)


def monday(day: date) -> date:
    """The Monday of this day's week."""
    return day - timedelta(days=day.weekday())


def mondays(first: date, count: int) -> list[date]:
    """So many Mondays from this one on."""
    return [first + n * WEEK for n in range(count)]


def weekly(ids: Sequence[int], weeks: Sequence[date]) -> dict[int, Weeks]:
    """These datastreams in these weeks, one after another; one query."""
    if not weeks:
        return {number: Weeks(means=[], readings=[]) for number in ids}
    zone = city_zone()
    start = datetime.combine(weeks[0], time(), zone)
    end = datetime.combine(weeks[-1] + WEEK, time(), zone)
    known: dict[tuple[int, date], tuple[float, float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(MEANS, [registry.city().city.time_zone, list(ids), start, end])
        for number, week, mean, days, n in cursor.fetchall():
            if days >= DAYS:
                known[number, week] = (float(f"{mean:.10g}"), float(n) / days)
    return {number: _of(number, weeks, known) for number in ids}


def _of(
    number: int, weeks: Sequence[date], known: dict[tuple[int, date], tuple[float, float]]
) -> Weeks:
    found = [known.get((number, week)) for week in weeks]
    return Weeks(
        means=[one[0] if one else None for one in found],
        readings=[one[1] if one else None for one in found],
    )
