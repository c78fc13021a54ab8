"""Writes observations: one statement per batch keeps rows, latest and rollups together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from stadtkern.kernel import events, registry

GOOD, ESTIMATED, SUSPECT, INVALID = range(4)

# The statement that every writer uses, synchronous or not; parameters come from `columns`.
WRITE = (
    "select ord, id from things_write(%s::bigint[], %s::timestamptz[], %s::float8[], %s::jsonb[],"
    " %s::smallint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::bigint[],"
    " %s::jsonb[], %s, %s)"
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


def columns(rows: Sequence[Observation], *, announce: bool = True) -> list[Any]:
    """The parameters of WRITE for these rows."""
    return [
        [r.datastream for r in rows],
        [r.at for r in rows],
        [None if r.value is None else float(r.value) for r in rows],
        [None if r.other is None else Jsonb(r.other) for r in rows],
        [r.quality for r in rows],
        [r.uplink for r in rows],
        [r.until for r in rows],
        [r.result_time for r in rows],
        [r.feature for r in rows],
        [None if r.extra is None else Jsonb(r.extra) for r in rows],
        registry.city().city.time_zone,
        announce,
    ]


def write(
    rows: Sequence[Observation], *, kinds: Iterable[str] = (), announce: bool = True
) -> list[int | None]:
    """Store a batch in the caller's transaction; the ids in the order of the rows.

    None for a row whose datastream does not exist, or holds that instant already and keeps one
    per instant. `kinds` are the kinds of the things concerned, for listeners.
    """
    if not rows:
        return []
    ids: list[int | None] = [None] * len(rows)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WRITE, columns(rows, announce=announce))
        for place, number in cursor.fetchall():
            ids[place - 1] = number
        if kinds:
            _publish(rows, kinds)
    return ids


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
