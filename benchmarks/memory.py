"""Proportional memory (PSS) of each process of the idle demo city."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import psutil

from benchmarks.running import RunningCity
from benchmarks.table import Row

SETTLE = 20.0
MOST = 600
ROLES = {
    "sandbox/child.py": "codec workers",
    "postgres": "PostgreSQL",
    "mosquitto": "broker",
    "tree.broker": "broker",
    "simulators": "sensor simulator",
    "stadtkern ingest": "ingest",
    "stadtkern worker": "worker",
    "stadtkern web": "web",
    "stadtkern": "supervisor",
}


def measure(city: RunningCity, broker: str) -> Iterator[Row]:
    """One row for each kind of process and one for all."""
    time.sleep(SETTLE)
    found: Counter[str] = Counter()
    supervisor = psutil.Process(city.process.pid)
    for process in [supervisor, *supervisor.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):  # an idle connection of PostgreSQL may just end
            found[_role(process)] += process.memory_full_info().pss
    for role, size in found.most_common():
        yield Row(what=f"memory, {broker}: {role}", figure=f"{size / 1e6:.0f} MB")
    total = found.total() / 1e6
    what = f"memory, {broker}: the whole idle demo"
    yield Row(what=what, figure=f"{total:.0f} MB", aim=f"< {MOST} MB", met=total < MOST)


def _role(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    return next((role for mark, role in ROLES.items() if mark in line), process.name())
