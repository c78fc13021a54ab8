"""Keeps the raw messages of a batch, in one statement over packed columns."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor

from stadtkern.kernel.devices.ingest.event import Incoming
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.text import clean
from stadtkern.kernel.things.packing import (
    Column,
    ColumnDumper,
    Doubles,
    Instants,
    Longs,
    Texts,
)


class Octets(Texts):
    """bytea[]"""

    element, array = 17, 1001

    @staticmethod
    def _bytes(value: Any) -> bytes:
        return bytes(value)


COLUMNS: dict[str, type[Column]] = {
    "source": Texts,
    "key": Texts,
    "event": Texts,
    "topic": Texts,
    "received": Instants,
    "time": Instants,
    "dev_eui": Texts,
    "device_id": Longs,
    "f_port": Longs,
    "f_cnt": Longs,
    "payload": Octets,
    "raw": Octets,
    "rssi": Doubles,
    "snr": Doubles,
    "gateway": Texts,
    "spreading_factor": Longs,
    "frequency": Longs,
    "outcome": Texts,
    "reason": Texts,
    "codec_version": Longs,
}
TYPES = {
    Texts: "text",
    Instants: "timestamptz",
    Longs: "bigint",
    Doubles: "float8",
    Octets: "bytea",
}
INSERT = f"""
insert into devices_uplink ({", ".join(COLUMNS)})
select * from unnest({", ".join(f"%s::{TYPES[kind]}[]" for kind in COLUMNS.values())})
on conflict (source, key) do nothing
returning id, source, key
"""  # noqa: S608  constants


def insert(judged: Sequence[Judged]) -> dict[tuple[str, str], int]:
    """Insert the raw messages, in the caller's transaction; the ids of those that are new.

    By what `name` gives.
    """
    if not judged:
        return {}
    rows = zip(*map(_row, judged), strict=True)
    columns = [kind.of(values) for kind, values in zip(COLUMNS.values(), rows, strict=True)]
    connection.ensure_connection()
    # Past Django's cursor, which would write each value into the statement as text.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.adapters.register_dumper(Column, ColumnDumper)
        found = cursor.execute(INSERT.encode(), columns, binary=True).fetchall()
        return {(source, key): number for number, source, key in found}


def name(event: Incoming) -> tuple[str, str]:
    """Network and key as they are stored: what names the message for ever."""
    return clean(event.source), clean(event.key)[:80]


def _row(judged: Judged) -> tuple[Any, ...]:
    """In the order of COLUMNS."""
    event, device = judged.event, judged.device
    best = event.gateways[0] if event.gateways else None
    return (
        *name(event),
        clean(event.event)[:12] or "up",
        clean(event.topic)[:300],
        event.received,
        event.time,
        clean(event.dev_eui),
        device.id if device else None,
        event.f_port,
        event.f_cnt,
        event.payload,
        event.body,
        best.rssi if best else None,
        best.snr if best else None,
        clean(best.gateway)[:40] if best else "",
        event.spreading_factor,
        event.frequency,
        judged.outcome.value,
        clean(judged.reason)[:500],
        device.version if device else None,
    )
