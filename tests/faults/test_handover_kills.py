"""kill -9 of worker and database while cases are handed over: none is lost, none arrives twice."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from faults.running_city import ROOT, RunningCity

# The benchmark plays the people and starts the simulator; the whole clone is not a package.
sys.path.insert(0, str(Path(ROOT)))

from benchmarks import cases

SEED = int(os.environ.get("STADTKERN_FAULT_SEED", "44623"))
COUNT, KILLS = 120, 5
FILL = "from benchmarks import cases; cases.fill({base!r}, {key!r}, {count})"


@pytest.mark.fault
def test_killed_workers_lose_and_double_no_case(tmp_path):
    (tmp_path / "city.toml").write_text(cases.CITY, encoding="utf-8")
    city = RunningCity(tmp_path)
    chance = random.Random(SEED)
    with cases.outside() as there:
        city.start()
        try:
            people = subprocess.Popen(
                [sys.executable, "-c", FILL.format(base=there.base, key=there.key, count=COUNT)],
                cwd=ROOT, env={**city.env, "DATABASE_URL": city.url},
            )  # fmt: skip
            for number in range(KILLS):
                time.sleep(chance.uniform(3, 8))
                # People wait for a database that is gone no longer than for a page, so it stays
                # until they are through.
                city.kill("postgres" if number == KILLS - 1 and people.poll() == 0 else "worker")
            assert people.wait(600) == 0
            city.until(lambda: open_ones(city) == 0, 900)
            arrived = Counter(one["reference"] for one in there.ask("cases"))
            assert arrived == dict.fromkeys(references(city), 1)
            assert len(arrived) == COUNT
        finally:
            city.stop()


def open_ones(city):
    """How many have not been accepted; a lease that a dead worker held runs out at once here."""
    time.sleep(2)
    try:
        with psycopg.connect(city.url, connect_timeout=5) as base:
            base.execute(
                "update cases_handover set due = now() where state in ('waiting', 'sent')"
                " and due > now() + interval '10 minutes'"
            )
            found = base.execute("select count(*) from cases_handover where state <> 'accepted'")
            return found.fetchone()[0]
    except psycopg.OperationalError:
        return -1


def references(city):
    with psycopg.connect(city.url) as base:
        rows = base.execute("select reference from cases_case where submitted is not null")
        return [row[0] for row in rows]
