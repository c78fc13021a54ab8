"""Memory of ingest and its codec workers over very many uplinks."""

import time
from collections.abc import Iterator

import psutil
import psycopg

from benchmarks.running import RunningCity
from benchmarks.table import Row, progress
from benchmarks.uplinks import flooding, stored

COUNT = 1_000_000
# After the first tenth all caches are full; from there on nothing may grow.
MOST_GROWTH = 0.10


def measure(city: RunningCity, count: int = COUNT) -> Iterator[Row]:
    """Proportional memory at every tenth of the way."""
    marks = []
    with psycopg.connect(city.url, autocommit=True) as database:
        before, began = stored(database), time.monotonic()
        with flooding(city, count):
            for tenth in range(1, 11):
                _wait(database, before + count * tenth // 10)
                marks.append(_memory(city))
                progress(f"{count * tenth // 10:,} uplinks: {marks[-1] / 1e6:.0f} MB")
        rate = count / (time.monotonic() - began)
    growth = marks[-1] / marks[0] - 1
    yield Row(
        what=f"endurance: memory of ingest over {count:,} uplinks",
        figure=f"{marks[0] / 1e6:.0f} to {marks[-1] / 1e6:.0f} MB, {rate:,.0f} /s",
        aim=f"growth < {MOST_GROWTH:.0%}",
        met=growth < MOST_GROWTH,
    )


def _wait(database: psycopg.Connection, wanted: int) -> None:
    patience = time.monotonic() + 600
    while stored(database) < wanted:
        if time.monotonic() > patience:
            raise RuntimeError(f"{wanted} uplinks were not reached")
        time.sleep(1)


def _memory(city: RunningCity) -> int:
    ingest = psutil.Process(city.pid("ingest") or 0)
    return sum(
        int(one.memory_full_info().pss) for one in (ingest, *ingest.children(recursive=True))
    )
