"""Observations a second through the store against binary COPY of the same rows, in one run."""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from benchmarks.table import Row

ROUNDS, BATCHES, SIZE = 5, 40, 1000
EVERY = timedelta(minutes=1)
Line = tuple[int, datetime, float, int]
COPY = "copy things_observation (datastream_id, at, value, quality) from stdin with (format binary)"


def measure() -> Iterator[Row]:
    """Into 500 datastreams, then into one."""
    yield from _compared(500, 0.25)
    yield from _compared(1, 0.4)


def _compared(streams: int, aim: float) -> Iterator[Row]:
    """COPY and the store in turns, each into datastreams of its own."""
    copied, stored = _datastreams(streams), _datastreams(streams)
    rates = [_round(number, copied, stored) for number in range(ROUNDS)]
    copy, store = (statistics.median(rate) for rate in zip(*rates, strict=True))
    ratio = statistics.median(ours / theirs for theirs, ours in rates)
    what = f"bulk into {streams} datastream{'s'[: streams - 1]}, batches of {SIZE:,}"
    yield Row(what=f"{what}: binary COPY", figure=f"{copy:,.0f} /s")
    yield Row(what=f"{what}: store", figure=f"{store:,.0f} /s, {ratio:.0%} of COPY",
              aim=f">= {aim:.0%} of COPY", met=ratio >= aim)  # fmt: skip


def _round(number: int, copied: Sequence[int], stored: Sequence[int]) -> tuple[float, float]:
    start = _start() + EVERY * (number * BATCHES * SIZE // len(copied))
    runs = [(_copy, _batches(copied, start)), (_store, _batches(stored, start))]
    turn = 1 if number % 2 else -1
    rates = [_rate(write, batches) for write, batches in runs[::turn]][::turn]
    return rates[0], rates[1]


def _rate(write: Callable[[list[Line]], None], batches: list[list[Line]]) -> float:
    began = time.perf_counter()
    for batch in batches:
        write(batch)
    return BATCHES * SIZE / (time.perf_counter() - began)


def _batches(streams: Sequence[int], start: datetime) -> list[list[Line]]:
    """The datastreams take turns, a value a minute each."""
    rows = [
        (streams[i % len(streams)], start + EVERY * (i // len(streams)), random.random() * 30, 0)
        for i in range(BATCHES * SIZE)
    ]
    return [rows[i : i + SIZE] for i in range(0, len(rows), SIZE)]


def _copy(batch: list[Line]) -> None:
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(("int8", "timestamptz", "float8", "int2"))
        for line in batch:
            copy.write_row(line)


def _store(batch: list[Line]) -> None:
    from stadtkern.kernel.things import store

    store.write([
        store.Observation(datastream=stream, at=at, value=value, quality=quality)
        for stream, at, value, quality in batch
    ])  # fmt: skip


def _start() -> datetime:
    from stadtkern.kernel import clock
    from stadtkern.kernel.things import store

    now = clock.now().replace(second=0, microsecond=0)
    store.ensure_partitions(now, now + timedelta(days=ROUNDS * BATCHES))
    return now


def _datastreams(count: int) -> list[int]:
    from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing

    thing = Thing.objects.create(name="Bulk")
    sensor, _ = Sensor.objects.get_or_create(name="Bulk")
    observed, _ = ObservedProperty.objects.get_or_create(name="Bulk")
    made = Datastream.objects.bulk_create(
        Datastream(thing=thing, sensor=sensor, observed_property=observed, name=f"Bulk {number}")
        for number in range(count)
    )
    return [one.pk for one in made]
