"""Memory of every process, and what is stored, over very many uplinks."""

import time
from collections.abc import Iterator
from statistics import median

import psutil
import psycopg

from benchmarks.running import RunningCity
from benchmarks.table import Row, progress
from benchmarks.uplinks import flooding, reached, stored

COUNT = 1_000_000
# Below what ingest can take, so that no queue forms: what a queue costs is what `burst` is about.
RATE = 1500
# After the first tenth all caches are full; from there on nothing may grow. A leak lifts every
# mark of the second half, a queue that another program caused only those after it: so the median.
MOST_GROWTH = 0.10
ROLES = ("ingest", "worker", "web", "mqtt", "postgres")
# Asked every second, it must cost nothing; what is stored is counted in the end.
TAKEN = "select last_value from devices_uplink_id_seq"


def measure(city: RunningCity, count: int = COUNT) -> Iterator[Row]:
    """Proportional memory at every tenth of the way, and the rate over all of it."""
    marks: list[dict[str, float]] = []
    with psycopg.connect(city.url, autocommit=True) as database:
        before, first, began = stored(database), _taken(database), time.monotonic()
        with flooding(city, count, RATE):
            for tenth in range(1, 11):
                _wait(database, first + count * tenth // 10)
                marks.append({role: _memory(city, role) for role in ROLES})
                progress(f"{count * tenth // 10:,} uplinks: {_said(marks[-1])}")
            # The demo's own sensors take numbers too, so the last few may still be on their way.
            kept, ended = reached(database, before + count)
            rate = count / (ended - began)
    yield Row(
        what=f"endurance: {count:,} uplinks, sent at {RATE:,} /s",
        figure=f"{kept - before:,} stored, {rate:,.0f} /s",
        aim="all stored",
        met=kept - before >= count,
    )
    yield from _rows(marks)


def _rows(marks: list[dict[str, float]]) -> Iterator[Row]:
    for role in ROLES:
        first, middle, last = (marks[place][role] for place in (0, 4, 9))
        later = median(mark[role] for mark in marks[5:])
        what = f"endurance: memory of {role} after a tenth, half, all"
        figure = f"{first:.0f}, {middle:.0f}, {last:.0f} MB"
        if role == "ingest":
            yield Row(
                what=what,
                figure=figure,
                aim=f"growth < {MOST_GROWTH:.0%} (median)",
                met=later / first - 1 < MOST_GROWTH,
            )
        else:
            yield Row(what=what, figure=figure)


def _said(mark: dict[str, float]) -> str:
    return ", ".join(f"{role} {size:.0f} MB" for role, size in mark.items())


def _taken(database: psycopg.Connection) -> int:
    found = database.execute(TAKEN).fetchone()
    return int(found[0]) if found else 0


def _wait(database: psycopg.Connection, wanted: int) -> None:
    patience = time.monotonic() + 600
    while _taken(database) < wanted:
        if time.monotonic() > patience:
            raise RuntimeError(f"{wanted} uplinks were not reached")
        time.sleep(1)


def _memory(city: RunningCity, role: str) -> float:
    """Of a role with all its children, in MB; PostgreSQL's shared buffers count once."""
    own = psutil.Process(city.pid(role) or 0)
    return sum(one.memory_full_info().pss for one in (own, *own.children(recursive=True))) / 1e6
