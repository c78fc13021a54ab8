"""Takes downlinks forward, whoever tells of them, in whatever order, however often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from stadtkern.kernel.devices.ingest.text import clean
from stadtkern.kernel.devices.models.downlink import STATES, Step

# The highest step that was told wins; of each step the first telling is kept, also of one that was
# passed long ago, so that the history is the same in whatever order the news came.
ADVANCE = """
with told as (
  select distinct on (remote, step) * from unnest(%s::uuid[], %s::smallint[], %s::text[],
    %s::text[], %s::timestamptz[], %s::bigint[]) as t (remote, step, state, reason, at, device)
  order by remote, step, at
), news as (
  select d.id, jsonb_object_agg(t.step::text, jsonb_build_object('at', t.at, 'reason', t.reason))
      as entries, max(t.step) as step
  from told t join devices_downlink d on d.remote = t.remote
  where not d.history ? t.step::text and d.device_id = coalesce(t.device, d.device_id)
  group by d.id
), best as (
  select n.id, n.entries, t.step, t.state, t.reason
  from news n join devices_downlink d on d.id = n.id
  join told t on t.remote = d.remote and t.step = n.step
)
update devices_downlink d set
  history = b.entries || d.history,
  changed = clock_timestamp(),
  step = greatest(d.step, b.step),
  state = case when b.step > d.step then b.state else d.state end,
  reason = case when b.step > d.step then b.reason else d.reason end,
  due = case when b.step > d.step and (b.step >= 20 or d.recall is null) then null
        else d.due end,
  recall = case when b.step >= 20 and b.step > d.step then null else d.recall end
from best b where d.id = b.id
returning d.id
"""
# One order for all who write.
LOCK = "select 1 from devices_downlink where remote = any(%s) order by id for update"


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What somebody knows of a downlink; nothing is believed of another device than `device`.

    `reason` is for people: a text that can be translated, or the words of the network.
    """

    remote: UUID
    step: Step
    at: datetime
    reason: str = ""
    device: int | None = None


def entry(at: datetime, reason: str = "") -> dict[str, str]:
    """A step in the history."""
    return {"at": at.isoformat(), "reason": reason}


def advance(news: Sequence[News]) -> list[int]:
    """Apply the news in the caller's transaction; the ids of the downlinks that were changed."""
    if not news:
        return []
    rows: list[tuple[Any, ...]] = [
        (n.remote, int(n.step), STATES[n.step].value, clean(n.reason)[:300], n.at, n.device)
        for n in news
    ]
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [[row[0] for row in rows]])
        cursor.execute(ADVANCE, [list(column) for column in zip(*rows, strict=True)])
        return [number for (number,) in cursor.fetchall()]
