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
# Committed uplinks that became observations; their writer puts both into one transaction.
STORED = "select count(*) from devices_uplink where outcome in ('stored', 'noted')"


def measure(city: RunningCity, broker: str) -> Iterator[Row]:
    """The rate from the first to the last commit of a flood."""
    count = COUNTS[broker]
    command = [sys.executable, "simulators/sensors/run.py", "--demo", str(city.data / "demo.json")]
    with psycopg.connect(city.database, autocommit=True) as database:
        before = _stored(database)
        sender = subprocess.Popen(
            [*command, "--flood", str(count)], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        try:
            rate = _rate(database, before, count)
        finally:
            sender.terminate()
            sender.wait(30)
    yield Row(
        what=f"uplinks through {broker}, MQTT to committed observation",
        figure=f"{rate:,.0f} /s ({count:,} uplinks)", aim=f">= {AIM} /s", met=rate >= AIM,
    )  # fmt: skip


def _stored(database: psycopg.Connection) -> int:
    found = database.execute(STORED).fetchone()
    return int(found[0]) if found else 0


def _rate(database: psycopg.Connection, before: int, count: int) -> float:
    end = time.monotonic() + 90
    while (first := _stored(database) - before) < 100:
        _wait(end)
    began = time.monotonic()
    while (last := _stored(database) - before) < count:
        _wait(end)
    return (last - first) / (time.monotonic() - began)


def _wait(end: float) -> None:
    if time.monotonic() > end:
        raise RuntimeError("the uplinks did not all arrive within 90 s")
    time.sleep(0.1)
