"""Observations a second through the store against binary COPY of the same rows, in one run."""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from benchmarks.table import Row

ROUNDS, BATCHES, SIZE = 5, 40, 1000
EVERY = timedelta(minutes=1)
COPY = (
    "copy things_observation (datastream_id, at, value, quality, foi_id) from stdin (format binary)"
)
TYPES = ("int8", "timestamptz", "float8", "int2", "int8")
Line = tuple[int, datetime, float, int]
Batches = list[list[Line]]


def measure() -> Iterator[Row]:
    """Into 500 datastreams, then into one."""
    yield from _compared(500, 0.25)
    yield from _compared(1, 0.4)


def _compared(count: int, aim: float) -> Iterator[Row]:
    """COPY and the store in turns, each into datastreams of its own."""
    start, streams = first_minute(), (make_datastreams(count), make_datastreams(count))
    rates = [_round(number, start, streams) for number in range(ROUNDS)]
    copy, store = (statistics.median(rate) for rate in zip(*rates, strict=True))
    share = statistics.median(ours / theirs for theirs, ours in rates)
    what = f"bulk, {count} datastream{'s'[: count - 1]}, commits of {SIZE:,}"
    yield Row(what=f"{what}: binary COPY", figure=f"{copy:,.0f} /s")
    figure, wanted = f"{store:,.0f} /s, {share:.0%} of COPY", f">= {aim:.0%} of COPY"
    yield Row(what=f"{what}: store", figure=figure, aim=wanted, met=share >= aim)


def _round(number: int, start: datetime, streams: Sequence[list[int]]) -> tuple[float, float]:
    """Rates of COPY and of the store; every other round begins with the store."""
    start += EVERY * (number * BATCHES * SIZE // len(streams[0]))
    turns = list(zip((by_copy, by_store), streams, strict=True))[:: -1 if number % 2 else 1]
    rates = {write: rate_of(write, make_batches(ids, start)) for write, ids in turns}
    return rates[by_copy], rates[by_store]


def rate_of(write: Callable[[list[Line]], None], batches: Batches) -> float:
    began = time.perf_counter()
    for batch in batches:
        write(batch)
    return BATCHES * SIZE / (time.perf_counter() - began)


def make_batches(streams: Sequence[int], start: datetime) -> Batches:
    """The datastreams take turns, a value a minute each."""
    rows = [
        (streams[i % len(streams)], start + EVERY * (i // len(streams)), random.random() * 30, 0)
        for i in range(BATCHES * SIZE)
    ]
    return [rows[i : i + SIZE] for i in range(0, len(rows), SIZE)]


def by_copy(batch: list[Line], feature: int | None = None) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(TYPES)
        for line in batch:
            copy.write_row((*line, feature))


def by_store(batch: list[Line]) -> None:
    from stadtkern.kernel.things.store import Observation, write

    write([Observation(datastream=d, at=at, value=v, quality=q) for d, at, v, q in batch])


def feature_of(stream: int) -> int:
    """The feature of interest that its observations get where they name none."""
    from stadtkern.kernel.things.models import Datastream, FeatureOfInterest

    thing = Datastream.objects.get(pk=stream).thing
    return FeatureOfInterest.objects.get(place=thing.place_id).pk


def first_minute() -> datetime:
    from stadtkern.kernel import clock
    from stadtkern.kernel.things import store

    now = clock.now().replace(second=0, microsecond=0)
    store.ensure_partitions(now, now + EVERY * ROUNDS * BATCHES * SIZE)
    return now


def make_datastreams(count: int) -> list[int]:
    from stadtkern.kernel.places.models import Place, point
    from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing

    place = Place.objects.create(name="Bulk", geometry=point(7.2, 51.5))
    kind = {
        "thing": Thing.objects.create(name="Bulk", kind="benchmark.bulk", place=place),
        "sensor": Sensor.objects.get_or_create(name="Bulk")[0],
        "observed_property": ObservedProperty.objects.get_or_create(name="Bulk")[0],
    }
    made = Datastream.objects.bulk_create(Datastream(name=str(n), **kind) for n in range(count))
    return [one.pk for one in made]
