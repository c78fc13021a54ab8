"""Every column of a batch comes back from the database as it was given."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kernel.test_store import make_streams
from psycopg.types.json import Jsonb

from stadtkern.kernel.things import store
from stadtkern.kernel.things.packing import longs_in

pytestmark = pytest.mark.django_db

STORED = """
select at, until, value, other #>> '{}', jsonb_typeof(other), quality, uplink_id, result_time,
       foi_id, extra from things_observation where id = %s
"""
zones = st.sampled_from([UTC, ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")])
instants = st.datetimes(
    datetime(1850, 1, 1),  # noqa: DTZ001  the strategy adds the zone
    datetime(2190, 1, 1),  # noqa: DTZ001
    timezones=zones,
    allow_imaginary=False,
)
longs = st.integers(-(2**63), 2**63 - 1)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
numbers = st.floats(-store.LARGEST, store.LARGEST)
rows = st.builds(
    dict,
    at=instants,
    value=numbers | st.none(),
    quality=st.integers(0, 3),
    uplink=longs | st.none(),
    length=st.none() | st.timedeltas(timedelta(0), timedelta(days=3)),
    result_time=instants | st.none(),
    feature=longs | st.none(),
    extra=st.none() | st.dictionaries(texts, texts | st.integers(-(2**40), 2**40), max_size=2),
    text=texts,
)


def observation(stream, length, text, **row):
    until = None if length is None else row["at"].astimezone(UTC) + length
    other = text if row["value"] is None else None
    return store.Observation(datastream=stream, until=until, other=other, **row)


def utc(at):
    """An hour that happens twice equals nothing in another zone (PEP 495)."""
    return at and at.astimezone(UTC)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(rows, min_size=1, max_size=6))
def test_every_column_comes_back_as_it_was_given(batch):
    (stream,) = make_streams(1)
    given_rows = [observation(stream, **row) for row in batch]
    for number, row in zip(store.write(given_rows), given_rows, strict=True):
        with connection.cursor() as cursor:
            cursor.execute(STORED, [number])
            at, until, value, other, kind, *rest = cursor.fetchone()
        assert (at, until, value, other) == (utc(row.at), row.until, row.value, row.other)
        assert kind == (None if row.other is None else "string")
        assert rest[:-1] == [row.quality, row.uplink, utc(row.result_time), row.feature]
        with connection.cursor() as cursor:
            cursor.execute("select extra = %s from things_observation where id = %s",
                           [Jsonb(row.extra), number])  # fmt: skip
            assert cursor.fetchone()[0] is (None if row.extra is None else True)


def test_an_instant_without_a_time_zone_is_refused():
    (stream,) = make_streams(1)
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(TypeError):
        store.write([store.Observation(datastream=stream, at=naive, value=1.0)])


@given(st.lists(st.none() | longs, max_size=30))
def test_numbers_of_the_database_are_read_as_they_are(values: list[int | None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select encode(array_send(%s::bigint[]), 'hex')", [values])
        (sent,) = cursor.fetchone()
    assert longs_in(bytes.fromhex(sent)) == values
