"""Hourly and moving 24-hour means of all air stations, read from the hourly rollups at once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from stadtkern.kernel import clock
from stadtkern.systems.environment.index import Averaging, Scheme

HOUR = timedelta(hours=1)
# A moving mean needs three quarters of its hours, as usual in air monitoring (18 of 24).
ENOUGH_HOURS = 18

HOURS = """
select t.place_id, p.slug, d.id, d.stale_after, l.at, h.at, h.sum / h.n
from things_thing t
join things_datastream d on d.thing_id = t.id
join things_observedproperty p on p.id = d.observed_property_id
join things_latest l on l.datastream_id = d.id
join things_hour h on h.datastream_id = d.id and h.at >= %s and h.at <= %s
where t.kind = 'environment.air' and p.slug = any(%s) and t.place_id is not null
order by d.id, h.at
"""


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
    """The hourly means of one datastream within the last day."""

    place: int
    pollutant: str
    datastream: int
    stale_after: timedelta | None
    latest: datetime
    hours: Mapping[datetime, float]


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
    for begin in (this_hour - HOUR, this_hour - 2 * HOUR):
        if begin in series.hours:
            return _mean(series, "hour", series.hours[begin], begin + HOUR)
    if this_hour in series.hours:
        value = series.hours[this_hour]
        return _mean(series, "hour", value, series.latest, provisional=True)
    return None


def _moving(series: Series, this_hour: datetime) -> Mean | None:
    complete = {at: v for at, v in series.hours.items() if at < this_hour}
    if len(complete) < ENOUGH_HOURS:
        return None
    value = sum(complete.values()) / len(complete)
    return _mean(series, "moving_24h", value, max(complete) + HOUR)


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
        cursor.execute(HOURS, [this_hour - 24 * HOUR, this_hour, list(scheme.pollutants)])
        rows = cursor.fetchall()
    series: dict[int, Series] = {}
    hours: dict[int, dict[datetime, float]] = defaultdict(dict)
    for place, slug, stream, stale_after, latest, at, mean in rows:
        hours[stream][at] = mean
        series[stream] = Series(
            place=place, pollutant=slug, datastream=stream, stale_after=stale_after,
            latest=latest, hours=hours[stream],
        )  # fmt: skip
    return list(series.values())
