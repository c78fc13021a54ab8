"""New observations as server-sent events, and how a client comes back without loss or double."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from django.db import connection
from sensorthings.conftest import Client, datastream
from sensorthings.mqtt_town import database

from stadtkern.kernel.sensorthings import http
from stadtkern.kernel.sensorthings.live.hub import hub
from stadtkern.kernel.sensorthings.live.spans import HIGHEST, Spans, State, state_of

Api = Any


@dataclass
class Stream:
    """An open answer, read as the HTML standard reads events."""

    loop: asyncio.AbstractEventLoop
    task: "asyncio.Task[None]"
    gone: asyncio.Event
    arrived: "asyncio.Queue[bytes]" = field(default_factory=asyncio.Queue)
    status: int = 0
    last: str = ""
    text: str = ""

    def next(self, seconds: float = 30.0) -> tuple[str, Any]:
        """Name and data of the next event."""
        return self.loop.run_until_complete(asyncio.wait_for(self._next(), seconds))

    async def _next(self) -> tuple[str, Any]:
        while True:
            block, found, rest = self.text.partition("\n\n")
            if not found:
                self.text += (await self.arrived.get()).decode()
                continue
            self.text = rest
            lines = dict(line.split(": ", 1) for line in block.split("\n") if line[0] != ":")
            self.last = lines.get("id", self.last)
            if "data" in lines:
                return lines.get("event", "message"), json.loads(lines["data"])

    def results(self, count: int) -> list[Any]:
        return [self.next()[1]["result"] for _ in range(count)]

    def silent(self, seconds: float = 0.3) -> bool:
        try:
            self.next(seconds)
        except TimeoutError:
            return True
        return False

    def close(self) -> None:
        """Hang up."""
        self.gone.set()
        self.loop.run_until_complete(
            asyncio.wait_for(asyncio.gather(self.task, return_exceptions=True), 30)
        )


class Listen:
    """Opens streams on the event loop of the client."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.open: list[Stream] = []

    def __call__(self, address: str, key: str = "", last: str = "") -> Stream:
        stream = self.api.loop.run_until_complete(self._begin(address, key, last))
        self.open.append(stream)
        return stream

    async def _begin(self, address: str, key: str, last: str) -> Stream:
        path, _, query = address.partition("?")
        headers = {"host": "testserver", "accept": "text/event-stream"}
        headers |= {"authorization": f"Bearer {key}"} if key else {}
        headers |= {"last-event-id": last} if last else {}
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": f"{http.PREFIX}{path}",
            "query_string": query.replace(" ", "%20").encode(),
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
            "client": ("127.0.0.1", 1),
        }
        begun, gone, asked = asyncio.Event(), asyncio.Event(), False

        async def receive() -> dict[str, Any]:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                stream.status = message["status"]
            else:
                stream.arrived.put_nowait(message["body"])
                begun.set()

        stream = Stream(loop=self.api.loop, task=None, gone=gone)  # type: ignore[arg-type]
        stream.task = asyncio.create_task(http.application(scope, receive, send))
        await asyncio.wait_for(begun.wait(), 30)
        return stream


@pytest.fixture
def listen(api: Api) -> Iterator[Listen]:
    made = Listen(api)
    yield made
    for stream in made.open:
        if not stream.task.done():
            stream.close()


def observe(api: Api, stream: int, *results: Any) -> list[int]:
    return [api.make(f"/Datastreams({stream})/Observations", {"result": one}) for one in results]


def test_each_new_observation_is_an_event_as_get_gives_it(
    api: Api, listen: Listen, stream: int
) -> None:
    events = listen(f"/Datastreams({stream})/Observations")
    assert events.status == 200
    made = observe(api, stream, 1, 2, 3)
    told = [events.next() for _ in made]
    assert told == [("observation", api.get(f"/Observations({one})")) for one in made]
    assert events.silent()


def test_nothing_is_told_of_other_datastreams_or_of_before(
    api: Api, listen: Listen, stream: int
) -> None:
    thing = api.get(f"/Datastreams({stream})/Thing")["@iot.id"]
    other = api.make(f"/Things({thing})/Datastreams", datastream("Other"))
    observe(api, stream, 1)
    events = listen(f"/Datastreams({stream})/Observations?$filter=result gt 10&$select=result")
    observe(api, other, 20)
    observe(api, stream, 5, 15)
    assert events.next() == ("observation", {"result": 15})
    assert events.silent()


def test_who_comes_back_gets_what_was_missed_and_nothing_twice(
    api: Api, listen: Listen, stream: int
) -> None:
    address = f"/Datastreams({stream})/Observations"
    events = listen(address)
    observe(api, stream, 1, 2, 3)
    assert events.results(2) == [1, 2]
    events.close()
    observe(api, stream, 4, 5)
    again = listen(address, last=events.last)
    assert again.results(3) == [3, 4, 5]
    observe(api, stream, 6)
    assert again.results(1) == [6]
    assert again.silent()
    again.close()
    assert listen(address, last=again.last).silent()


def test_another_web_process_continues_where_the_first_was(
    api: Api, listen: Listen, stream: int, key: str
) -> None:
    address = f"/Datastreams({stream})/Observations"
    events = listen(address)
    observe(api, stream, 1, 2)
    assert events.results(1) == [1]
    other = Client(key=key)  # with an event loop of its own, and thus a hub of its own
    elsewhere = Listen(other)(address, last=events.last)
    assert elsewhere.results(1) == [2]
    observe(api, stream, 3)
    assert elsewhere.results(1) == [3]
    elsewhere.close()
    other.close()
    assert events.results(2) == [2, 3]


def test_an_observation_that_is_committed_late_is_told_late(
    api: Api, listen: Listen, stream: int
) -> None:
    """Its id was given out first: whoever has heard of the later one must still get it."""
    address = f"/Datastreams({stream})/Observations"
    with psycopg.connect(database()) as late:
        (early,) = late.execute("select nextval('things_observation_id_seq')").fetchone() or (0,)
        events = listen(address)
        observe(api, stream, 2)
        assert events.results(1) == [2]
        events.close()
        late.execute(
            "insert into things_observation (datastream_id, at, id, value)"
            " values (%s, '2020-01-01', %s, 1)",
            [stream, early],
        )
        late.execute("select pg_notify('observations_new', %s)", [f"{early}-{early}"])
    again = listen(address, last=events.last)
    assert again.results(1) == [1]
    assert again.silent()


def test_a_client_that_leaves_is_forgotten(api: Api, listen: Listen, stream: int) -> None:
    events = listen(f"/Datastreams({stream})/Observations")

    async def present() -> int:
        return len(hub()._present)

    assert api.loop.run_until_complete(present()) == 1
    events.close()
    assert api.loop.run_until_complete(present()) == 0


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/Datastreams(99999)/Observations", 404),
        ("/Observations?$filter=nonsense gt 1", 400),
        ("/Observations?$top=5", 400),
        ("/Things", 406),
    ],
)
def test_what_cannot_be_told_is_refused_at_once(
    api: Api, listen: Listen, address: str, status: int
) -> None:
    assert listen(address).status == status


def test_a_listener_sees_what_its_key_sees(api: Api, listen: Listen, stream: int, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update things_datastream set public = false where id = %s", [stream])
    everybody, program = listen("/Observations"), listen("/Observations", key)
    observe(api, stream, 7)
    assert program.results(1) == [7]
    assert everybody.silent()
    assert listen(f"/Datastreams({stream})/Observations").status == 404


def test_it_goes_on_when_the_database_connections_are_cut(
    api: Api, listen: Listen, stream: int
) -> None:
    events = listen(f"/Datastreams({stream})/Observations")
    with psycopg.connect(database(), autocommit=True) as other:
        other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and application_name = 'stadtkern-events'"
        )
        observe(api, stream, 1, 2)
    assert events.results(2) == [1, 2]
    observe(api, stream, 3)
    assert events.results(1) == [3]


def test_states_know_what_was_told() -> None:
    spans = Spans(10)
    spans.add([11, 13, 14, 20])
    state = State(tuple(spans.gaps()))
    assert state.open == ((12, 12), (15, 19), (21, HIGHEST))
    assert [n for n in range(1, 25) if not state.covers(n)] == [12, *range(15, 20), *range(21, 25)]
    assert state_of(str(state)) == state
    assert state.told(16).open == ((12, 12), (15, 15), (17, 19), (21, HIGHEST))
    assert state.until(13).open == ((12, 12), (14, HIGHEST))
    ahead = State(((13, 13), (18, HIGHEST)))
    assert state.joined(ahead).open == ((18, 19), (21, HIGHEST))


@pytest.mark.parametrize("text", ["", "x", "5.9-1", "5.1-2.1-2", "-3", "9.0-99", "1.2", "5.2-"])
def test_what_is_no_state_counts_as_none(text: str) -> None:
    assert state_of(text) is None
