"""Observations over HTTP, one a request and in CreateObservations, against plain PostgreSQL."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg

from benchmarks import bulk
from benchmarks.running import ROOT, RunningCity
from benchmarks.table import Row, times

API = "/api/sensorthings/v1.1"
SECONDS = 6.0
POSTS = ((1, 800), (16, 3_000), (64, 6_000))
BULK = ((500, 20_000, 0.25), (1, 35_000, 0.4))
SIZE, REQUESTS = 1_000, 60
PLAIN = "insert into things_observation (datastream_id, at, value) values (%s, %s, %s)"


def measure(city: RunningCity) -> Iterator[Row]:
    """Single posts over 1, 16 and 64 connections, then arrays; memory of the web process last."""
    from stadtkern.kernel.people.models import issue_key

    _, key = issue_key(label="benchmark", scopes=("things:write",))
    web = psutil.Process(city.pid("web"))
    began = web.memory_info().rss
    yield from _single(city, key)
    yield from _arrays(city, key)
    grown = (web.memory_info().rss - began) / 1e6
    yield Row(what="posts: the web process grew by", figure=f"{grown:.0f} MB", aim="< 60 MB",
              met=grown < 60)  # fmt: skip


def _single(city: RunningCity, key: str) -> Iterator[Row]:
    streams = bulk.make_datastreams(500)
    plain = _plain(city, streams)
    yield Row(what="posts, plain PostgreSQL: insert and commit", figure=f"{plain:,.0f} /s")
    now = bulk.first_minute()
    requests = [
        [f"{API}/Datastreams({stream})/Observations", _body(now, n)]
        for n, stream in enumerate(streams * 20)
    ]
    for connections, aim in POSTS:
        found = run(city, key, connections, SECONDS, requests)
        rate = _rate(found, "201")
        figure = f"{rate:,.0f} /s, {rate / plain:.1f} x plain"
        what = f"posts, {connections} connection{'s'[: connections - 1]}"
        yield Row(what=what, figure=figure, aim=f">= {aim:,} /s", met=rate >= aim)
        yield Row(what=f"{what}: time each", figure=times(found["times"]))
        yield Row(what=f"{what}: processor time each", figure=found["work"])


def _body(now: Any, n: int) -> str:
    at = (now + timedelta(milliseconds=n)).isoformat()
    return json.dumps({"phenomenonTime": at, "result": n % 300 / 10})


def _plain(city: RunningCity, streams: Sequence[int]) -> float:
    """One connection without HTTP, a commit each, into the bare table."""
    now, count = bulk.first_minute(), 0
    with psycopg.connect(city.url, autocommit=True) as one:
        end = time.perf_counter() + 3
        while time.perf_counter() < end:
            at = now + timedelta(milliseconds=count)
            one.execute(PLAIN, [streams[count % len(streams)], at, 1.0], prepare=True)
            count += 1
    return count / 3


def _arrays(city: RunningCity, key: str) -> Iterator[Row]:
    """CreateObservations of 1,000 rows, against COPY of the same rows on one connection."""
    for count, aim, share in BULK:
        ours, theirs = bulk.make_datastreams(count), bulk.make_datastreams(count)
        start = bulk.first_minute()
        # An observation over HTTP knows its feature, which is one index more.
        copy_row = partial(bulk.by_copy, feature=bulk.feature_of(theirs[0]))
        copy = bulk.rate_of(copy_row, bulk.make_batches(theirs, start))
        batches = bulk.make_batches(ours, start)
        requests = [[f"{API}/CreateObservations", _groups(batch)] for batch in batches]
        what = f"CreateObservations, {count} datastream{'s'[: count - 1]}, {SIZE:,} a request"
        yield Row(what=f"{what}: COPY", figure=f"{copy:,.0f} /s")
        for connections in (1, 4):
            found = run(city, key, connections, SECONDS, requests)
            rate = _rate(found, "201") * SIZE
            figure, met = (
                f"{rate:,.0f} /s, {rate / copy:.0%} of COPY",
                rate >= max(aim, share * copy),
            )
            name = f"{what}, {connections} at a time"
            yield Row(what=name, figure=figure, aim=f">= {aim:,} /s, {share:.0%}", met=met)
            yield Row(what=f"{name}: processor time", figure=found["work"])


def _groups(batch: Sequence[bulk.Line]) -> str:
    rows: dict[int, list[list[Any]]] = {}
    for stream, at, value, _ in batch:
        rows.setdefault(stream, []).append([at.isoformat(), round(value, 1)])
    return json.dumps([
        {
            "Datastream": {"@iot.id": stream},
            "components": ["phenomenonTime", "result"],
            "dataArray@iot.count": len(own),
            "dataArray": own,
        }
        for stream, own in rows.items()
    ])  # fmt: skip


def _rate(found: dict[str, Any], status: str) -> float:
    if set(found["statuses"]) != {status}:
        raise RuntimeError(f"not only {status}: {found['statuses']}")
    return float(found["answers"] / found["seconds"])


def run(
    city: RunningCity, key: str, connections: int, seconds: float, requests: Sequence[Any]
) -> dict[str, Any]:
    """Posts these requests from a process of its own, and what it took server and database."""
    plan = {"host": "127.0.0.1", "port": city.port, "key": key, "seconds": seconds,
            "connections": connections, "requests": requests}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        file, told = Path(folder) / "plan.json", Path(folder) / "found.json"
        file.write_text(json.dumps(plan), encoding="utf-8")
        before = _work(city)
        command = [sys.executable, str(ROOT / "benchmarks" / "poster.py"), str(file), str(told)]
        subprocess.run(command, check=True, stdout=sys.stderr)
        found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    web, base = (
        (after - was) / found["answers"] * 1e6
        for was, after in zip(before, _work(city), strict=True)
    )
    found["work"] = f"web {web:,.0f} us, PostgreSQL {base:,.0f} us"
    return found


def _work(city: RunningCity) -> tuple[float, float]:
    """Seconds of processor time that the web process and PostgreSQL have used."""

    def seconds(role: str) -> float:
        top = psutil.Process(city.pid(role))
        total = 0.0
        for one in [top, *top.children(recursive=True)]:
            used = one.cpu_times()
            total += used.user + used.system
        return total

    return seconds("web"), seconds("postgres")
