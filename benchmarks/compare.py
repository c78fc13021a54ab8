"""`python -m benchmarks.compare URL [--key KEY]`: measures any SensorThings server, and cleans up.

Only calls of the standard (OGC 18-088) are used, over HTTP, from this process. What a server does
not know is done in the way the standard has beside it, and the table says so.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import uvloop

from benchmarks.lean import Connection, Refused
from benchmarks.table import Row, head, percentile, progress, row, times

NAME = "Benchmark of reads and writes, may be deleted"
START = datetime(2020, 1, 1, tzinfo=UTC)
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
EACH, CHUNK = 10, 1000
ROUNDS, SECONDS = 60, 8.0
COMPONENTS = ["phenomenonTime", "resultTime", "result"]


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How much there is to be: datastreams, observations of the long one and of each other."""

    streams: int
    long: int
    short: int
    posts: int


@dataclass(kw_only=True)
class Bench:
    """A server under measurement, and what was made there."""

    base: str
    key: str
    sizes: Sizes
    things: list[Any] = field(default_factory=list)
    sensor: Any = None
    properties: list[Any] = field(default_factory=list)
    streams: list[Any] = field(default_factory=list)
    arrays: bool = True

    @property
    def root(self) -> str:
        """The path of the service."""
        return urlsplit(self.base).path.rstrip("/")

    def connection(self) -> Connection:
        """A new connection to it."""
        return Connection(self.base, self.key)

    def at(self, address: str) -> str:
        """The path of an address below the service, percent-encoded."""
        return self.root + quote(address, safe="/$=&()?,;'")


def _id(number: Any) -> str:
    return f"'{number}'" if isinstance(number, str) else str(number)


def _moment(n: int) -> str:
    return (START + timedelta(minutes=n)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _value(n: int) -> float:
    return (n * 7919 % 300) / 10


async def measure(bench: Bench) -> AsyncIterator[Row]:
    """All rows of the table, from the first entity to the last question."""
    one = bench.connection()
    await _make(bench, one)
    async for found in _bulk(bench, one):
        yield found
    for connections in (1, 16, 64):
        yield await _posts(bench, connections)
    async for found in _reads(bench, one):
        yield found
    one.close()


async def _made(one: Connection, bench: Bench, name: str, body: Any) -> Any:
    """The id of a new entity, from its body or its address."""
    reply = await one.need("POST", bench.at(f"/{name}"), body)
    if reply.body and "@iot.id" in (told := reply.json):
        return told["@iot.id"]
    text = reply.headers["location"].rpartition("(")[2].rstrip(")")
    return text.strip("'") if text.startswith("'") else int(text)


async def _make(bench: Bench, one: Connection) -> None:
    progress(f"Making {bench.sizes.streams} datastreams ...")
    sensor = {"name": NAME, "description": "-", "encodingType": "text/html", "metadata": "-"}
    bench.sensor = await _made(one, bench, "Sensors", sensor)
    for n in range(EACH):
        body = {"name": f"{NAME} {n}", "definition": f"http://example.org/{n}", "description": "-"}
        bench.properties.append(await _made(one, bench, "ObservedProperties", body))
    for n in range(bench.sizes.streams // EACH):
        bench.things.append(await _made(one, bench, "Things", _thing(bench, n)))
        below = await one.need("GET", bench.at(f"/Things({_id(bench.things[-1])})/Datastreams"))
        bench.streams += [found["@iot.id"] for found in below.json["value"]]


def _thing(bench: Bench, n: int) -> dict[str, Any]:
    """A station with its place and datastreams, made in one request."""
    point = {"type": "Point", "coordinates": [7.1 + n / 250, 51.5]}
    place = {"name": NAME, "description": "-", "encodingType": "application/geo+json"}
    streams = [
        _datastream(bench, f"{NAME} {n}.{m}", number) for m, number in enumerate(bench.properties)
    ]
    return {
        "name": f"{NAME} {n}",
        "description": "-",
        "Locations": [{**place, "location": point}],
        "Datastreams": streams,
    }


def _datastream(bench: Bench, name: str, observed: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": "-",
        "observationType": MEASUREMENT,
        "unitOfMeasurement": {"name": "degree Celsius", "symbol": "°C", "definition": "Cel"},
        "Sensor": {"@iot.id": bench.sensor},
        "ObservedProperty": {"@iot.id": observed},
    }


async def _bulk(bench: Bench, one: Connection) -> AsyncIterator[Row]:
    """1,000 a request, first over all datastreams, then into one, then each with its datastream."""
    sizes, streams = bench.sizes, bench.streams
    rows = [(stream, n) for n in range(sizes.short) for stream in streams[1:]]
    yield await _load(bench, one, f"bulk into {len(streams) - 1} datastreams", rows)
    rows = [(streams[0], n) for n in range(sizes.long)]
    yield await _load(bench, one, "bulk into one datastream", rows)
    yield await _deep(bench, one)


async def _load(bench: Bench, one: Connection, what: str, rows: list[tuple[Any, int]]) -> Row:
    progress(f"{what}: {len(rows):,} observations ...")
    began = time.perf_counter()
    first = 0
    while bench.arrays and first < len(rows):
        if await _array(bench, one, rows[first : first + CHUNK]):
            first += CHUNK
    if not bench.arrays:
        await _singly(bench, rows[first:])
    rate = len(rows) / (time.perf_counter() - began)
    way = "CreateObservations" if bench.arrays else "no CreateObservations, singly"
    return Row(what=f"{what}, {way}", figure=f"{rate:,.0f} /s ({len(rows):,})")


async def _array(bench: Bench, one: Connection, rows: Sequence[tuple[Any, int]]) -> bool:
    """Whether the server took them as a data array (18-088, 13.1)."""
    groups: dict[Any, list[int]] = {}
    for stream, n in rows:
        groups.setdefault(stream, []).append(n)
    body = [
        {
            "Datastream": {"@iot.id": stream},
            "components": COMPONENTS,
            "dataArray": [[_moment(n), _moment(n), _value(n)] for n in numbers],
        }
        for stream, numbers in groups.items()
    ]
    reply = await one.ask("POST", bench.at("/CreateObservations"), body)
    if reply.status in (400, 404, 405, 501):
        progress(f"No CreateObservations here ({reply.status}): one request an observation.")
        bench.arrays = False
    elif reply.status != 201:
        raise Refused("POST", "/CreateObservations", reply)
    elif b"error" in reply.body:
        raise Refused("POST", "/CreateObservations, some of them", reply)
    return bench.arrays


async def _singly(bench: Bench, rows: Sequence[tuple[Any, int]]) -> None:
    """A request each over 16 connections."""
    left = iter(rows)

    async def post() -> None:
        one = bench.connection()
        for stream, n in left:
            await one.need("POST", _observations(bench, stream), _observation(n))
        one.close()

    await asyncio.gather(*(post() for _ in range(16)))


async def _deep(bench: Bench, one: Connection) -> Row:
    """Datastreams that come with their observations (18-088, 10.2.1.2)."""
    progress("Deep inserts ...")
    began, requests = time.perf_counter(), 10
    for n in range(requests):
        body = {
            **_datastream(bench, f"{NAME} deep {n}", bench.properties[0]),
            "Thing": {"@iot.id": bench.things[0]},
            "Observations": [_observation(m) for m in range(CHUNK)],
        }
        await one.need("POST", bench.at("/Datastreams"), body)
    rate = requests * CHUNK / (time.perf_counter() - began)
    what = f"deep insert: a datastream with {CHUNK:,} observations"
    return Row(what=what, figure=f"{rate:,.0f} /s ({requests * CHUNK:,})")


def _observations(bench: Bench, stream: Any) -> str:
    return bench.at(f"/Datastreams({_id(stream)})/Observations")


def _observation(n: int) -> dict[str, Any]:
    return {"phenomenonTime": _moment(n), "resultTime": _moment(n), "result": _value(n)}


async def _posts(bench: Bench, connections: int) -> Row:
    """Each connection waits for its answer before it posts again."""
    progress(f"Single posts over {connections} connections ...")
    found: list[float] = []
    end = time.perf_counter() + SECONDS

    async def post(first: int) -> None:
        one, n = bench.connection(), first
        while time.perf_counter() < end and len(found) < bench.sizes.posts:
            stream = bench.streams[n % len(bench.streams)]
            body = _observation(10_000_000 + connections * 1_000_000 + n)
            began = time.perf_counter()
            await one.need("POST", _observations(bench, stream), body)
            found.append(time.perf_counter() - began)
            n += connections
        one.close()

    began = time.perf_counter()
    await asyncio.gather(*(post(n) for n in range(connections)))
    rate = len(found) / (time.perf_counter() - began)
    what = f"single posts, {connections} connection{'s'[: connections - 1]}"
    return Row(what=what, figure=f"{rate:,.0f} /s, {times(found)}")


def _questions(bench: Bench) -> list[tuple[str, str]]:
    """Name and address of each."""
    of_one = f"/Datastreams({_id(bench.streams[0])})/Observations"
    middle = _moment(bench.sizes.long // 2)
    newest = "$orderby=phenomenonTime desc"
    ours = f"startswith(name,'{NAME}')"
    dashboard = f"Thing($expand=Locations),Observations({newest};$top=1)"
    condition = (
        f"result gt 15 and phenomenonTime ge {middle} and phenomenonTime lt 2030-01-01T00:00:00Z"
    )
    return [
        ("newest 1,000 of one datastream", f"{of_one}?$top=1000&{newest}"),
        (
            "dashboard: datastreams with Thing, Location, newest",
            f"/Datastreams?$top={bench.sizes.streams}&$filter={ours}&$expand={dashboard}",
        ),
        (
            "filter by result and time, 100 of them, and $count",
            f"{of_one}?$top=100&$count=true&$filter={condition}",
        ),
        ("filter by result and time, 100 of them", f"{of_one}?$top=100&$filter={condition}"),
    ]


async def _reads(bench: Bench, one: Connection) -> AsyncIterator[Row]:
    for name, address in _questions(bench):
        progress(f"{name} ...")

        async def once(path: str = bench.at(address)) -> int:
            return len((await one.need("GET", path)).body)

        found, size = await _timed(once)
        yield Row(what=name, figure=f"{times(found)} ({size / 1000:,.0f} kB)")
    async for page in _pages(bench, one):
        yield page


async def _timed(once: Callable[[], Awaitable[int]]) -> tuple[list[float], int]:
    """Seconds of each call after some to warm up, for a few seconds at most, and the last size."""
    size, found = await once(), []
    end = time.perf_counter() + SECONDS
    while len(found) < ROUNDS and (time.perf_counter() < end or not found):
        began = time.perf_counter()
        size = await once()
        found.append(time.perf_counter() - began)
    return found, size


async def _pages(bench: Bench, one: Connection) -> AsyncIterator[Row]:
    """Through the next links of the long datastream, 1,000 a page."""
    progress("Paging ...")
    path = f"{_observations(bench, bench.streams[0])}?$top=1000"
    link, found, seen = path, list[float](), 0
    while link and len(found) < 100 and sum(found) < 4 * SECONDS:
        began = time.perf_counter()
        page = (await one.need("GET", link)).json
        found.append(time.perf_counter() - began)
        seen += len(page["value"])
        parts = urlsplit(page.get("@iot.nextLink", ""))
        link = f"{parts.path}?{quote(parts.query, safe='$=&()?,;%/')}" if parts.path else ""
    last = found[-11:-1] or found
    yield Row(what="paging, the first page of 1,000", figure=f"{found[0] * 1000:.1f} ms")
    figure = f"p50 {percentile(last, 0.5) * 1000:.1f} ms (page {len(found)}, {seen:,} seen)"
    yield Row(what="paging, the last pages", figure=figure)


async def clean(bench: Bench) -> None:
    """Delete all that was made; a Thing takes its datastreams and their observations along."""
    progress("Cleaning up ...")
    one = bench.connection()
    places: list[Any] = []
    for thing in bench.things:
        below = await one.ask("GET", bench.at(f"/Things({_id(thing)})/Locations"))
        places += [place["@iot.id"] for place in below.json["value"]] if below.body else []
    made = [("Things", bench.things), ("Locations", places), ("Sensors", [bench.sensor])]
    for name, numbers in [*made, ("ObservedProperties", bench.properties)]:
        for number in numbers:
            if number is not None:
                await one.ask("DELETE", bench.at(f"/{name}({_id(number)})"))
    one.close()


async def run(bench: Bench) -> None:
    """Measure, print, and clean up in any case."""
    head()
    try:
        async for found in measure(bench):
            row(found)
    finally:
        await clean(bench)


def main(arguments: Sequence[str]) -> int:
    """Read the command line and measure."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    reader.add_argument("url", help="base address, such as http://localhost:8080/FROST-Server/v1.1")
    reader.add_argument("--key", default="", help="API key, or a whole Authorization header")
    reader.add_argument("--streams", type=int, default=500)
    reader.add_argument("--observations", type=int, default=100_000, help="of the one datastream")
    reader.add_argument("--each", type=int, default=100, help="observations of each other one")
    given = reader.parse_args(arguments)
    sizes = Sizes(streams=given.streams, long=given.observations, short=given.each, posts=50_000)
    try:
        uvloop.run(run(Bench(base=given.url, key=given.key, sizes=sizes)))
    except (Refused, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
