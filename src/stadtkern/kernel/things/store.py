"""Writes observations: one statement per batch keeps rows, latest and rollups together."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple

import msgspec
from django.db import connection, transaction
from psycopg import Cursor

from stadtkern.kernel import events, registry
from stadtkern.kernel.things.packing import (
    Column,
    ColumnDumper,
    Doubles,
    Instants,
    Jsons,
    Longs,
    Shorts,
)

GOOD, ESTIMATED, SUSPECT, INVALID = range(4)

# What the store's constraint allows: the sums of hours and days stay finite.
LARGEST = 1e290

WRITE = (
    "select things_write(%s, %s, %s, %s::text[]::jsonb[], %s, %s::bigint[], %s::timestamptz[],"
    " %s::timestamptz[], %s::bigint[], %s::text[]::jsonb[], %s, %s)"
)


class Observation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One observation to be written. A number goes into `value`, any other JSON into `other`.

    A struct, since thousands a second are made: a tenth of the work of a frozen dataclass.
    """

    datastream: int
    at: datetime
    value: float | None = None
    other: Any = None
    quality: int = GOOD
    uplink: int | None = None
    until: datetime | None = None
    result_time: datetime | None = None
    feature: int | None = None
    extra: dict[str, Any] | None = None


def write(
    rows: Sequence[Observation], *, kinds: Iterable[str] = (), announce: bool = True
) -> list[int | None]:
    """Store a batch in the caller's transaction; the ids in the order of the rows.

    None for a row whose datastream does not exist, or holds that instant already and keeps one
    per instant. `kinds` are the kinds of the things concerned, for listeners.
    """
    if not rows:
        return []
    values = [*columns(rows), registry.city().city.time_zone, announce]
    with transaction.atomic(savepoint=False):
        (ids,) = fetch(WRITE, values)
        if kinds:
            _publish(rows, kinds)
    return list(ids)


def fetch(statement: LiteralString, values: Sequence[Any]) -> tuple[Any, ...]:
    """The one row that a statement over columns gives, on Django's connection.

    Past Django's cursor, which would write each value into the statement as text.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.adapters.register_dumper(Column, ColumnDumper)
        found = cursor.execute(statement, values, binary=True).fetchone()
        assert found is not None
        return tuple(found)


class Columns(NamedTuple):
    """The same observations by column; None for a column that has no value in any of them."""

    datastream: Column | None
    at: Column | None
    value: Column | None
    other: Column | None
    quality: Column | None
    uplink: Column | None
    until: Column | None
    result_time: Column | None
    feature: Column | None
    extra: Column | None


def columns(rows: Sequence[Observation]) -> Columns:
    """Observations by column, packed for PostgreSQL."""
    return Columns(
        datastream=Longs.of([r.datastream for r in rows]),
        at=Instants.of([r.at for r in rows]),
        value=Doubles.of([r.value for r in rows]),
        other=Jsons.of([r.other for r in rows]),
        quality=Shorts.of([r.quality for r in rows]),
        uplink=Longs.of([r.uplink for r in rows]),
        until=Instants.of([r.until for r in rows]),
        result_time=Instants.of([r.result_time for r in rows]),
        feature=Longs.of([r.feature for r in rows]),
        extra=Jsons.of([r.extra for r in rows]),
    )


def _publish(rows: Sequence[Observation], kinds: Iterable[str]) -> None:
    streams = tuple(sorted({row.datastream for row in rows}))
    events.publish(events.ObservationsStored(datastreams=streams, kinds=tuple(sorted(set(kinds)))))


def delete(where: str, parameters: Sequence[Any]) -> int:
    """Delete the observations `where` selects and count their buckets anew; returns how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"select datastream_id, at, id from things_observation where {where}",  # noqa: S608
            parameters,
        )
        return delete_these(cursor.fetchall())


def delete_these(keys: Sequence[Sequence[Any]]) -> int:
    """Delete the observations with these keys (datastream, at, id), as `delete` does."""
    if not keys:
        return 0
    columns = [list(column) for column in zip(*keys, strict=True)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select things_delete(%s::bigint[], %s::timestamptz[], %s::bigint[], %s)",
            [*columns, registry.city().city.time_zone],
        )
        return int(cursor.fetchone()[0])


def ensure_partitions(first: datetime, last: datetime) -> list[str]:
    """Make sure that every month from first to last has its partition; returns their names."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select things_partition(m) from generate_series(date_trunc('month', %s, 'UTC'), %s,"
            " interval '1 month') as m",
            [first, last],
        )
        return [row[0] for row in cursor.fetchall()]
