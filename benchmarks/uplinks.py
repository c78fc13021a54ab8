"""Uplinks from MQTT publish to committed observation, sent by a process of its own."""

import subprocess
import sys
import time
from collections.abc import Iterator

import psycopg

from benchmarks.running import ROOT, RunningCity
from benchmarks.table import Row

AIM = 800
COUNTS = {"mosquitto": 20_000, "amqtt": 12_000}
# One transaction holds an uplink and its observations; few of the demo's formats give none.
STORED = "select count(*) from devices_uplink where outcome in ('stored', 'noted')"


def measure(city: RunningCity, broker: str) -> Iterator[Row]:
    """The rate from the first commits to the last one of a flood."""
    count, demo = COUNTS[broker], city.folder / "data" / "demo.json"
    command = [sys.executable, "simulators/sensors/run.py", "--demo", str(demo)]
    with psycopg.connect(city.url, autocommit=True) as database:
        before = _stored(database)
        sender = subprocess.Popen([*command, "--flood", str(count)], cwd=ROOT, stdout=sys.stderr)
        try:
            rate = _rate(database, before, count)
        finally:
            sender.terminate()
            sender.wait(30)
    what = f"uplinks, {broker}: MQTT to committed observation"
    figure = f"{rate:,.0f} /s ({count:,} uplinks)"
    yield Row(what=what, figure=figure, aim=f">= {AIM} /s", met=rate >= AIM)


def _stored(database: psycopg.Connection) -> int:
    found = database.execute(STORED).fetchone()
    return int(found[0]) if found else 0


def _rate(database: psycopg.Connection, before: int, count: int) -> float:
    first, began = _reached(database, before + 100)
    last, ended = _reached(database, before + count)
    return (last - first) / (ended - began)


def _reached(database: psycopg.Connection, wanted: int) -> tuple[int, float]:
    """How many are stored as soon as it is that many, and when."""
    end = time.monotonic() + 90
    while (stored := _stored(database)) < wanted:
        if time.monotonic() > end:
            raise RuntimeError(f"only {stored} uplinks are stored after 90 s")
        time.sleep(0.1)
    return stored, time.monotonic()
