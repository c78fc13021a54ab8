import asyncio
import json
import socket
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
import uvicorn
from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.things.store import Observation, write
from stadtkern.site import live, live_hub

# Naming the apps lets the clean-up cascade to the store's own tables.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server():
    """The live endpoint behind a real server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        live.application, port=port, lifespan="off", log_level="error", timeout_graceful_shutdown=1
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}/live/"
    running.should_exit = True
    thread.join()


class Page:
    """An open page: events come in on a thread, as in a browser."""

    def __init__(self, url, streams, last=""):
        self.lines = []
        self.events = []
        self.ids = []
        self.opened = threading.Event()
        self.closing = False
        self.thread = threading.Thread(target=self._read, args=(url, streams, last), daemon=True)
        self.thread.start()
        assert self.opened.wait(30)

    def _read(self, url, streams, last):
        query = "?datastreams=" + ",".join(map(str, streams))
        asked = urllib.request.Request(url + query, headers={"Last-Event-ID": last} if last else {})
        with urllib.request.urlopen(asked, timeout=30) as response:
            for line in response:
                self._take(line.decode().rstrip("\n"))
                if self.closing:
                    return

    def _take(self, line):
        self.lines.append(line)
        self.opened.set()
        if line.startswith("id: "):
            self.ids.append(line[4:])
        if line.startswith("data: "):
            self.events.append(json.loads(line[6:]))

    def wait_for(self, value, seconds=30.0):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = [e for e in self.events if e["value"] == value]
            if found:
                return found[-1]
            time.sleep(0.01)
        raise AssertionError(f"{value} did not arrive in {seconds} s: {self.lines[-10:]}")


def listeners():
    with connection.cursor() as cursor:
        cursor.execute(
            "select pid from pg_stat_activity where application_name = 'stadtkern-live'"
            " and datname = current_database()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def test_a_stored_value_comes_to_the_page_that_shows_it(server, stream):
    one, other = stream(), stream()
    page = Page(server, [one.pk])
    at = datetime(2026, 5, 1, 12, tzinfo=UTC)
    write([Observation(datastream=one.pk, at=at, value=-1234.56)])
    write([Observation(datastream=other.pk, at=at, value=99.0)])
    event = page.wait_for(-1234.56)
    assert event == {
        "datastream": one.pk,
        "time": "2026-05-01T12:00:00Z",
        "value": -1234.56,
        "text": "−1234,6",
    }
    assert page.lines[0] == "retry: 2000"
    time.sleep(0.3)
    assert {e["datastream"] for e in page.events} == {one.pk}


def test_a_page_that_just_opened_gets_what_is_current(server, stream, observe):
    one = stream(decimals=2)
    observe(one, (clock.now(), 7.125))
    assert Page(server, [one.pk]).wait_for(7.125)["text"] == "7,13"


def test_a_page_that_comes_back_gets_what_it_missed_and_nothing_old(server, stream, observe):
    old, missed = stream(), stream()
    observe(old, (clock.now(), 1.0))
    with connection.cursor() as cursor:
        cursor.execute(
            "update things_latest set received = received - interval '1 hour'"
            " where datastream_id = %s",
            [old.pk],
        )
    last = clock.now().isoformat()
    observe(missed, (clock.now(), 2.0))
    page = Page(server, [old.pk, missed.pk], last)
    page.wait_for(2.0)
    assert [e["value"] for e in page.events] == [2.0]
    assert datetime.fromisoformat(page.ids[-1]) >= datetime.fromisoformat(last)


def test_values_come_again_after_the_database_cut_the_line(server, stream, observe):
    one = stream()
    page = Page(server, [one.pk])
    observe(one, (clock.now(), 1.0))
    page.wait_for(1.0)
    with connection.cursor() as cursor:
        for pid in listeners():
            cursor.execute("select pg_terminate_backend(%s)", [pid])
    observe(one, (clock.now(), 2.0))
    page.wait_for(2.0)
    observe(one, (clock.now(), 3.0))
    page.wait_for(3.0)


def test_many_pages_share_two_connections_and_the_last_one_ends_them(server, stream, observe):
    one = stream()
    pages = [Page(server, [one.pk]) for _ in range(8)]
    observe(one, (clock.now(), 5.0))
    for page in pages:
        page.wait_for(5.0)
    assert len(listeners()) == 2
    for page in pages:
        page.closing = True
    observe(one, (clock.now(), 6.0))
    until = time.monotonic() + 30
    while listeners() and time.monotonic() < until:
        time.sleep(0.05)
    assert listeners() == []


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?datastreams=",
        "?datastreams=a",
        "?datastreams=1,-2",
        "?datastreams=" + ",".join(map(str, range(1001))),
    ],
)
def test_an_unclear_request_is_answered_with_a_sentence(server, query):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(server + query, timeout=30)
    assert refused.value.code == 400
    assert refused.value.read().decode().strip().endswith(".")


def test_a_page_that_does_not_read_keeps_one_value_per_datastream():
    async def slow_page():
        watcher = live_hub.Watcher(datastreams=frozenset({1, 2}), since=None, language="de")
        for i in range(10_000):
            watcher.put(
                live_hub.Reading(
                    datastream=1 + i % 2,
                    at=clock.now(),
                    value=float(i),
                    other=None,
                    received=clock.now() + timedelta(microseconds=i),
                    decimals=0,
                )
            )
        assert len(watcher._waiting) == 2
        assert sorted(r.value for r in await watcher.next(1)) == [9998.0, 9999.0]
        assert await watcher.next(0.01) == []

    asyncio.run(slow_page())


def test_a_silent_page_hears_that_the_line_is_alive(monkeypatch, server, stream):
    monkeypatch.setattr(live, "HEARTBEAT", 0.1)
    page = Page(server, [stream().pk])
    until = time.monotonic() + 30
    while page.lines.count(": still here") < 2:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_english_pages_get_english_numbers(server, stream, observe):
    one = stream()
    observe(one, (clock.now(), 1.5))
    with urllib.request.urlopen(f"{server}?language=en&datastreams={one.pk}", timeout=30) as answer:
        text = next(line for line in answer if line.startswith(b"data: "))
    assert json.loads(text[6:])["text"] == "1.5"


def test_a_database_that_is_away_keeps_the_page_waiting(monkeypatch, server, stream, observe):
    one = stream()
    observe(one, (clock.now(), 4.0))
    real, tries = live_hub.connect, []

    async def away():
        tries.append(1)
        if len(tries) < 3:
            raise psycopg.OperationalError("the database is starting up")
        return await real()

    monkeypatch.setattr(live_hub, "connect", away)
    Page(server, [one.pk]).wait_for(4.0)
    assert len(tries) >= 3
