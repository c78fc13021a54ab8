"""Fills a city with 110 stations, 500 datastreams and five million observations, set by set."""

import random
from datetime import timedelta

from django.db import connection, transaction

from benchmarks.table import progress
from stadtkern.kernel import clock, registry
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Sensor
from stadtkern.systems.parking import logic

EVERY = timedelta(minutes=10)
DAYS, YEAR = 68, 365
WEATHER, AIR = 50, 60

# Time outside, datastreams inside: rows lie in the order in which sensors send them.
FILL = """
insert into things_observation (datastream_id, at, value)
select d, t, round(10 * (20 + 8 * sin(extract(epoch from t)::float8 / 13751) + d %% 7 + random()))
  / 10 from generate_series(%s::timestamptz, %s, %s) as t, unnest(%s::bigint[]) as d
"""
ROLL_UP = """
insert into {table}
select datastream_id, date_trunc('{unit}', at, %s), count(*), sum(value), min(value), max(value)
from things_observation group by 1, 2
"""
LATEST = """
insert into things_latest (datastream_id, at, first_at, observation_id, value, quality, received, n)
select d.datastream_id, o.at, d.first_at, o.id, o.value, o.quality, o.at, d.n
from (select datastream_id, min(at) as first_at, sum(n) as n from things_hour group by 1) d,
  lateral (select * from things_observation x where x.datastream_id = d.datastream_id
           order by at desc, id desc limit 1) o
"""


def fill() -> int:
    """Stations with their history, and the demo's car parks; returns how many observations."""
    streams = _stations()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local synchronous_commit = off")
        _history(streams)
        progress("Counting hours and days ...")
        cursor.execute(ROLL_UP.format(table="things_hour", unit="hour"), ["UTC"])
        cursor.execute(ROLL_UP.format(table="things_day", unit="day"), ["Europe/Berlin"])
        cursor.execute(LATEST)
        cursor.execute("select sum(n)::bigint from things_latest")
        stored = int(cursor.fetchone()[0])
    _car_parks()
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    return stored


def _history(streams: list[int]) -> None:
    """One station has a whole year, the others as much as makes five million."""
    now = clock.now()
    end = now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)
    store.ensure_partitions(end - timedelta(days=YEAR), end + timedelta(days=40))
    with connection.cursor() as cursor:
        for ids, days in ((streams[:4], YEAR), (streams[4:], DAYS)):
            progress(f"Filling {days} days of {len(ids)} datastreams ...")
            cursor.execute(FILL, [end - timedelta(days=days) + EVERY, end, EVERY, ids])


def _stations() -> list[int]:
    sensor = Sensor.objects.create(name="Messstation")
    for kind, count in (("environment.weather", WEATHER), ("environment.air", AIR)):
        places = [
            Place.objects.create(
                kind=kind, name=f"Messstation {kind[12:]} {number}",
                geometry=point(7.1 + number % 10 / 50, 51.5 + number / 1000),
            )
            for number in range(1, count + 1)
        ]  # fmt: skip
        provision.things(
            kind, [(place, place.name) for place in places], sensor=sensor,
            source="Messnetz der Stadt", licence="dl-de/by-2-0",
        )  # fmt: skip
    return list(Datastream.objects.order_by("pk").values_list("pk", flat=True))


def _car_parks() -> None:
    """The demo's two sites with 330 bays, whose sensors have all just reported."""
    registry.resolve(registry.system("parking").demo)(random.Random(1))
    bays = Datastream.objects.filter(thing__kind="parking.bay-sensor").order_by("pk")
    store.write([
        store.Observation(datastream=number, at=clock.now(), value=float(number % 3 > 0))
        for number in bays.values_list("pk", flat=True)
    ])  # fmt: skip
    for site in logic.sites():
        logic.recount_site(site.place.pk)
