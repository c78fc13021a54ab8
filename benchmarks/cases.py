"""Applications by a hundred people at once, handed over while the back office fails at random."""

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import UUID, uuid5

from benchmarks.running import ROOT, RunningCity
from benchmarks.table import Row, progress, times

COUNT, PEOPLE, WORKERS = 10_000, 100, 2
FAULTS = {"error": 0.03, "lost": 0.03, "busy": 0.01, "slow": 0.02, "signature": 0.02, "tags": 0.02,
          "double": 0.05}  # fmt: skip
PATIENCE = timedelta(minutes=10)
SPACE = UUID("6f1d2f0e-5f0c-4a44-9a41-7d7b8f4a9c11")
CITY = """[city]
name = "Musterstadt"
bounds = [7, 51, 8, 52]
[back_offices]
private_networks = ["127.0.0.0/8"]
[systems.service_portal]
"""
FORM: dict[str, Any] = {
    "title": {"de": "Antrag"}, "guests": True, "name": ["family_name"],
    "steps": [{"id": "person", "title": {"de": "Zur Person"}, "fields": [
        {"id": "family_name", "kind": "text", "title": {"de": "Familienname"}},
        {"id": "why", "kind": "long_text", "title": {"de": "Wofür"}},
    ]}],
}  # fmt: skip


@contextmanager
def city() -> Iterator[RunningCity]:
    """A city with a second worker, since handing over is mostly waiting and arithmetic."""
    folder = Path(tempfile.mkdtemp(prefix="stadtkern-bench-"))
    (folder / "city.toml").write_text(CITY, encoding="utf-8")
    one = RunningCity(folder)
    more: list[subprocess.Popen[bytes]] = []
    try:
        one.start()
        argv = [sys.executable, "-m", "stadtkern", "worker"]
        env = {**one.env, "DATABASE_URL": one.url}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        more = [subprocess.Popen(argv, cwd=ROOT, env=env, **quiet) for _n in range(WORKERS - 1)]
        yield one
    finally:
        for child in more:
            child.terminate()
            child.wait()
        one.stop()
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, kw_only=True)
class Outside:
    """The simulator in a process of its own; its list of cases is what counts."""

    base: str
    key: str

    def ask(self, path: str) -> Any:
        with urlopen(f"{self.base}/control/{path}", timeout=60) as answer:
            return json.load(answer)


@contextmanager
def outside() -> Iterator[Outside]:
    key = secrets.token_urlsafe(18)
    argv = [
        sys.executable,
        str(ROOT / "simulators/back_office/run.py"),
        "--port",
        "0",
        "--key",
        key,
    ]
    argv += [word for name, share in FAULTS.items() for word in ("--fault", f"{name}={share}")]
    child = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield Outside(base=child.stdout.readline().split(" at ")[1].split(". ")[0], key=key)
    finally:
        child.terminate()
        child.wait()


def measure(count: int) -> Iterator[Row]:
    """In the process of a city whose database is empty."""
    with outside() as there:
        version = _form(there)
        waits = _submit(version, count)
        progress(f"{count:,} applications are submitted; waiting until all have arrived.")
        began = time.monotonic()
        left = _until_accepted(count)
        seconds = time.monotonic() - began
        yield Row(what=f"cases: sending one of {count:,}, {PEOPLE} people at once",
                  figure=times(waits), aim="", met=None)  # fmt: skip
        yield _account(there, count, left, seconds)
        yield Row(what="cases: faults that happened meanwhile",
                  figure=_told(there.ask("faults")["happened"]), aim="", met=None)  # fmt: skip


def fill(base: str, key: str, count: int) -> None:
    """The same in the process of a city that is named by the environment; for the fault test."""
    from stadtkern.site import asgi

    asgi.settle()
    _submit(_form(Outside(base=base, key=key)), count)


def _form(there: Outside) -> Any:
    from stadtkern.kernel.cases.forms import publish
    from stadtkern.kernel.cases.models import BackOffice
    from stadtkern.kernel.people.models import Department
    from stadtkern.kernel.sealing import seal

    office = BackOffice.objects.create(
        slug="kfz", title="Bench", adapter="fit_connect",
        settings={"base": there.base, "token": f"{there.base}/token", "client": "stadtkern",
                  "destination": str(uuid5(SPACE, "kfz"))},
        secret_sealed=seal(json.dumps({"client_secret": there.key})),
    )  # fmt: skip
    department = Department.objects.create(slug="bench", title="Bench")
    return publish.load("bench", FORM, service=None, department=department, back_office=office)


def _submit(version: Any, count: int) -> list[float]:
    """Everybody sends one after the other, and presses the button twice; seconds of each.

    They share the web process's bounded pool of connections, and wait for it like its threads do.
    """
    from django.db import connection

    connection.pool.timeout = 600

    from stadtkern.kernel.cases.journey import begin, save, send

    def one(number: int) -> float:
        began = time.perf_counter()
        case = begin.begin(version, account=None, language="de", level=0)
        said = {"family_name": f"Nummer {number}", "why": "Ein Satz. " * 30}
        case = save.save(case.pk, "person", said, revision=case.revision, actor=None)
        for _press in range(2):
            send.send(case.pk, key=case.submit_key, actor=None)
        connection.close()
        return time.perf_counter() - began

    with ThreadPoolExecutor(PEOPLE) as people:
        return list(people.map(one, range(count)))


def _until_accepted(count: int) -> int:
    """How many are not accepted when no try is due any more for ten minutes; 0: all are.

    Whoever had bad luck several times waits for the next try longer than everybody else.
    """
    from django.db.models import Max

    from stadtkern.kernel import clock
    from stadtkern.kernel.cases.models import Handover

    left, until = count, clock.now() + PATIENCE
    while left and clock.now() < until:
        time.sleep(2)
        waiting = Handover.objects.exclude(state="accepted")
        if (now := waiting.count()) != left:
            left, until = now, clock.now() + PATIENCE
            if now % 500 < 20:
                progress(f"{now:,} left")
        due = waiting.filter(state="waiting", closed=None).aggregate(last=Max("due"))["last"]
        if due is not None:
            until = max(until, due + PATIENCE)
    return left


def _account(there: Outside, count: int, left: int, seconds: float) -> Row:
    """Our list against the procedure's own."""
    from stadtkern.kernel.cases.models import Case

    ours = set(Case.objects.exclude(submitted=None).values_list("reference", flat=True))
    arrived = Counter(one["reference"] for one in there.ask("cases"))
    lost, twice = len(ours - set(arrived)), sum(1 for n in arrived.values() if n > 1)
    foreign = len(set(arrived) - ours)
    return Row(
        what=f"cases: {count:,} handed over by FIT-Connect with {WORKERS} workers and faults",
        figure=f"{lost} lost, {twice} twice, {foreign} unknown, {left} open; {seconds:.0f} s"
               f" after the last was sent, {len(arrived) / max(seconds, 1):.0f} a second",
        aim="0 lost, 0 twice, 0 open",
        met=len(ours) == count and not (lost or twice or foreign or left),
    )  # fmt: skip


def _told(happened: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(happened.items()))
