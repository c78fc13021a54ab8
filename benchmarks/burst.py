"""A hundred thousand stored uplinks after an outage, while live ones keep coming."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import psycopg

from benchmarks.running import RunningCity
from benchmarks.table import Row, percentile, progress
from benchmarks.uplinks import flooding, reached, stored

COUNT = 100_000
LIVE, SECONDS = 20, 20
LATEST = 5.0
# By device: sent before another message, but stored after it; two senders may differ by a second.
DISORDER = """
select count(*) from (
  select time, max(time) over (partition by dev_eui order by id) as before
  from devices_uplink where id > %s and time < %s
) t where before > time + interval '1 s'
"""
LIVE_AGES = """
select id, extract(epoch from clock_timestamp() - time) from devices_uplink
where time > %s + interval '4 s'
"""


def measure(city: RunningCity) -> Iterator[Row]:
    """Ingest sleeps while the broker stores; then how fast, in what order, and how live."""
    with _undisturbed(city), psycopg.connect(city.url, autocommit=True) as database:
        first, before = _newest(database), stored(database)
        os.kill(city.pid("ingest") or 0, signal.SIGSTOP)
        try:
            progress(f"Ingest is away; the broker takes {COUNT:,} uplinks ...")
            with flooding(city, COUNT) as sender:
                sender.wait(300)
        finally:
            os.kill(city.pid("ingest") or 0, signal.SIGCONT)
        back, began = database.execute("select clock_timestamp()").fetchone()[0], time.monotonic()
        ages, left = _live(city, database, back, before)
        _, ended = reached(database, before + COUNT, 300)
        disorder = database.execute(DISORDER, [first, back]).fetchone()[0]
    rate, late = COUNT / (ended - began), percentile(ages, 0.95)
    yield Row(
        what=f"burst of {COUNT:,}: stored uplinks taken",
        figure=f"{rate:,.0f} /s, {disorder} out of order",
        aim="0 out of order",
        met=disorder == 0,
    )
    yield Row(
        what=f"burst: {len(ages)} live uplinks, {left:,} stored ones left after",
        figure=f"p50 {percentile(ages, 0.5):.2f} s, p95 {late:.2f} s",
        aim=f"p95 < {LATEST:.0f} s",
        met=late < LATEST,
    )


@contextmanager
def _undisturbed(city: RunningCity) -> Iterator[None]:
    """Without the demo's own sensors: some of them send what they recorded days ago."""
    children = psutil.Process(city.process.pid).children(recursive=True)
    sensors = [one for one in children if any("simulators" in part for part in one.cmdline())]
    for one in sensors:
        one.suspend()
    time.sleep(2)
    try:
        yield
    finally:
        for one in sensors:
            one.resume()


def _newest(database: psycopg.Connection) -> int:
    return int(database.execute("select coalesce(max(id), 0) from devices_uplink").fetchone()[0])


def _live(
    city: RunningCity, database: psycopg.Connection, back: object, before: int
) -> tuple[list[float], int]:
    """How old live uplinks were when they were committed, and what was left of the backlog."""
    seen: set[int] = set()
    ages: list[float] = []
    time.sleep(3)  # until ingest has noticed that it is behind
    end = time.monotonic() + SECONDS + 60
    with flooding(city, LIVE * SECONDS, LIVE) as sender:
        while time.monotonic() < end and (sender.poll() is None or len(ages) < LIVE * SECONDS):
            rows = database.execute(LIVE_AGES, [back]).fetchall()
            ages += [float(age) for number, age in rows if number not in seen]
            seen |= {number for number, _ in rows}
            time.sleep(0.05)
    return ages, max(0, before + COUNT - stored(database))
