"""Keeps on each device when and how well it was last heard."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.text import clean
from stadtkern.kernel.devices.models import Outcome

SEEN = """
update devices_device d set
  last_seen = greatest(d.last_seen, u.seen), rssi = coalesce(u.rssi, d.rssi),
  snr = coalesce(u.snr, d.snr), battery = coalesce(u.battery, d.battery), problem = u.problem
from (select distinct on (i) i, seen, rssi, snr, battery, problem
      from unnest(%s::bigint[], %s::timestamptz[], %s::float8[], %s::float8[], %s::float8[],
                  %s::text[]) as r (i, seen, rssi, snr, battery, problem)
      order by i, seen desc) u
where d.id = u.i
"""


def note(judged: Sequence[Judged]) -> None:
    """Note on each device when and how well it was last heard, in the caller's transaction."""
    if not judged:
        return
    rows: list[tuple[Any, ...]] = [
        (
            j.device.id,
            j.event.time,
            j.event.rssi,
            j.event.snr,
            j.battery,
            clean(j.reason)[:300] if j.outcome == Outcome.FAILED else "",
        )
        for j in judged
        if j.device
    ]
    with connection.cursor() as cursor:
        # One order for all writers, or two batches could wait for each other.
        cursor.execute(
            "select 1 from devices_device where id = any(%s) order by id for update",
            [sorted({row[0] for row in rows})],
        )
        cursor.execute(SEEN, [list(column) for column in zip(*rows, strict=True)])
