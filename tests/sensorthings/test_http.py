"""HTTP as clients and proxies know it: tags, compression, other sites, addresses, time limits."""

import asyncio
import gzip
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import override_settings

from stadtkern.kernel.sensorthings import http, pool
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Thing

from .conftest import BASE, Client

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("address", ["/Things", "/Datastreams({})", "/Things?$count=true"])
def test_what_has_not_changed_is_not_sent_again(api: Client, stream: int, address: str) -> None:
    address = address.format(stream)
    first = api.ask("GET", address)
    again = api.ask("GET", address, **{"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-type" not in again.headers
    Thing.objects.update(name="renamed")
    store.write([store.Observation(datastream=stream, at=AT, value=1)])
    changed = api.ask("GET", address, **{"if-none-match": first.headers["etag"]})
    assert changed.status == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_a_change_of_what_somebody_else_has_changed_is_refused(api: Client, stream: int) -> None:
    (thing,) = api.get("/Things")["value"]
    address = f"/Things({thing['@iot.id']})"
    seen = api.ask("GET", address).headers["etag"]
    assert seen.startswith('"')
    first = api.ask("PATCH", address, {"name": "first"}, **{"if-match": seen})
    assert first.status == 200
    for method, body in (("PATCH", {"name": "second"}), ("DELETE", None)):
        refused = api.ask(method, address, body, **{"if-match": seen})
        assert refused.status == 412
        assert "changed" in refused.json["message"]
    assert api.get(address)["name"] == "first"
    now = api.ask("GET", f"{address}?$select=name").headers["etag"]
    assert api.ask("DELETE", address, **{"if-match": now}).status == 200


def test_new_observations_do_not_stand_in_the_way_of_a_change(api: Client, stream: int) -> None:
    address = f"/Datastreams({stream})"
    packed = api.ask("GET", f"{address}?$expand=*", **{"accept-encoding": "gzip"})
    assert packed.headers["etag"].endswith('-gzip"')
    store.write([store.Observation(datastream=stream, at=AT, value=1)])
    for seen in (packed.headers["etag"], "*"):
        reply = api.ask("PATCH", address, {"name": "renamed"}, **{"if-match": seen})
        assert reply.status == 200, reply.body
    stale = api.ask("PATCH", address, {"name": "again"}, **{"if-match": packed.headers["etag"]})
    assert stale.status == 412


def test_long_answers_are_packed_for_those_who_unpack_them(api: Client, stream: int) -> None:
    address = "/Datastreams?$expand=Thing,Sensor,ObservedProperty"
    plain = api.ask("GET", address)
    assert "content-encoding" not in plain.headers
    for accepted, packed in [
        ("gzip, deflate, br", True),
        ("br;q=1, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000, br", False),
        ("identity", False),
        ("", False),
    ]:
        reply = api.ask("GET", address, **{"accept-encoding": accepted})
        assert ("content-encoding" in reply.headers) == packed, accepted
        assert (gzip.decompress(reply.body) if packed else reply.body) == plain.body
        assert int(reply.headers["content-length"]) == len(reply.body)
        assert "Accept-Encoding" in reply.headers["vary"]


def test_short_answers_are_not_packed(api: Client, stream: int) -> None:
    reply = api.ask("GET", f"/Datastreams({stream})/name", **{"accept-encoding": "gzip"})
    assert "content-encoding" not in reply.headers


def test_a_head_has_the_headers_of_its_get(api: Client, stream: int) -> None:
    for address in ("/Things", "/Observations?$resultFormat=CSV&$top=20000"):
        head, get = api.ask("HEAD", address), api.ask("GET", address)
        assert head.headers == get.headers
        assert head.body == b""


def test_scripts_of_other_sites_may_read_and_write(api: Client, stream: int) -> None:
    asked = api.ask("OPTIONS", f"/Datastreams({stream})")
    assert asked.status == 204
    assert asked.headers["access-control-allow-origin"] == "*"
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
        assert method in asked.headers["access-control-allow-methods"]
    for name in ("Authorization", "Content-Type", "Idempotency-Key", "If-Match"):
        assert name in asked.headers["access-control-allow-headers"]
    made = api.ask("POST", "/Things", {"name": "x", "description": "d"})
    refused = api.ask("POST", "/Things", {})
    for reply in (made, refused):
        assert reply.headers["access-control-allow-origin"] == "*"
        assert "Location" in reply.headers["access-control-expose-headers"]


def test_links_follow_the_proxy_where_the_city_says_so(api: Client, stream: int) -> None:
    forwarded = {"x-forwarded-host": "localhost", "x-forwarded-proto": "https"}
    link = api.ask("GET", "/Things", **forwarded).json["value"][0]["@iot.selfLink"]
    assert link.startswith(BASE)
    with override_settings(
        USE_X_FORWARDED_HOST=True, SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")
    ):
        link = api.ask("GET", "/Things", **forwarded).json["value"][0]["@iot.selfLink"]
    assert link.startswith("https://localhost/")


@pytest.mark.parametrize(
    "address",
    [
        "/Datastreams({})/Observations({})/Datastream/Thing/Locations",
        "/Things({thing})/Datastreams({})/",
        "/Datastreams({})/Thing/Datastreams/$ref?$count=true&$top=1",
        "/Datastreams({})/Observations({})/result/$value",
    ],
)
def test_addresses_of_all_lengths_and_spellings_are_found(
    api: Client, stream: int, address: str
) -> None:
    (number,) = store.write([store.Observation(datastream=stream, at=AT, value=21.5)])
    thing = api.get(f"/Datastreams({stream})/Thing")["@iot.id"]
    reply = api.ask("GET", address.format(stream, number, thing=thing))
    assert reply.status == 200, reply.body
    if address.endswith("$value"):
        assert (reply.body, reply.headers["content-type"]) == (b"21.5", "text/plain; charset=utf-8")


def test_references_have_pages_and_a_count(api: Client, stream: int) -> None:
    for n in range(3):
        api.make("/Things", {"name": str(n), "description": "d"})
    first = api.get("/Things/$ref?$count=true&$top=3&$orderby=name desc")
    assert (first["@iot.count"], len(first["value"])) == (4, 3)
    assert first["value"][0] == {"@iot.selfLink": first["value"][0]["@iot.selfLink"]}
    assert len(api.get(first["@iot.nextLink"])["value"]) == 1


def statements_of(name: str) -> int:
    """How many statements run on connections with these words in them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_stat_activity where state = 'active' and query like %s"
            " and datname = current_database() and pid <> pg_backend_pid()",
            [f"%{name}%"],
        )
        return int(cursor.fetchone()[0])


def asked(path: str) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": http.PREFIX + path,
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
    }


def test_a_client_that_hangs_up_ends_its_statement(reader: Client) -> None:
    """Its connection is free for the next one long before the time limit."""
    sent: list[Any] = []

    async def hang_up() -> None:
        messages = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> dict[str, Any]:
            if messages:
                return messages.pop()
            await asyncio.sleep(0.3)
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await http.application(asked("/Things"), receive, send)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("lock table things_thing in access exclusive mode")
        began = time.monotonic()
        reader.loop.run_until_complete(hang_up())
        assert time.monotonic() - began < pool.SECONDS / 2
    assert statements_of("things_thing") == 0
    assert sent == []
    assert reader.ask("GET", "/Things").status == 200


def test_more_questions_than_connections_wait_and_are_then_refused(
    reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "WAIT", 0.3)
    monkeypatch.setattr(pool, "SECONDS", 1)

    async def many() -> list[int]:
        replies = await asyncio.gather(*(reader.call("GET", "/Things") for _ in range(7)))
        return sorted(reply.status for reply in replies)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("lock table things_thing in access exclusive mode")
        assert reader.loop.run_until_complete(many()) == [503] * 7
    assert reader.loop.run_until_complete(many()) == [200] * 7


def test_a_connection_that_was_cut_off_is_replaced(reader: Client) -> None:
    assert reader.ask("GET", "/Things").status == 200
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and application_name like 'stadtkern %'"
        )
    assert reader.ask("GET", "/Things").status == 200
