"""Uplinks from MQTT publish to committed observation, sent by a process of its own."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from benchmarks.running import ROOT, RunningCity
from benchmarks.table import Row, percentile

AIMS = {"fresh contexts": 800, "shared contexts": 2000}
COUNTS = {"mosquitto": 20_000, "amqtt": 12_000}
STEADY, SECONDS, LATEST = 500, 30, 0.25
# One transaction holds an uplink and its observations; few of the demo's formats give none.
STORED = "select count(*) from devices_uplink where event = 'up'"
NEWER = "select id, extract(epoch from clock_timestamp() - time) from devices_uplink where id > %s"
UNPROVEN = "select count(*) from devices_profile where checked is null"
SHARING = "select distinct stateless from devices_profile"
OPEN = "select count(*) from procrastinate_jobs where status in ('todo', 'doing')"
# What a process may take to see that a codec may share contexts, with room.
NOTICED = 8.0


def measure(city: RunningCity, broker: str) -> Iterator[Row]:
    """The rates from the first commits to the last one of a flood, then the time a commit takes."""
    with psycopg.connect(city.url, autocommit=True) as database:
        for contexts, aim in AIMS.items():
            share(database, contexts == "shared contexts")
            rate = _flooded(city, database, COUNTS[broker])
            _kept(database, contexts == "shared contexts")
            what = f"uplinks, {broker}, {contexts}: MQTT to committed observation"
            figure = f"{rate:,.0f} /s ({COUNTS[broker]:,} uplinks)"
            wanted = aim if broker == "mosquitto" or contexts == "fresh contexts" else None
            if wanted is None:
                yield Row(what=what, figure=figure)
            else:
                yield Row(what=what, figure=figure, aim=f">= {wanted} /s", met=rate >= wanted)
            yield _latency(city, database, f"{broker}, {contexts}")


def share(database: psycopg.Connection, wanted: bool) -> None:
    """Let the demo's codecs share contexts or not; ingest notices within seconds."""
    _proven(database)
    database.execute("update devices_profile set stateless = %s", [wanted])
    time.sleep(NOTICED)


def _proven(database: psycopg.Connection, patience: float = 60) -> None:
    """Returns when a new city has proven its codecs; before, the proof would have the last word."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if database.execute(UNPROVEN).fetchone() == (0,):
            return
        time.sleep(0.5)
    raise RuntimeError(f"codecs are not proven after {patience:.0f} s")


def _kept(database: psycopg.Connection, wanted: bool) -> None:
    """What was measured is what was asked for."""
    if database.execute(SHARING).fetchall() != [(wanted,)]:
        raise RuntimeError("somebody else changed which codecs share contexts")


@contextmanager
def flooding(city: RunningCity, count: int, rate: float = 0) -> Iterator[subprocess.Popen[bytes]]:
    """A process that publishes so many uplinks; ended afterwards if it has not ended itself."""
    demo = city.folder / "data" / "demo.json"
    command = [sys.executable, "simulators/sensors/run.py", "--demo", str(demo)]
    command += ["--flood", str(count), "--rate", str(rate)]
    sender = subprocess.Popen(command, cwd=ROOT, stdout=sys.stderr)
    try:
        yield sender
    finally:
        sender.terminate()
        sender.wait(30)


def stored(database: psycopg.Connection) -> int:
    """How many uplinks are committed."""
    found = database.execute(STORED).fetchone()
    return int(found[0]) if found else 0


def reached(database: psycopg.Connection, wanted: int, patience: float = 90) -> tuple[int, float]:
    """How many are stored as soon as it is that many, and when."""
    end = time.monotonic() + patience
    while True:
        asked = time.monotonic()
        number = stored(database)
        now = time.monotonic()
        if number >= wanted:
            return number, now
        if now > end:
            raise RuntimeError(f"only {number} uplinks are stored after {patience:.0f} s")
        # Counting a large table is work that is not to be measured with the rest.
        time.sleep(max(0.1, 9 * (now - asked)))


def _flooded(city: RunningCity, database: psycopg.Connection, count: int) -> float:
    before = stored(database)
    with flooding(city, count):
        first, began = reached(database, before + 100)
        last, ended = reached(database, before + count)
    return (last - first) / (ended - began)


def _rested(database: psycopg.Connection, patience: float = 60) -> None:
    """Returns when the worker has done what the flood before has left it to do."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = database.execute(OPEN).fetchone()
        if found == (0,):
            return
        time.sleep(0.5)


def _latency(city: RunningCity, database: psycopg.Connection, how: str) -> Row:
    _rested(database)
    watch = Watch(city.url)
    with flooding(city, STEADY * SECONDS, STEADY), watch:
        reached(database, stored(database) + STEADY * (SECONDS - 2))
    # The first seconds start a process and fill its caches.
    late = percentile(watch.ages[STEADY * 5 :], 0.95)
    middle = percentile(watch.ages[STEADY * 5 :], 0.5)
    return Row(
        what=f"uplinks, {how}: publish to commit at {STEADY} /s",
        figure=f"p50 {middle * 1000:.0f} ms, p95 {late * 1000:.0f} ms",
        aim=f"p95 < {LATEST * 1000:.0f} ms",
        met=late < LATEST,
    )


class Watch:
    """Looks every few milliseconds what has been committed, and how long ago it was sent."""

    def __init__(self, url: str) -> None:
        self.ages: list[float] = []
        self._url = url
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        with psycopg.connect(self._url, autocommit=True) as database:
            found = database.execute("select coalesce(max(id), 0) from devices_uplink").fetchone()
            newest = int(found[0]) if found else 0
            while not self._stop.wait(0.01):
                for number, age in database.execute(NEWER, [newest]).fetchall():
                    newest = max(newest, number)
                    self.ages.append(float(age))
