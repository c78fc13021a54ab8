"""Many writers, deletions, corrections and new partitions at once: no deadlock, and all adds up."""

import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.db.utils import OperationalError

from stadtkern.kernel import registry
from stadtkern.kernel.things import store

from .test_store import day, hour, make_streams, stored

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 1, 10, tzinfo=UTC)
TURNS = 12


def at(chance: random.Random) -> datetime:
    """In one of eight months, so that some lie in partitions that are made meanwhile."""
    month = START + timedelta(days=31 * chance.randrange(8))
    return month.replace(day=10) + timedelta(minutes=chance.randrange(180))


def write(streams: list[int], chance: random.Random) -> None:
    some = chance.choices(streams, k=chance.choice([1, 30, 60]))
    rows = [
        store.Observation(
            datastream=one, at=at(chance), value=float(chance.randrange(100)),
            result_time=chance.choice([None, at(chance)]),
        )
        for one in some
    ]  # fmt: skip
    store.write(rows)


def delete(streams: list[int], chance: random.Random) -> None:
    store.delete(
        "id in (select id from things_observation where datastream_id = any (%s)"
        " order by random() limit 20)",
        [streams],
    )


def correct(streams: list[int], chance: random.Random) -> None:
    """As a PATCH does it: the datastream's lock, the change, and its buckets anew."""
    one, new = chance.choice(streams), at(chance)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select from things_latest where datastream_id = %s for update", [one])
        cursor.execute(
            "select id, at from things_observation where datastream_id = %s limit 1", [one]
        )
        found = cursor.fetchone()
        if found is None:
            return
        cursor.execute(
            "update things_observation set at = %s where datastream_id = %s and at = %s and id = %s",
            [new, one, found[1], found[0]],
        )
        cursor.execute(
            "select things_rebuild(%s::bigint[], %s::timestamptz[], %s)",
            [[one] * 2, [found[1], new], registry.city().city.time_zone],
        )


def partition(_streams: list[int], chance: random.Random) -> None:
    moment = at(chance)
    store.ensure_partitions(moment, moment)


def test_nothing_that_writes_at_once_deadlocks_and_the_sums_are_right() -> None:
    streams = make_streams(8) + make_streams(4, one_per_instant=True)
    failures: list[str] = []

    def run(number: int, work: Callable[[list[int], random.Random], None], turns: int) -> None:
        chance = random.Random(number)
        try:
            for _ in range(turns):
                work(chance.sample(streams, k=len(streams)), chance)
        except (OperationalError, psycopg.Error) as error:
            failures.append(f"{work.__name__}: {error}")
        finally:
            connections.close_all()

    # Deletions choose before they lock, so that they are the likeliest to get in each other's way.
    jobs = [(write, TURNS)] * 6 + [(delete, TURNS)] * 2 + [(correct, TURNS)] * 2 + [(partition, 6)]
    threads = [
        threading.Thread(target=run, args=(n, work, turns)) for n, (work, turns) in enumerate(jobs)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
        assert not one.is_alive()
    assert failures == []
    with connection.cursor() as cursor:
        cursor.execute("select datastream_id, at, value, result_time from things_observation")
        rows = cursor.fetchall()
        cursor.execute(
            "select datastream_id, n, at, first_at, result_first, result_last from things_latest"
        )
        latest = {row[0]: row[1:] for row in cursor.fetchall()}
    for stream in {row[0] for row in rows}:
        own = [row for row in rows if row[0] == stream]
        known = [row[3] for row in own if row[3]]
        assert latest[stream] == (
            len(own), max(row[1] for row in own), min(row[1] for row in own),
            min(known, default=None), max(known, default=None),
        )  # fmt: skip
    assert len(latest) == len({row[0] for row in rows})
    for table, floor in (("things_hour", hour), ("things_day", day)):
        wanted: dict[tuple[int, datetime], list[float]] = {}
        for stream, moment, value, _ in rows:
            wanted.setdefault((stream, floor(moment.replace(second=0))), []).append(value)
        assert stored(table, streams) == {
            key: (len(v), sum(v), min(v), max(v)) for key, v in wanted.items()
        }
