"""Writes observations: one statement per batch keeps rows, latest and rollups together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """One observation to be written. A number goes into `value`, any other JSON into `other`."""

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
    with transaction.atomic():
        ids = _write(_columns(rows), announce)
        if kinds:
            _publish(rows, kinds)
    return ids


def _write(columns: list[Column | None], announce: bool) -> list[int | None]:
    """Past Django's cursor, which would write each value into the statement as text."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.adapters.register_dumper(Column, ColumnDumper)
        zone = registry.city().city.time_zone
        found = cursor.execute(WRITE, [*columns, zone, announce], binary=True).fetchone()
        assert found is not None
        return list(found[0])


def _columns(rows: Sequence[Observation]) -> list[Column | None]:
    return [
        Longs.of([r.datastream for r in rows]),
        Instants.of([r.at for r in rows]),
        Doubles.of([r.value for r in rows]),
        Jsons.of([r.other for r in rows]),
        Shorts.of([r.quality for r in rows]),
        Longs.of([r.uplink for r in rows]),
        Instants.of([r.until for r in rows]),
        Instants.of([r.result_time for r in rows]),
        Longs.of([r.feature for r in rows]),
        Jsons.of([r.extra for r in rows]),
    ]


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
        found = cursor.fetchall()
        if not found:
            return 0
        streams, instants, ids = (list(column) for column in zip(*found, strict=True))
        cursor.execute(
            "select things_delete(%s::bigint[], %s::timestamptz[], %s::bigint[], %s)",
            [streams, instants, ids, registry.city().city.time_zone],
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
