"""What a week and a day of a datastream usually look like, from the rollups of its hours."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from stadtkern.kernel.things.series import city_zone

# Rollups count whole hours of UTC, which are hours of the city wherever its zone is whole hours
# away. The hour that a night in autumn has twice is counted twice.
PROFILE = """
    select d, h, avg(v), percentile_cont(array[0.25, 0.5, 0.75]) within group (order by v), count(*)
    from (
      select extract(isodow from at at time zone %s)::int - 1 as d,
             extract(hour from at at time zone %s)::int as h, sum / n as v
      from things_hour where datastream_id = %s and at >= %s and at < %s
    ) as hours
    group by grouping sets ((d, h), (h))
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hour:
    """The hours' means of one hour of the day, or of the week: mean, quartiles, how many."""

    mean: float
    lower: float
    middle: float
    upper: float
    n: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """`week[0][23]` is Mondays from 23 to 24 o'clock; `day[0]` every night from 0 to 1."""

    week: tuple[tuple[Hour | None, ...], ...]
    day: tuple[Hour | None, ...]

    @property
    def known(self) -> bool:
        """Whether there is anything to show."""
        return any(self.day)


def profile(datastream: int, start: datetime, end: datetime) -> Profile:
    """The profile of the hours that begin in this period."""
    zone = str(city_zone())
    with connection.cursor() as cursor:
        cursor.execute(PROFILE, [zone, zone, datastream, start, end])
        found = {
            (d, h): Hour(mean=mean, lower=q[0], middle=q[1], upper=q[2], n=n)
            for d, h, mean, q, n in cursor.fetchall()
        }
    return Profile(
        week=tuple(tuple(found.get((d, h)) for h in range(24)) for d in range(7)),
        day=tuple(found.get((None, h)) for h in range(24)),
    )
