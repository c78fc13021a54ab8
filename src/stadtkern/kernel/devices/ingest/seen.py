"""Keeps on each device, and on its day, what a batch of messages tells about it."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor

from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.watch.state import DAY_COLUMNS, DEVICE_COLUMNS, State
from stadtkern.kernel.devices.watch.tally import Tally
from stadtkern.kernel.things.packing import Column, ColumnDumper, Doubles, Instants, Longs, Texts

# Events by which the device itself gave a sign of life; the others are the network's.
LIFE = ("up", "join", "ack", "status")

# One order for all writers, or two batches could wait for each other; "no key" lets others refer
# to a device meanwhile.
_device = [name for name, _ in DEVICE_COLUMNS]
_day = [name for name, *_ in DAY_COLUMNS]
READ = f"""
select id, {", ".join(_device)}
from devices_device where id = any(%s) order by id for no key update
"""  # noqa: S608  constants
WRITE = f"""
with days as (
  insert into devices_deviceday as d (device_id, day, {", ".join(_day)})
  select u.device, date '2000-01-01' + u.day::integer, {", ".join(f"u.{name}" for name in _day)}
  from unnest(%s::bigint[], %s::bigint[],
      {", ".join(f"%s::{kind}[]" for _, kind, _ in DAY_COLUMNS)})
    as u (device, day, {", ".join(_day)})
  on conflict (device_id, day) do update set
    {", ".join(f"{name} = {how}" for name, _, how in DAY_COLUMNS)}
)
update devices_device d set
  {", ".join(f"{name} = u.{name}" for name in _device if name not in ("gaps", "every"))},
  gaps = u.gaps::float8[], every = u.every * interval '1 second'
from unnest(%s::bigint[], {", ".join(f"%s::{kind}[]" for _, kind in DEVICE_COLUMNS)})
  as u (id, {", ".join(_device)})
where d.id = u.id
"""  # noqa: S608  constants
PACKED: dict[str, type[Column]] = {
    "timestamptz": Instants,
    "bigint": Longs,
    "float8": Doubles,
    "text": Texts,
}
_states: list[type[Column]] = [Longs, *(PACKED[kind] for _, kind in DEVICE_COLUMNS)]
_days: list[type[Column]] = [Longs, Longs, *(PACKED[kind] for _, kind, _ in DAY_COLUMNS)]


def note(judged: Sequence[Judged]) -> None:
    """Note what these new messages tell about their devices, in the caller's transaction.

    One statement reads and locks, one writes devices and days, however large the batch is.
    """
    alive = [j for j in judged if j.device and j.event.event in LIFE]
    if not alive:
        return
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.adapters.register_dumper(Column, ColumnDumper)
        ids = Longs.of(sorted({j.device.id for j in alive if j.device}))
        tally = Tally(State.of(row) for row in cursor.execute(READ, [ids], binary=True))
        # The order in which they were sent, not that in which they came in.
        for one in sorted(alive, key=lambda j: (j.event.time, j.event.f_cnt or 0)):
            tally.take(one)
        if tally.devices:
            days = _packed(_days, [day.row() for day in tally.days])
            cursor.execute(WRITE, [*days, *_packed(_states, [one.row() for one in tally.devices])])


def _packed(kinds: Sequence[type[Column]], rows: Sequence[Sequence[Any]]) -> list[Column | None]:
    return [kind.of(values) for kind, values in zip(kinds, zip(*rows, strict=True), strict=True)]
