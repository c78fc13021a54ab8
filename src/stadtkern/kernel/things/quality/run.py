"""Checks what came in, and what a person wants checked again."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.things.packing import Instants, Jsons, Longs, Shorts
from stadtkern.kernel.things.quality.judge import Flagged, changed
from stadtkern.kernel.things.quality.scope import Row, loaded
from stadtkern.kernel.things.store import fetch

STEP = 5_000
SECONDS = 40  # a run gives way to the next one
# Transactions that began before have committed or given up by then, and their ids are there.
SETTLED = timedelta(seconds=20)
LOCK = "things_quality"

_ROW = "o.datastream_id, o.at, o.id, o.value, o.quality, o.extra -> 'resultQuality'"
# The plausible range of what devices sent has been looked at by ingest.
_NEW = f"""
select {_ROW} from things_observation o join things_datastream t on t.id = o.datastream_id
where o.id > %s and o.id <= %s and o.value is not null and (
  exists (select from things_check c where c."on"
    and (c.datastream_id = t.id or c.observed_property_id = t.observed_property_id))
  or o.uplink_id is null and (t.low is not null or t.high is not null)
  or exists (
    select from things_mark m where m.datastream_id = t.id and o.at between m.start and m."end"))
order by o.id limit %s
"""  # noqa: S608  constants of ours
# What came before and after: a spike shows only with the value behind it.
_AROUND = f"""
select {_ROW} from unnest(%s::bigint[], %s::timestamptz[]) as s (d, a)
cross join lateral (
  select * from things_observation p where p.datastream_id = s.d and p.at < s.a
    and p.at > s.a - interval '1 day' and p.value is not null
  order by p.at desc, p.id desc limit 1) o
where exists (
  select from things_check c join things_datastream t on t.id = s.d
  where c.kind = 'spike' and c."on"
    and (c.datastream_id = s.d or c.observed_property_id = t.observed_property_id))
"""  # noqa: S608
_RANGE = f"""
select {_ROW} from things_observation o
where o.datastream_id = any (%s) and o.at between %s and %s and o.value is not null
  and (o.at, o.id) > (%s, %s)
order by o.at, o.id limit %s
"""  # noqa: S608
_FLAG = "select things_flag(%s, %s, %s, %s, %s::text[]::jsonb[], %s)"


def check_new() -> str:
    """Check what has come in since the last time; the answer says how much, and what it found."""
    began, seen, flagged = time.monotonic(), 0, 0
    while time.monotonic() - began < SECONDS:
        done = _step()
        if done is None:
            break
        seen, flagged = seen + done[0], flagged + done[1]
    return f"{seen} observations checked, {flagged} flags changed"


def check_again(streams: Sequence[int], start: datetime, end: datetime) -> int:
    """Check observations of these datastreams anew, from start to end; returns changed flags."""
    count, last = 0, (start - timedelta(microseconds=1), 0)
    while True:
        with transaction.atomic():
            rows = _rows(_RANGE, [list(streams), start, end, *last, STEP])
            count += _flag(changed(rows))
        if len(rows) < STEP:
            return count
        last = (rows[-1].at, rows[-1].id)


def sample(streams: Sequence[int], start: datetime, end: datetime, most: int) -> list[Row]:
    """Observations to try a check on."""
    return _rows(_RANGE, [list(streams), start, end, start - timedelta(microseconds=1), 0, most])


def _step() -> tuple[int, int] | None:
    """Check some of what is new; None where nothing is left, or somebody else is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext(%s))", [LOCK])
        if not cursor.fetchone()[0]:
            return None
        upto, limit = _bounds(cursor)
        rows = _rows(_NEW, [upto, limit, STEP])
        if not rows:
            _reached(cursor, limit)
            return None
        flagged = _flag(changed(_with_those_before(rows)))
        _reached(cursor, rows[-1].id if len(rows) == STEP else limit)
        return len(rows), flagged


def _bounds(cursor: Any) -> tuple[int, int]:
    """From which id to which to check now. What was there before the first run is left alone."""
    cursor.execute("select coalesce(max(id), 0) from things_observation")
    (newest,) = cursor.fetchone()
    cursor.execute("select upto, settled, seen, at from things_judged")
    known = cursor.fetchone()
    if known is None:
        cursor.execute(
            "insert into things_judged (upto, settled, seen, at) values (%s, %s, %s, %s)",
            [newest, newest, newest, clock.now()],
        )
        return newest, newest
    upto, settled, seen, at = known
    if clock.now() - at < SETTLED:
        return upto, settled
    cursor.execute(
        "update things_judged set settled = %s, seen = %s, at = %s", [seen, newest, clock.now()]
    )
    return upto, seen


def _reached(cursor: Any, number: int) -> None:
    cursor.execute("update things_judged set upto = greatest(upto, %s)", [number])


def _with_those_before(rows: list[Row]) -> list[Row]:
    before = _rows(_AROUND, [[row.stream for row in rows], [row.at for row in rows]])
    return list({row.id: row for row in (*rows, *before)}.values())


def _rows(statement: str, values: Sequence[Any]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Row._make((*row[:5], loaded(row[5]))) for row in cursor.fetchall()]


def _flag(flagged: Sequence[Flagged]) -> int:
    if not flagged:
        return 0
    fetch(_FLAG, [
        Longs.of([row.stream for row, _, _ in flagged]),
        Instants.of([row.at for row, _, _ in flagged]),
        Longs.of([row.id for row, _, _ in flagged]),
        Shorts.of([grade for _, grade, _ in flagged]),
        Jsons.of([note for _, _, note in flagged]),
        registry.city().city.time_zone,
    ])  # fmt: skip
    return len(flagged)
