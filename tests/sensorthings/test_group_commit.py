"""Plain posts share a transaction: each is answered as if it came alone, and after the commit."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

import psycopg
import pytest
from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.people.models import ApiKey, issue_key
from stadtkern.kernel.sensorthings.posts import collector
from stadtkern.kernel.things.models import Datastream, Latest, Thing

from .conftest import SENSOR, TEMPERATURE, Client, Reply, datastream, place, thing

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 3, 1, tzinfo=UTC)
# The general path answers whoever has a wish such as this.
GENERAL = {"prefer": "wait=1"}


def at(second: int) -> str:
    return (START + timedelta(seconds=second)).isoformat().replace("+00:00", "Z")


def observations(stream: int) -> str:
    return f"/Datastreams({stream})/Observations"


def streams_of(api: Client, count: int) -> list[int]:
    made = api.make(
        "/Things",
        thing(Locations=[place()], Datastreams=[datastream(str(n)) for n in range(count)]),
    )
    return [one["@iot.id"] for one in api.all(f"/Things({made})/Datastreams")]


def together(api: Client, *posts: tuple[str, Any], **headers: str) -> list[Reply]:
    """What is answered to posts that arrive in the same moment."""

    async def ask() -> list[Reply]:
        calls = (api.call("POST", address, body, **headers) for address, body in posts)
        return await asyncio.gather(*calls)

    return api.loop.run_until_complete(ask())


def sql(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


@contextmanager
def beside() -> Iterator[psycopg.Connection]:
    """Somebody else's connection to the same database."""
    named = connection.get_connection_params()
    params = {k: named[k] for k in ("dbname", "user", "host", "port") if k in named}
    with closing(psycopg.connect(**params, autocommit=True)) as one:
        yield one


# --- one answer, whichever path


BODIES: list[Any] = [
    {"result": 5, "phenomenonTime": at(0)},
    {"result": 5.25, "phenomenonTime": f"{at(0)}/{at(9)}", "resultTime": at(10)},
    {"result": {"state": "open"}, "phenomenonTime": at(0), "resultQuality": "suspect"},
    {"result": [1, "ü", None], "phenomenonTime": at(0), "parameters": {"a": [1.5]}},
    {"result": True, "phenomenonTime": at(0), "validTime": f"{at(1)}/{at(2)}"},
    {"result": None, "phenomenonTime": at(0), "resultQuality": {"code": 3}, "resultTime": None},
    {"result": "text", "phenomenonTime": "2026-03-01T01:00:00+01:00"},
    {"result": 10**40, "phenomenonTime": at(0)},
    {"result": 1, "phenomenonTime": at(0), "@iot.id": 77},
    {"phenomenonTime": at(0)},
    {"result": 1e300},
    {"result": 1, "phenomenonTime": "soon"},
    {"result": 1, "phenomenonTime": f"{at(5)}/{at(1)}"},
    {"result": 1, "parameters": "none"},
    {"result": 1, "reslut": 2},
    {"result": "\u0000", "phenomenonTime": at(0)},
    {"result": 1, "FeatureOfInterest": {"@iot.id": 2**40}},
    {"result": 1, "Datastream": {"@iot.id": 2**40}},
    [],
    7,
]  # fmt: skip


def shape(api: Client, reply: Reply) -> Any:
    """An answer without the id, and what is stored then."""
    if reply.status not in (200, 201):
        return reply.status, reply.headers, reply.json
    got = api.get(f"/Observations({reply.number})?$expand=FeatureOfInterest,Datastream($select=id)")
    assert reply.json["@iot.id"] == got["@iot.id"] == reply.number
    whole = json.dumps([reply.status, reply.headers, {**reply.json, **got, "@iot.id": 0}])
    return json.loads(whole.replace(f"Observations({reply.number})", "Observations(N)"))


def test_a_plain_post_is_answered_as_on_the_general_path(api: Client, stream: int) -> None:
    for body in BODIES:
        fast, general = (
            shape(api, api.ask("POST", observations(stream), body, **m)) for m in ({}, GENERAL)
        )
        assert fast == general, body


def test_the_datastream_may_be_named_by_the_address_or_the_body(api: Client, stream: int) -> None:
    posts: list[tuple[str, dict[str, Any]]] = [
        (
            "/Observations",
            {"result": 1, "phenomenonTime": at(0), "Datastream": {"@iot.id": stream}},
        ),
        ("/Observations", {"result": 1, "Datastream": {"@iot.id": 2**50}}),
        ("/Observations", {"result": 1, "Datastream": {"@iot.id": "x"}}),
        ("/Observations", {"result": 1}),
        ("/Observations", {"result": 1, "MultiDatastream": {"@iot.id": stream}}),
        ("/Datastreams(999999999)/Observations", {"result": 1}),
        ("/Datastreams(0)/Observations", {"result": 1, "Datastream": {"@iot.id": stream}}),
        ("/MultiDatastreams(999999999)/Observations", {"result": 1}),
    ]
    for address, body in posts:
        fast, general = (shape(api, api.ask("POST", address, body, **m)) for m in ({}, GENERAL))
        assert fast == general, address
        assert (fast[0] == 201) is ("phenomenonTime" in body)


def test_a_multidatastream_takes_a_list_as_long_as_its_components(api: Client) -> None:
    owner = api.make("/Things", thing(Locations=[place()]))
    unit = {"name": "n", "symbol": "s", "definition": "d"}
    number = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
    made = api.make(
        f"/Things({owner})/MultiDatastreams",
        {
            "name": "wind", "description": "d", "Sensor": SENSOR,
            "ObservedProperties": [TEMPERATURE, {**TEMPERATURE, "name": "Speed"}],
            "unitOfMeasurements": [unit, unit], "multiObservationDataTypes": [number, number],
        },
    )  # fmt: skip
    for result, status in (([1, 2], 201), ([1], 400), (5, 400), ({"a": 1}, 400), ([1, 2, 3], 400)):
        body = {"result": result, "phenomenonTime": at(0)}
        address = f"/MultiDatastreams({made})/Observations"
        fast, general = (shape(api, api.ask("POST", address, body, **m)) for m in ({}, GENERAL))
        assert fast == general
        assert fast[0] == status
    assert api.ask("POST", observations(made), {"result": [1, 2]}).status == 404


# --- together


def test_posts_that_wait_together_share_transactions_and_all_are_stored(api: Client) -> None:
    streams = streams_of(api, 5)

    async def one(number: int) -> list[Reply]:
        return [
            await api.call(
                "POST",
                observations(streams[(number + turn) % 5]),
                {"result": number * 10 + turn, "phenomenonTime": at(turn)},
            )
            for turn in range(10)
        ]

    async def many() -> list[list[Reply]]:
        return await asyncio.gather(*(one(number) for number in range(64)))

    for number, replies in enumerate(api.loop.run_until_complete(many())):
        assert [reply.status for reply in replies] == [201] * 10
        ids = [reply.number for reply in replies]
        assert ids == sorted(ids)
        stored = sql("select value from things_observation where id = any (%s) order by id", ids)
        assert [value for (value,) in stored] == [number * 10 + turn for turn in range(10)]
    ((transactions,),) = sql("select count(distinct xmin::text) from things_observation")
    assert transactions < 100
    assert sum(Latest.objects.values_list("n", flat=True)) == 640
    assert sql("select sum(n) from things_hour") == sql("select sum(n) from things_day") == [(640,)]


def test_in_a_group_each_gets_its_own_answer(api: Client, stream: int) -> None:
    where = observations(stream)
    _, reader = issue_key(label="reader", scopes=("things:read",))
    posts = [
        (where, {"result": 1, "phenomenonTime": at(1)}),
        (where, {"phenomenonTime": at(2)}),
        ("/Datastreams(999999999)/Observations", {"result": 3}),
        (where, {"result": "\u0000"}),
        (where, {"result": 5, "phenomenonTime": at(5)}),
        (where, {"result": 6, "FeatureOfInterest": {"@iot.id": 2**40}}),
    ]

    async def ask() -> list[Reply]:
        calls = [api.call("POST", address, body) for address, body in posts]
        calls += [
            api.call("POST", *posts[0], authorization=f"Bearer {one}") for one in ("sk_no", reader)
        ]
        return await asyncio.gather(*calls)

    replies = api.loop.run_until_complete(ask())
    assert [one.status for one in replies] == [201, 400, 404, 400, 201, 400, 401, 403]
    assert [one["result"] for one in api.all(f"{where}?$orderby=phenomenonTime")] == [1, 5]


def test_one_per_instant_answers_the_same_and_refuses_another(api: Client, stream: int) -> None:
    Datastream.objects.update(one_per_instant=True)
    where, body = observations(stream), {"result": 1, "phenomenonTime": at(0)}
    first, again = sorted(together(api, (where, body), (where, body)), key=lambda r: -r.status)
    assert [first.status, again.status] == [201, 200]
    (other,) = together(api, (where, {**body, "result": 2}))
    assert other.status == 409
    later = api.ask("POST", where, body)
    assert later.status == 200
    assert first.headers["location"] == again.headers["location"] == later.headers["location"]
    assert str(first.number) in other.json["message"]
    assert len(api.all(where)) == 1


def test_a_revoked_key_is_refused_at_once(api: Client, stream: int) -> None:
    assert api.ask("POST", observations(stream), {"result": 1}).status == 201
    ApiKey.objects.update(revoked=clock.now())
    assert api.ask("POST", observations(stream), {"result": 2}).status == 401


def test_what_somebody_listens_to_is_queued_with_the_observation(api: Client) -> None:
    bay, other = streams_of(api, 2)
    Thing.objects.update(kind="parking.bay-sensor")
    with connection.cursor() as cursor:
        cursor.execute("truncate procrastinate_jobs cascade")
    replies = together(
        api, (observations(bay), {"result": 1}), (observations(other), {"result": 0})
    )
    assert [one.status for one in replies] == [201, 201]
    jobs = sql("select args from procrastinate_jobs where task_name = 'deliver'")
    args = [json.loads(one) if isinstance(one, str) else one for (one,) in jobs]
    told = {number for one in args for number in one["fields"]["datastreams"]}
    assert told == {bay, other}
    Thing.objects.update(kind="")
    assert api.ask("POST", observations(bay), {"result": 1}).status == 201
    assert len(sql("select 1 from procrastinate_jobs where task_name = 'deliver'")) == len(jobs)


# --- when something is in the way


def test_a_held_datastream_holds_up_no_other(api: Client) -> None:
    held, free = streams_of(api, 2)
    for one in (held, free):
        api.ask("POST", observations(one), {"result": 0, "phenomenonTime": at(0)})

    async def ask(other: psycopg.Connection) -> tuple[Reply, Reply]:
        with other.transaction():
            other.execute("select from things_latest where datastream_id = %s for update", [held])
            late = asyncio.ensure_future(api.call("POST", observations(held), {"result": 1}))
            more = asyncio.ensure_future(api.call("POST", observations(held), {"result": 2}))
            await asyncio.sleep(0.02)
            async with asyncio.timeout(30):
                quick = await api.call("POST", observations(free), {"result": 3})
            assert not late.done()
            assert not more.done()
        async with asyncio.timeout(30):
            await more
            return await late, quick

    with beside() as other:
        late, quick = api.loop.run_until_complete(ask(other))
    assert [late.status, quick.status] == [201, 201]


def test_a_lost_connection_is_a_503_and_nothing_is_stored(api: Client, stream: int) -> None:
    where = observations(stream)
    assert api.ask("POST", where, {"result": 0, "phenomenonTime": at(0)}).status == 201
    end = (
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and application_name = %s"
    )

    async def cut(other: psycopg.Connection) -> Reply:
        with other.transaction():
            other.execute("select from things_latest for update")
            waiting = asyncio.ensure_future(api.call("POST", where, {"result": 1}))
            await asyncio.sleep(0.2)
            other.execute(end, ["stadtkern-posts"])
            async with asyncio.timeout(30):
                return await waiting

    with beside() as other:
        reply = api.loop.run_until_complete(cut(other))
        assert reply.status == 503
        assert reply.headers["retry-after"]
        assert api.ask("POST", where, {"result": 2, "phenomenonTime": at(2)}).status == 201
        # One that ends while it is idle is replaced unnoticed.
        other.execute(end, ["stadtkern-posts"])
        time.sleep(0.1)
        assert api.ask("POST", where, {"result": 3, "phenomenonTime": at(3)}).status == 201
    assert [one["result"] for one in api.all(f"{where}?$orderby=phenomenonTime")] == [0, 2, 3]


def test_too_many_that_wait_are_asked_to_come_again(
    api: Client, stream: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "WAITING", 3)
    where = observations(stream)
    replies = together(api, *[(where, {"result": n}) for n in range(5)])
    assert sorted(one.status for one in replies) == [201, 201, 201, 503, 503]
    assert {one.headers.get("retry-after") for one in replies} == {None, "1"}
    assert len(api.all(where)) == 3


def test_who_hangs_up_takes_no_other_along(api: Client, stream: int) -> None:
    where = observations(stream)

    async def ask() -> list[Reply]:
        calls = [asyncio.ensure_future(api.call("POST", where, {"result": n})) for n in range(6)]
        await asyncio.sleep(0)
        calls[2].cancel()
        found = await asyncio.gather(*calls, return_exceptions=True)
        return [one for one in found if isinstance(one, Reply)]

    assert [one.status for one in api.loop.run_until_complete(ask())] == [201] * 5


# --- many web processes


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


@contextmanager
def replica() -> Iterator[int]:
    """`stadtkern web` on the database of this test; it may still be starting."""
    named, port = connection.get_connection_params(), free_port()
    url = (
        f"postgresql://{named['user']}@/{named['dbname']}?host={named['host']}&port={named['port']}"
    )
    command = [sys.executable, "-m", "stadtkern", "web", "--port", str(port)]
    process = subprocess.Popen(
        command, env={**os.environ, "DATABASE_URL": url}, stderr=subprocess.DEVNULL
    )
    try:
        yield port
    finally:
        process.terminate()
        assert process.wait(20) in (0, -15)


def until_open(*ports: int) -> None:
    end = time.monotonic() + 120
    for port in ports:
        with socket.socket() as tried:
            while tried.connect_ex(("127.0.0.1", port)):
                assert time.monotonic() < end
                time.sleep(0.05)


def send(port: int, key: str, stream: int, numbers: range) -> list[int]:
    line = HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    statuses = []
    for number in numbers:
        body = json.dumps({"result": number, "phenomenonTime": at(number)})
        line.request("POST", f"/api/sensorthings/v1.1{observations(stream)}", body, headers)
        answer = line.getresponse()
        answer.read()
        statuses.append(answer.status)
    line.close()
    return statuses


def test_two_replicas_write_to_the_same_datastreams(api: Client, key: str) -> None:
    streams = streams_of(api, 3)

    async def all_of(ports: list[int]) -> list[list[int]]:
        return await asyncio.gather(
            *(
                asyncio.to_thread(
                    send, ports[n % 2], key, streams[n % 3], range(n * 50, n * 50 + 25)
                )
                for n in range(12)
            )
        )

    with replica() as first, replica() as second:
        until_open(first, second)
        found = api.loop.run_until_complete(all_of([first, second]))
    assert found == [[201] * 25] * 12
    assert sorted(Latest.objects.values_list("n", flat=True)) == [100] * 3
    assert sql("select count(*) from things_observation") == [(300,)]
