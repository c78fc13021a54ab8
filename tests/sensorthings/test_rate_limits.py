"""How often one caller may ask: buckets apart for reads and writes, for keys and addresses."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from stadtkern.kernel import registry
from stadtkern.kernel.sensorthings import http
from stadtkern.kernel.sensorthings.access import limits
from stadtkern.kernel.sensorthings.problem import Problem

Check = Callable[..., dict[str, str]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> Check:
    """Count a request; six reads and sixty writes a minute."""
    monkeypatch.setattr(limits, "_reads", limits.Buckets(name="reads"))
    monkeypatch.setattr(limits, "_writes", limits.Buckets(name="writes"))
    choose(monkeypatch, reads_per_minute=6, writes_per_minute=60)

    def one(
        method: str = "GET", address: str | None = "203.0.113.7", **headers: str
    ) -> dict[str, str]:
        client = (address, 1234) if address else None
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return dict(limits.check({"method": method, "client": client}, given))

    return one


def choose(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
    city = registry.city()
    api = msgspec.structs.replace(city.api, **settings)
    monkeypatch.setattr(registry, "_city", msgspec.structs.replace(city, api=api))


def refused(check: Check, *args: Any, **headers: str) -> dict[str, str]:
    with pytest.raises(Problem) as caught:
        check(*args, **headers)
    assert caught.value.status == 429
    return dict(caught.value.headers)


def test_a_full_bucket_allows_a_minutes_worth_at_once(check: Check, clock: list[float]) -> None:
    told = [check()["RateLimit"] for _ in range(6)]
    assert told[0] == '"reads";r=5;t=10'
    assert told[-1] == '"reads";r=0;t=60'
    headers = refused(check)
    assert headers["RateLimit-Policy"] == '"reads";q=6;w=60'
    assert 10 <= int(headers["Retry-After"]) <= 11
    clock[0] += int(headers["Retry-After"])
    check()
    refused(check)
    clock[0] += 3600
    for _ in range(6):
        check()
    refused(check)


def test_a_refusal_costs_nothing_more(check: Check, clock: list[float]) -> None:
    for _ in range(6):
        check()
    for _ in range(100):
        refused(check)
    clock[0] += 10
    check()


def test_reads_and_writes_are_counted_apart(check: Check) -> None:
    for _ in range(6):
        check("HEAD")
    refused(check, "GET")
    assert check("POST")["RateLimit"] == '"writes";r=59;t=1'
    assert check("DELETE")["RateLimit"] == '"writes";r=58;t=2'


def test_each_address_and_each_key_has_a_bucket_of_its_own(check: Check) -> None:
    for _ in range(6):
        check(authorization="Bearer one")
    refused(check, authorization="Bearer one")
    refused(check, "GET", "203.0.113.8", authorization="Bearer one")
    check(authorization="Bearer two")
    check()
    check("GET", "203.0.113.8")


def test_a_network_of_ipv6_counts_as_one_address(check: Check) -> None:
    for last in range(6):
        check("GET", f"2001:db8::{last:x}:1")
    refused(check, "GET", "2001:db8::ffff")
    check("GET", "2001:db8:0:1::1")
    for _ in range(6):
        check("GET", "::ffff:203.0.113.9")
    refused(check, "GET", "203.0.113.9")


def test_bulk_counts_by_its_bytes(check: Check, clock: list[float]) -> None:
    assert check("POST", content_length="9999")["RateLimit"] == '"writes";r=59;t=1'
    assert check("POST", content_length="490000")["RateLimit"] == '"writes";r=9;t=51'
    refused(check, "POST", content_length="100000")
    refused(check, "POST", transfer_encoding="chunked")
    clock[0] += 3600
    assert check("POST", content_length="99000000")["RateLimit"] == '"writes";r=0;t=60'
    refused(check, "POST")


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", None])
def test_this_machine_is_not_limited(check: Check, address: str | None) -> None:
    assert [check("GET", address) for _ in range(50)] == [{}] * 50


def test_the_city_says_who_is_not_limited_and_whether_anybody_is(
    check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, unlimited_from=("203.0.113.0/24",))
    assert check() == {}
    assert check("GET", "127.0.0.1")
    choose(monkeypatch, unlimited_from=(), reads_per_minute=0)
    assert check() == {}
    assert check("POST")


def test_the_defaults_do_not_hinder_a_busy_gateway() -> None:
    api = registry.city().api
    assert api.reads_per_minute >= 6_000
    # 6,000 posts a second; 35,000 rows of 100 bytes a second.
    assert api.writes_per_minute >= 60 * max(6_000, 35_000 * 100 // limits.BYTES)


def test_memory_is_bounded(clock: list[float]) -> None:
    buckets = limits.Buckets(name="reads", most=100)
    for caller in range(10_000):
        buckets.take(caller, 1, 6, clock[0])
        assert len(buckets) <= 100
    clock[0] += 61
    buckets.take(1, 1, 6, clock[0])
    assert len(buckets) <= 100


def test_the_last_callers_are_remembered_when_others_are_forgotten(clock: list[float]) -> None:
    buckets = limits.Buckets(name="reads", most=100)
    for caller in range(150):
        buckets.take(caller, 6, 6, clock[0])
    with pytest.raises(Problem):
        buckets.take(149, 1, 6, clock[0])


@pytest.mark.django_db(transaction=True)
def test_the_api_answers_429_before_it_does_anything(check: Check) -> None:
    async def ask() -> tuple[int, dict[str, str], bytes]:
        sent: list[dict[str, Any]] = []
        scope = {
            "type": "http", "method": "GET", "scheme": "http", "path": f"{http.PREFIX}/Things",
            "query_string": b"", "headers": [(b"host", b"testserver")], "client": ("203.0.113.7", 1),
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await http.application(scope, receive, send)
        headers = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(one.get("body", b"") for one in sent[1:])

    async def many() -> list[tuple[int, dict[str, str], bytes]]:
        try:
            return [await ask() for _ in range(7)]
        finally:
            from stadtkern.kernel.sensorthings import pool

            await pool.close()

    found = asyncio.run(many())
    assert [status for status, _, _ in found] == [200] * 6 + [429]
    assert found[0][1]["ratelimit"] == '"reads";r=5;t=10'
    assert found[-1][1]["retry-after"]
    assert b"too many reads" in found[-1][2]
