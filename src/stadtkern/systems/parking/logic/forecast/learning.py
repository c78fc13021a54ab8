"""Learns all car parks anew, once a night, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from stadtkern.kernel import clock, registry
from stadtkern.systems.parking.forecasting.quarters import A_DAY, begin, quarter
from stadtkern.systems.parking.forecasting.stored import COMING
from stadtkern.systems.parking.logic.forecast.counts import Counted, counted, days_off, on_grid
from stadtkern.systems.parking.logic.forecast.counts import today as city_day
from stadtkern.systems.parking.logic.guidance.traffic import arrivals
from stadtkern.systems.parking.models.forecast import Learnt

MODULE = "stadtkern.systems.parking.forecasting.compute"
# Longer ago says little about today.
WEEKS = 26
# So many car parks in one child process: bounds its memory and what is lost with it.
AT_ONCE = 20
PATIENCE = 600
# One thread: learning is no hurry, and the city's pages come first.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Failed(Exception):
    """The child process gave no result; the message says why."""


def learn_all() -> str:
    """Learn each counted car park from its last half year; what was learnt before is replaced."""
    told = learn(counted())
    without = sum(bool(row["reason"]) for row in told)
    return f"{len(told)} car parks learnt, {without} of them without a forecast"


def learn_new() -> int:
    """Learn those that nobody has tried to learn yet, so that they need not wait for the night."""
    tried = set(Learnt.objects.values_list("site", flat=True))
    new = [one for one in counted() if one.site not in tried]
    for one in new:
        arrivals.fill(one)
    return len(learn(new))


def learn(sites: Sequence[Counted]) -> list[dict[str, Any]]:
    """Learn these and store what was learnt; the answers of the child process."""
    starts = range(0, len(sites), AT_ONCE)
    return [row for start in starts for row in _batch(sites[start : start + AT_ONCE])]


def _batch(sites: Sequence[Counted]) -> list[dict[str, Any]]:
    now = clock.now()
    first = quarter(now - timedelta(weeks=WEEKS))
    size = quarter(now) - first
    given = _given(sites, first, size)
    told: list[dict[str, Any]] = reckon(given)["sites"]
    Learnt.objects.bulk_create(
        _rows(told, now, begin(first)),
        update_conflicts=True, unique_fields=["site"],
        update_fields=["at", "begins", "ends", "reason", "numbers", "figures"],
    )  # fmt: skip
    return told


def _given(sites: Sequence[Counted], first: int, size: int) -> dict[str, Any]:
    begins = begin(first)
    values = on_grid([one.datastream for one in sites], begins, first, size)
    count = size + (COMING + 1) * A_DAY
    return {
        "zone": registry.city().city.time_zone,
        "holidays": [day.isoformat() for day in days_off(begins, begin(first + count))],
        "first": first, "count": count, "today": city_day().toordinal(),
        "sites": [
            {"site": one.site, "capacity": one.capacity,
             "values": [None if np.isnan(v) else round(float(v), 1)
                        for v in values[one.datastream]]}
            for one in sites
        ],
    }  # fmt: skip


def _rows(told: Sequence[dict[str, Any]], now: datetime, begins: datetime) -> Iterator[Learnt]:
    for row in told:
        yield Learnt(
            site_id=row["site"], at=now, begins=begins, ends=now, reason=row["reason"],
            numbers=row["numbers"], figures=row["figures"],
        )  # fmt: skip


def reckon(given: dict[str, Any]) -> dict[str, Any]:
    """The answer of the child process. Raises Failed."""
    try:
        done = subprocess.run(  # noqa: S603  our own module, no shell
            [sys.executable, "-m", MODULE],
            input=json.dumps(given), capture_output=True, text=True, encoding="utf-8",
            timeout=PATIENCE, check=False, env={**os.environ, **ONE_THREAD},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Failed(f"no result after {PATIENCE} s") from None
    if done.returncode:
        raise Failed(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no result")
    result: dict[str, Any] = json.loads(done.stdout)
    return result
