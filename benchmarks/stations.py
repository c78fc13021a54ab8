"""500 datastreams of 50 stations for the reads of SensorThings, filled in steps of ten times."""

from datetime import datetime, timedelta
from itertools import pairwise

from django.db import connection, transaction

from benchmarks.table import progress
from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing

THINGS, EACH = 50, 10
# One datastream reports every minute and holds a tenth of all; the others share the rest.
MINUTE = timedelta(minutes=1)
SLOW = timedelta(seconds=60 * (THINGS * EACH - 1) / 9)

# Time outside, datastreams inside: rows lie in the order in which sensors send them.
FILL = """
insert into things_observation (datastream_id, at, value)
select d, t, round((10 * (20 + 8 * sin(extract(epoch from t)::float8 / 13751) + 6 * random()))
  ::numeric) / 10
from (
  select %(one)s::bigint as d, generate_series(%(start)s::timestamptz, %(end)s, %(minute)s) as t
  union all
  select d, t + d * interval '1 second'
  from generate_series(%(start)s::timestamptz, %(end)s, %(slow)s) as t, unnest(%(rest)s::bigint[]) d
) rows order by t
"""
LATEST = """
insert into things_latest
  (datastream_id, at, first_at, observation_id, value, quality, received, n)
select d.datastream_id, o.at, d.first_at, o.id, o.value, o.quality, o.at, d.n
from (select datastream_id, min(at) as first_at, count(*) as n
      from things_observation group by 1) d,
  lateral (select * from things_observation x where x.datastream_id = d.datastream_id
           order by at desc, id desc limit 1) o
on conflict (datastream_id) do update set n = excluded.n, first_at = excluded.first_at,
  at = excluded.at, observation_id = excluded.observation_id, value = excluded.value
"""


def make() -> list[int]:
    """The stations with their places; returns the ids of the datastreams."""
    sensor = Sensor.objects.create(name="Messstation")
    properties = [ObservedProperty.objects.create(name=f"Größe {n}") for n in range(EACH)]
    made: list[Datastream] = []
    for number in range(THINGS):
        place = Place.objects.create(
            name=f"Messstation {number}", geometry=point(7.1 + number / 250, 51.5)
        )
        thing = Thing.objects.create(name=place.name, place=place, properties={"nr": number})
        made += [
            Datastream(
                name=f"{one.name} an {place.name}", thing=thing, sensor=sensor,
                observed_property=one, unit_name="Grad Celsius", unit_symbol="°C",
                unit_definition="Cel",
            )
            for one in properties
        ]  # fmt: skip
    return [one.pk for one in Datastream.objects.bulk_create(made)]


def fill(streams: list[int], total: int, end: datetime, until: datetime) -> datetime:
    """About `total` observations before `end` in all, where `until` is how far back there are.

    Returns how far back there are now.
    """
    start = end - MINUTE * (total // 10)
    store.ensure_partitions(start, clock.now() + timedelta(days=40))
    for first, last in pairwise(_months(start, until)):
        _between(streams, first, last)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LATEST)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    return start


def _between(streams: list[int], first: datetime, last: datetime) -> None:
    progress(f"Filling {first:%Y-%m-%d} to {last:%Y-%m-%d} ...")
    values = {"one": streams[0], "rest": streams[1:], "minute": MINUTE, "slow": SLOW}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit = off")
        cursor.execute("set local work_mem = '64MB'")
        cursor.execute(FILL, {**values, "start": first, "end": last - timedelta(seconds=1)})


def _months(start: datetime, end: datetime) -> list[datetime]:
    """The instants from start to end, a month at most between two of them."""
    found = [start]
    while found[-1] < end:
        found.append(min(end, found[-1] + timedelta(days=30)))
    return found
