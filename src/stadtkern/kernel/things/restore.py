"""Puts observations back that were taken away, with the ids and the quality they had."""

from collections.abc import Sequence

from django.db import connection, transaction

from stadtkern.kernel import registry

LOCK = """
select 1 from things_latest where datastream_id in (
  select (row ->> 'datastream_id')::bigint from unnest(%s::text[]::jsonb[]) as g (row)
) order by datastream_id for update
"""
# As JSON, so that a column that the store gets later comes along.
INSERT = """
with given as (
  select r.* from unnest(%s::text[]::jsonb[]) as g (row),
    lateral jsonb_populate_record(null::things_observation, g.row) as r
    join things_datastream d on d.id = r.datastream_id
), back as (
  insert into things_observation select * from given on conflict do nothing
  returning datastream_id, at, id, value, other, quality, until, result_time
), counted as (
  insert into things_latest as l
    (datastream_id, at, first_at, observation_id, value, other, quality, received, n)
  select distinct on (datastream_id) datastream_id, at, min(at) over w, id, value, other, quality,
         clock_timestamp(), count(*) over w
  from back window w as (partition by datastream_id)
  order by datastream_id, at desc, id desc
  on conflict (datastream_id) do update set n = l.n + excluded.n
)
select array_agg(datastream_id), array_agg(at), array_agg(until), array_agg(result_time) from back
"""


def restore(rows: Sequence[str]) -> int:
    """Put back observations, each its row as JSON; returns how many were not there.

    Those whose datastream is gone stay away. Totals and hours are counted anew.
    """
    if not rows:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("lock table things_observation in row exclusive mode")
        cursor.execute(LOCK, [list(rows)])
        cursor.execute(INSERT, [list(rows)])
        found, ats, untils, results = cursor.fetchone()
        if not found:
            return 0
        zone = registry.city().city.time_zone
        cursor.execute("select things_rebuild(%s, %s, %s)", [found, ats, zone])
        cursor.execute(
            "select things_respan(%s::bigint[], %s::timestamptz[], %s::timestamptz[])",
            [found, untils, results],
        )
        cursor.execute("select things_announce(%s::bigint[])", [sorted(set(found))])
    return len(found)
