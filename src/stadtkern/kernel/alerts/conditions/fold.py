"""Episodes out of a series of judged values, in one statement for all its subjects.

A value is judged 1 (the condition holds), -1 (it does not) or 0 (between: what was, stays). A run
lasts from the first 1 to the next -1. A silence longer than `gap` breaks a run that has not lasted
long enough, for nobody knows what was meanwhile; one that has goes on until a value ends it.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db import connection

from stadtkern.kernel.alerts.conditions.condition import Episode, Look

Row = tuple[Any, ...]

# Wants a query `judged` (subject, at, id, value, also, gap, mark, excess) and %(lasting)s.
FOLD = """
moved as (
  select *, lag(at) over w as before, lag(mark) over w as was
  from judged window w as (partition by subject order by at, id)
), kept as (
  select * from moved where mark > -1 or was > -1
), numbered as (
  select *,
    coalesce(sum((mark = -1)::int) over (partition by subject order by at, id
      rows between unbounded preceding and 1 preceding), 0) as run,
    sum((at - before > gap)::int) over (partition by subject order by at, id) as part
  from kept
), begun as (
  select *, min(at) filter (where mark = 1) over (partition by subject, run, part) as since
  from numbered
), parts as (
  select subject, run, part, min(since) as since, max(at) filter (where mark = -1) as ended,
    min(at) filter (where mark > -1 and at >= since + %(lasting)s) as fired
  from begun group by 1, 2, 3
), runs as (
  select subject, run, min(fired) as fired, max(ended) as ended,
    coalesce((array_agg(since order by part) filter (where fired is not null))[1],
      (array_agg(since order by part desc))[1]) as since
  from parts group by 1, 2
  having min(fired) is not null
    or (max(ended) is null and (array_agg(since order by part desc))[1] is not null)
)
select r.subject, r.since, r.fired, r.ended,
  (array_agg(n.value order by n.at, n.id) filter (where n.at >= r.fired))[1],
  (array_agg(n.also order by n.at, n.id) filter (where n.at >= r.fired))[1],
  (array_agg(n.value order by n.excess desc nulls last, n.at) filter (where n.at >= r.since))[1],
  (array_agg(n.value order by n.at desc, n.id desc))[1],
  (array_agg(n.also order by n.at desc, n.id desc))[1],
  max(n.at)
from runs r join numbered n on n.subject = r.subject and n.run = r.run and n.mark > -1
group by r.subject, r.run, r.since, r.fired, r.ended
order by r.subject, r.since
"""

# How far back a run is followed.
FAR = timedelta(days=31)

# Which datastreams have something new, and since when: `fresh` (id, m).
NEW = """
select o.datastream_id as id, min(o.at) as m from things_observation o
where o.id > %(done)s group by 1
"""
NEWEST = "select l.datastream_id as id, l.at as m from things_latest l"

# Subjects of the rule with an alert, and nothing new. A device's datastreams are its thing's.
UNCHANGED = """
with subjects as materialized ({subjects}), changed as materialized ({changed})
select a.{column} from alerts_alert a join subjects s on s.id = a.{column}
where a.rule_id = %(rule)s and (a.state in ('pending', 'firing') or a.until_clear)
  and not exists (select from changed c where c.id = a.{column})
"""
CHANGED = {
    "datastream": "select n.id from ({new}) n",
    "device": """select v.id from devices_device v join things_datastream s
      on s.thing_id = v.thing_id join ({new}) n on n.id = s.id""",
}

# After what silence a run breaks: what the datastream declares, or three of its own intervals.
GAP = """coalesce(d.stale_after, greatest(interval '2 hours',
  3 * (l.at - l.first_at) / greatest(l.n - 1, 1)))"""


def episodes(
    judged: str, parameters: dict[str, Any], found: Callable[[Row], dict[str, Any]]
) -> list[Episode]:
    """The episodes of a `with` query that ends in `judged`; `found` words each row."""
    with connection.cursor() as cursor:
        cursor.execute(f"{judged}, {FOLD}", parameters)
        return list(_read(cursor.fetchall(), found))


def unchanged(look: Look) -> frozenset[int]:
    """Subjects whose alerts stand because nothing is new. Asked before the look itself.

    What comes in between the two is new to the next look as well.
    """
    if look.done is None:
        return frozenset()
    sql = UNCHANGED.format(
        column=look.subjects.column,
        subjects=look.subjects.sql,
        changed=CHANGED[look.subjects.about].format(new=NEW),
    )
    known = {"rule": look.rule, "done": look.done}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**look.subjects.parameters, **known})
        return frozenset(row[0] for row in cursor.fetchall())


def _read(rows: list[Row], found: Callable[[Row], dict[str, Any]]) -> Iterator[Episode]:
    for row in rows:
        yield Episode(
            subject=row[0], since=row[1], fired=row[2], ended=row[3], found=found(row[4:])
        )


def number_found(row: Row) -> dict[str, Any]:
    """What was found, where values are numbers."""
    value, _also, peak, last, _last_also, last_at = row
    return {"value": value, "peak": peak, "last": last, "last_at": last_at.isoformat()}
