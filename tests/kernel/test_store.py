"""The store against a plain recomputation: late, duplicate, invalid and deleted rows."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing

pytestmark = pytest.mark.django_db

CITY = ZoneInfo("Europe/Berlin")
# Around the end of summer time, so that a day has 25 hours.
START = datetime(2025, 10, 25, 20, tzinfo=UTC)

instants = st.integers(0, 60 * 24 * 3).map(lambda m: START + timedelta(minutes=m))
rows = st.tuples(
    st.integers(0, 2), instants, st.integers(-50, 50).map(float) | st.none(), st.integers(0, 3)
)


@dataclass
class Model:
    """What the store should hold, as a plain list."""

    rows: dict[int, tuple[int, datetime, float | None, int]] = field(default_factory=dict)

    def buckets(self, floor):
        found = defaultdict(list)
        for stream, at, value, quality in self.rows.values():
            if value is not None and quality < 3:
                found[(stream, floor(at))].append(value)
        return {k: (len(v), sum(v), min(v), max(v)) for k, v in found.items()}

    def latest(self):
        found = {}
        for number, (stream, at, value, _quality) in self.rows.items():
            if stream not in found or (at, number) > found[stream][:2]:
                found[stream] = (at, number, value)
        return found


def hour(at):
    return at.replace(minute=0, second=0)


def day(at):
    local = at.astimezone(CITY).replace(hour=0, minute=0, fold=0)
    return local.astimezone(UTC)


def make_streams(number, **fields):
    sensor, _ = Sensor.objects.get_or_create(name="sensor")
    observed, _ = ObservedProperty.objects.get_or_create(name="temperature")
    thing = Thing.objects.create(name="thing")
    return [
        Datastream.objects.create(
            thing=thing, sensor=sensor, observed_property=observed, name=str(n), **fields
        ).pk
        for n in range(number)
    ]


def stored(table, streams):
    with connection.cursor() as cursor:
        cursor.execute(
            f"select datastream_id, at, n, sum, min, max from {table} where datastream_id = any(%s)",
            [streams],
        )
        return {(s, at): (n, total, low, high) for s, at, n, total, low, high in cursor.fetchall()}


def latest(streams):
    with connection.cursor() as cursor:
        cursor.execute(
            "select datastream_id, at, observation_id, value, n, first_at from things_latest"
            " where datastream_id = any(%s)",
            [streams],
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.lists(rows, min_size=1, max_size=12), st.randoms()), max_size=6))
def test_latest_and_rollups_equal_a_plain_recomputation(batches):
    streams = make_streams(3)
    model = Model()
    for batch, random in batches:
        observations = [
            store.Observation(datastream=streams[s], at=at, value=value, quality=quality)
            for s, at, value, quality in batch
        ]
        for number, row in zip(store.write(observations), observations, strict=True):
            model.rows[number] = (row.datastream, row.at, row.value, row.quality)
        if model.rows and random.random() < 0.4:
            doomed = random.sample(sorted(model.rows), k=min(3, len(model.rows)))
            assert store.delete("id = any(%s)", [doomed]) == len(doomed)
            for number in doomed:
                del model.rows[number]
        assert stored("things_hour", streams) == model.buckets(hour)
        assert stored("things_day", streams) == model.buckets(day)
        assert {s: row[:3] for s, row in latest(streams).items()} == model.latest()
        for stream, row in latest(streams).items():
            own = [at for s, at, _, _ in model.rows.values() if s == stream]
            assert row[3:] == (len(own), min(own))


def test_a_day_of_25_hours_is_one_bucket():
    (stream,) = make_streams(1)
    hours = [datetime(2025, 10, 25, 22, tzinfo=UTC) + timedelta(hours=h) for h in range(25)]
    store.write([store.Observation(datastream=stream, at=at, value=1.0) for at in hours])
    counts = {at: n for (_, at), (n, *_rest) in stored("things_day", [stream]).items()}
    assert counts == {datetime(2025, 10, 25, 22, tzinfo=UTC): 25}


def test_one_per_instant_keeps_the_first_and_says_so():
    (once,) = make_streams(1, one_per_instant=True)
    (many,) = make_streams(1)
    row = store.Observation(datastream=once, at=START, value=1.0)
    again = store.Observation(datastream=once, at=START, value=2.0)
    first, second = store.write([row, again])
    assert first is not None
    assert second is None
    assert store.write([again]) == [None]
    assert latest([once])[once][2:4] == (1.0, 1)
    twice = store.Observation(datastream=many, at=START, value=1.0)
    assert None not in store.write([twice, twice])


def test_an_unknown_datastream_gives_no_id_and_harms_no_neighbour():
    (stream,) = make_streams(1)
    good = store.Observation(datastream=stream, at=START, value=1.0)
    lost = store.Observation(datastream=2**40, at=START, value=1.0)
    ids = store.write([lost, good])
    assert ids[0] is None
    assert ids[1] is not None


def test_other_results_are_kept_out_of_the_numbers():
    (stream,) = make_streams(1)
    store.write([store.Observation(datastream=stream, at=START, other={"state": "open"})])
    with connection.cursor() as cursor:
        cursor.execute("select other from things_latest where datastream_id = %s", [stream])
        assert "open" in str(cursor.fetchone()[0])
    assert stored("things_hour", [stream]) == {}


def test_infinity_is_refused_and_nothing_of_the_batch_is_stored():
    (stream,) = make_streams(1)
    rows = [store.Observation(datastream=stream, at=START, value=v) for v in (1.0, float("inf"))]
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        store.write(rows)
    assert latest([stream]) == {}


def test_a_month_gets_its_partition_and_takes_the_rows_of_the_default_along():
    (stream,) = make_streams(1)
    old = datetime(1998, 5, 17, 12, tzinfo=UTC)
    store.write([store.Observation(datastream=stream, at=old, value=7.0)])
    with connection.cursor() as cursor:
        cursor.execute(
            "select tableoid::regclass::text from things_observation where at = %s", [old]
        )
        assert cursor.fetchone()[0] == "things_observation_default"
        assert store.ensure_partitions(old, old) == ["things_observation_199805"]
        assert store.ensure_partitions(old, old) == ["things_observation_199805"]
        cursor.execute(
            "select tableoid::regclass::text from things_observation where at = %s", [old]
        )
        assert cursor.fetchone()[0] == "things_observation_199805"


def test_what_is_deleted_twice_is_counted_off_once():
    (stream,) = make_streams(1)
    rows = [store.Observation(datastream=stream, at=START, value=float(n)) for n in range(3)]
    first, *_rest = store.write(rows)
    with connection.cursor() as cursor:
        # As when two deletions have chosen the same row before one of them went ahead.
        for gone in (1, 0):
            cursor.execute(
                "select things_delete(%s, %s, %s, 'UTC')", [[stream] * 2, [START] * 2, [first] * 2]
            )
            assert cursor.fetchone()[0] == gone
    assert latest([stream])[stream][3] == 2


def test_the_span_of_result_times_and_ends_follows_what_is_written_and_deleted():
    (stream,) = make_streams(1)
    chance = Random(7)
    kept = {}
    for _ in range(12):
        rows = [
            store.Observation(
                datastream=stream, at=START, value=1.0,
                until=START + timedelta(minutes=chance.randrange(50)) if chance.random() < 0.5 else None,
                result_time=START + timedelta(minutes=chance.randrange(50)) if chance.random() < 0.7 else None,
            )
            for _ in range(3)
        ]  # fmt: skip
        kept |= dict(zip(store.write(rows), rows, strict=True))
        doomed = chance.sample(sorted(kept), k=2)
        store.delete("id = any(%s)", [doomed])
        kept = {number: row for number, row in kept.items() if number not in doomed}
        times = [row.result_time for row in kept.values() if row.result_time]
        ends = [row.until for row in kept.values() if row.until]
        with connection.cursor() as cursor:
            cursor.execute(
                "select result_first, result_last, until from things_latest where datastream_id = %s",
                [stream],
            )
            assert cursor.fetchone() == (
                min(times, default=None), max(times, default=None), max(ends, default=None)
            )  # fmt: skip


def test_ids_come_in_the_order_of_the_rows():
    streams = [*make_streams(2), *make_streams(1, one_per_instant=True)]
    rows = [
        store.Observation(datastream=streams[n % 3], at=START - timedelta(minutes=n), value=1.0)
        for n in range(30)
    ]
    ids = store.write(rows)
    assert ids == sorted(ids)


@pytest.mark.django_db(transaction=True)
def test_two_notifications_tell_the_datastreams_and_the_new_ids():
    streams = make_streams(2)
    with connection.cursor() as cursor:
        cursor.execute("listen observations")
        cursor.execute("listen observations_new")
        ids = store.write([
            store.Observation(datastream=one, at=START, value=1.0) for one in streams
        ])  # fmt: skip
        cursor.execute("select 1")
        told = {
            one.channel: one.payload
            for one in connection.connection.notifies(timeout=2, stop_after=2)
        }
        cursor.execute("unlisten *")
    assert told == {
        "observations": f"{streams[0]},{streams[1]}",
        "observations_new": f"{ids[0]}-{ids[1]}",
    }


def test_a_deleted_datastream_takes_its_observations_along():
    (stream,) = make_streams(1)
    store.write([store.Observation(datastream=stream, at=START, value=1.0)])
    Datastream.objects.get(pk=stream).delete()
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from things_observation where datastream_id = %s", [stream])
        assert cursor.fetchone()[0] == 0
