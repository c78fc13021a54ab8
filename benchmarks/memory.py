"""Proportional memory (PSS) of each process of the idle demo city."""

import time
from collections import Counter
from collections.abc import Iterator

import psutil

from benchmarks.running import RunningCity
from benchmarks.table import Row

SETTLE = 20.0
MOST = 600
ROLES = (
    ("sandbox/child.py", "codec workers"),
    ("postgres", "PostgreSQL"),
    ("mosquitto", "broker"),
    ("tree.broker", "broker"),
    ("simulators", "sensor simulator"),
    ("stadtkern ingest", "ingest"),
    ("stadtkern worker", "worker"),
    ("stadtkern web", "web"),
    ("stadtkern", "supervisor"),
)


def measure(city: RunningCity, broker: str) -> Iterator[Row]:
    """One row for each kind of process and one for all."""
    time.sleep(SETTLE)
    found: Counter[str] = Counter()
    for process in city.processes:
        found[_role(process)] += process.memory_full_info().pss
    for role, size in found.most_common():
        yield Row(what=f"memory, {broker}: {role}", figure=f"{size / 1e6:.0f} MB")
    total = sum(found.values()) / 1e6
    aim = f"< {MOST} MB in all"
    yield Row(
        what=f"memory, {broker}: the whole idle demo", figure=f"{total:.0f} MB", aim=aim,
        met=total < MOST,
    )  # fmt: skip


def _role(process: psutil.Process) -> str:
    line = " ".join(process.cmdline())
    return next((role for mark, role in ROLES if mark in line), process.name())
