"""Hourly and moving 24-hour means of all air stations, read from the hourly rollups at once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.things.visibility import PUBLIC_STREAM
from stadtkern.systems.environment.index import Averaging, Scheme

HOUR = timedelta(hours=1)
# A moving mean needs three quarters of its hours, as usual in air monitoring (18 of 24).
ENOUGH_HOURS = 18

# Thousands of hours become one row for each datastream here: times are slow to read in Python.
HOURS = f"""
select t.place_id, p.slug, d.id, d.stale_after, l.at, h.*
from things_thing t
join things_datastream d on d.thing_id = t.id and not d.multi
join things_observedproperty p on p.id = d.observed_property_id
join things_latest l on l.datastream_id = d.id
cross join lateral (
  select count(*) filter (where at < %(hour)s), avg(sum / n) filter (where at < %(hour)s),
         max(at) filter (where at < %(hour)s),
         max(sum / n) filter (where at = %(hour)s),
         max(sum / n) filter (where at = %(hour)s - interval '1 hour'),
         max(sum / n) filter (where at = %(hour)s - interval '2 hours')
  from things_hour
  where datastream_id = d.id and at >= %(hour)s - interval '24 hours' and at <= %(hour)s
) h
where t.kind = 'environment.air' and p.slug = any(%(pollutants)s) and t.place_id is not null
  and {PUBLIC_STREAM}
order by d.id
"""  # noqa: S608  a constant of the kernel


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A mean in µg/m³, up to which instant it counts; provisional while its hour is running."""

    pollutant: str
    value: float
    averaging: Averaging
    until: datetime
    provisional: bool
    datastream: int


@dataclass(frozen=True, kw_only=True)
class Series:
    """The hours of one datastream: the mean of the complete ones of a day, and the last three."""

    place: int
    pollutant: str
    datastream: int
    stale_after: timedelta | None
    latest: datetime
    complete: int
    mean: float | None
    last: datetime | None
    running: float | None
    before: tuple[float | None, float | None]


def fresh_means(scheme: Scheme) -> dict[int, list[Mean]]:
    """For each place the means that the index needs; those too old are left out."""
    now = clock.now()
    found: dict[int, list[Mean]] = defaultdict(list)
    for series in _read(scheme, now):
        mean = mean_of(series, scheme.pollutants[series.pollutant].averaging, now)
        if mean is not None:
            found[series.place].append(mean)
    return found


def mean_of(series: Series, averaging: Averaging, now: datetime) -> Mean | None:
    """The mean of one series at this instant; None where it is stale or too few hours are known."""
    if series.stale_after is not None and now - series.latest > series.stale_after:
        return None
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    pick = _moving if averaging == "moving_24h" else _hourly
    return pick(series, this_hour)


def _hourly(series: Series, this_hour: datetime) -> Mean | None:
    """The last complete hour; before there is one, the running hour, marked provisional."""
    for value, until in zip(series.before, (this_hour, this_hour - HOUR), strict=True):
        if value is not None:
            return _mean(series, "hour", value, until)
    if series.running is not None:
        return _mean(series, "hour", series.running, series.latest, provisional=True)
    return None


def _moving(series: Series, _this_hour: datetime) -> Mean | None:
    if series.mean is None or series.last is None or series.complete < ENOUGH_HOURS:
        return None
    return _mean(series, "moving_24h", series.mean, series.last + HOUR)


def _mean(
    series: Series, averaging: Averaging, value: float, until: datetime, provisional: bool = False
) -> Mean:
    return Mean(
        pollutant=series.pollutant, value=value, averaging=averaging, until=until,
        provisional=provisional, datastream=series.datastream,
    )  # fmt: skip


def _read(scheme: Scheme, now: datetime) -> list[Series]:
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(HOURS, {"hour": this_hour, "pollutants": list(scheme.pollutants)})
        return [_series(*row) for row in cursor.fetchall()]


def _series(
    place: int, slug: str, stream: int, stale_after: timedelta | None, latest: datetime,
    complete: int, mean: float | None, last: datetime | None,
    running: float | None, *before: float | None,
) -> Series:  # fmt: skip
    return Series(
        place=place, pollutant=slug, datastream=stream, stale_after=stale_after, latest=latest,
        complete=complete, mean=mean, last=last, running=running, before=(before[0], before[1]),
    )  # fmt: skip
