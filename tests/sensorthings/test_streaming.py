"""Answers too long for a page: they go out while they are read, as fast as the client takes them."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import psutil
import pytest
from django.db import connection

from stadtkern.kernel.sensorthings import http, pool, sending, work
from stadtkern.kernel.sensorthings.plan import page
from stadtkern.kernel.things.models import Latest

from .conftest import Client

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 25_000
START = datetime(2026, 1, 30, tzinfo=UTC)
FILL = """
insert into things_observation (datastream_id, at, value)
select %s, %s::timestamptz + n * interval '1 second', n from generate_series(1, %s) as n
"""


def fill(stream: int, rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FILL, [stream, START, rows])
    Latest.objects.create(
        datastream_id=stream, at=START, first_at=START, observation_id=1, value=0, quality=0,
        received=START, n=rows,
    )  # fmt: skip


def scope(address: str, **headers: str) -> dict[str, Any]:
    path, _, query = address.partition("?")
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": http.PREFIX + path,
        "query_string": query.encode(),
        "headers": [
            (b"host", b"testserver"),
            *((k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()),
        ],
    }


class Reading:
    """A client that takes one message after the other, and may hang up."""

    def __init__(self, asked: dict[str, Any]) -> None:
        self._ready: asyncio.Queue[dict[str, Any]] = asyncio.Queue(1)
        self._gone = asyncio.Event()
        self.task = asyncio.ensure_future(http.application(asked, self._receive, self._ready.put))

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def messages(self) -> AsyncIterator[dict[str, Any]]:
        more = True
        while more:
            message = await asyncio.wait_for(self._ready.get(), 30)
            more = message.get("more_body", True)
            yield message

    async def take(self, count: int) -> list[dict[str, Any]]:
        found = []
        async for message in self.messages():
            found.append(message)
            if len(found) == count:
                break
        return found

    async def hang_up(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self.task, 10)


@pytest.mark.parametrize("name", ["CSV", "GeoJSON", "dataArray"])
def test_one_answer_holds_all_that_was_asked_for(api: Client, stream: int, name: str) -> None:
    fill(stream, ROWS)
    address = f"/Datastreams({stream})/Observations?$top=1000000&$select=result"
    reply = api.ask("GET", f"{address}&$resultFormat={name}&$count=true")
    assert reply.status == 200
    expected = list(range(1, ROWS + 1))
    if name == "CSV":
        assert [int(line) for line in reply.body.split()[1:]] == expected
    elif name == "GeoJSON":
        assert [one["properties"]["result"] for one in reply.json["features"]] == expected
    else:
        (group,) = reply.json["value"]
        assert group["dataArray"] == [[n] for n in expected]
        assert group["dataArray@iot.count"] == ROWS
    if name != "CSV":
        assert reply.json["@iot.count"] == ROWS


def test_a_stream_ends_where_it_was_told_to_and_links_what_follows(
    api: Client, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the end of a chunk is the end of the answer."""
    monkeypatch.setattr(page, "MOST", 10)
    fill(stream, 2100)
    for top in (1500, 2000, 2100):
        address = f"/Datastreams({stream})/Observations?$select=result&$top={top}"
        got = api.get(f"{address}&$resultFormat=GeoJSON")
        assert len(got["features"]) == top
        if top < 2100:
            rest = api.get(got["@iot.nextLink"])["features"]
            assert [one["properties"]["result"] for one in rest] == list(range(top + 1, 2101))
        else:
            assert "@iot.nextLink" not in got


def test_json_comes_in_pages_however_much_was_asked_for(
    api: Client, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "MOST", 50)
    fill(stream, 120)
    assert len(api.get("/Observations?$top=1000000")["value"]) == 50
    assert len(api.all("/Observations?$top=1000000&$select=id")) == 120


def test_a_large_page_of_json_is_streamed_and_has_its_next_link(
    api: Client, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(stream, 1500)
    address = "/Observations?$top=600&$count=true&$expand=Datastream"
    whole = api.ask("GET", address)
    monkeypatch.setattr(work, "LARGE", 1000)
    work._kept.clear()
    streamed = api.ask("GET", address)
    assert "content-length" not in streamed.headers
    assert streamed.json == whole.json
    assert len(api.all(address)) == 1500


def test_what_is_wrong_is_told_before_a_stream_begins(api: Client, stream: int) -> None:
    missing = "/Datastreams(999)/Observations?$resultFormat=CSV&$top=20000"
    assert api.ask("GET", missing).status == 404
    wrong = "/Observations?$resultFormat=CSV&$top=20000&$filter=result/x/y/z gt nonsense"
    assert api.ask("GET", wrong).status == 400
    empty = api.ask("GET", f"/Datastreams({stream})/Observations?$resultFormat=CSV&$top=20000")
    assert (empty.status, empty.body.count(b"\r\n")) == (200, 1)


def test_a_packed_stream_is_the_same(api: Client, stream: int) -> None:
    fill(stream, ROWS)
    address = "/Observations?$resultFormat=CSV&$top=1000000"
    packed = api.ask("GET", address, **{"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == api.ask("GET", address).body
    assert len(packed.body) < len(zlib.decompress(packed.body, 31)) / 4


def test_memory_stays_flat_while_a_long_answer_goes_out(api: Client, stream: int) -> None:
    """The answer is ten times as long as what may be held of it."""
    fill(stream, 200_000)

    async def read() -> tuple[int, int]:
        reading, size, most = (
            Reading(scope("/Observations?$resultFormat=GeoJSON&$top=1000000")),
            0,
            0,
        )
        async for message in reading.messages():
            size += len(message.get("body", b""))
            most = max(most, psutil.Process().memory_info().rss)
        await reading.task
        return size, most

    api.ask("GET", "/Observations?$resultFormat=GeoJSON&$top=20000")
    before = psutil.Process().memory_info().rss
    size, most = api.loop.run_until_complete(read())
    assert size > 25_000_000
    assert most - before < size / 10


def test_a_client_that_leaves_frees_the_connection(api: Client, stream: int) -> None:
    """As often as there are connections for streams, and one more."""
    fill(stream, ROWS)

    async def leave() -> None:
        for _ in range(pool.STREAMS.size + 1):
            reading = Reading(scope("/Observations?$resultFormat=CSV&$top=1000000"))
            await reading.take(3)
            await asyncio.sleep(http.GRACE * 1.5)
            await reading.hang_up()

    api.loop.run_until_complete(leave())


def test_a_client_that_takes_nothing_is_given_up(
    api: Client, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 0.3)
    fill(stream, ROWS)

    async def stall() -> None:
        reading = Reading(scope("/Observations?$resultFormat=CSV&$top=1000000"))
        await reading.take(2)
        await asyncio.wait_for(reading.task, 30)

    api.loop.run_until_complete(stall())


def test_a_slow_client_holds_up_nobody_else(api: Client, stream: int) -> None:
    fill(stream, ROWS)

    async def both() -> int:
        slow = [
            Reading(scope("/Observations?$resultFormat=CSV&$top=1000000"))
            for _ in range(pool.STREAMS.size)
        ]
        for one in slow:
            await one.take(2)
        reply = await asyncio.wait_for(api.call("GET", "/Things"), 30)
        for one in slow:
            await one.hang_up()
        return reply.status

    assert api.loop.run_until_complete(both()) == 200


def test_all_rows_of_a_stream_are_of_one_moment(api: Client, stream: int) -> None:
    fill(stream, ROWS)

    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute("delete from things_observation where value > 100")
            cursor.execute(FILL, [stream, datetime(2027, 1, 1, tzinfo=UTC), 10])
        connection.close()

    async def read() -> list[int]:
        reading = Reading(scope("/Observations?$resultFormat=GeoJSON&$top=1000000&$select=result"))
        found = await reading.take(3)
        await asyncio.to_thread(change)
        found += [message async for message in reading.messages()]
        text = b"".join(message.get("body", b"") for message in found)
        return [one["properties"]["result"] for one in json.loads(text)["features"]]

    assert api.loop.run_until_complete(read()) == list(range(1, ROWS + 1))
