"""Looking at the values of datastreams: which are new, and how far back to go for each."""

from datetime import timedelta
from typing import Any

from django.db import connection

from stadtkern.kernel.alerts.conditions import fold
from stadtkern.kernel.alerts.conditions.condition import Episode, Look, Looked, Span

# Beyond so many values a rehearsal goes by the means of hours.
MANY = 1_500_000

# `fresh`: which datastreams have something new, and since when.
LOOK = """
with subjects as materialized ({subjects}), fresh as materialized (
  select u.id, u.m, least(u.m, a.since) as since
  from ({fresh}) u left join alerts_alert a on a.rule_id = %(rule)s and a.datastream_id = u.id
    and a.state in ('pending', 'firing')
  where u.id in (select id from subjects)
), starts as materialized (
  select f.id, {start} as start, {gap} as gap
  from fresh f join things_datastream d on d.id = f.id
  join things_latest l on l.datastream_id = f.id
), valued as (
  select s.id as subject, s.gap, o.at, o.id, o.value
  from starts s cross join lateral (
    select x.at, x.id, x.value from things_observation x
    where x.datastream_id = s.id and x.at >= s.start and x.value is not null and x.quality < 3
  ) o
), judged as ({judged})
"""
# A run is followed from the last clear value before what is new.
LAST_CLEAR = """coalesce((
  select x.at from things_observation x
  where x.datastream_id = f.id and x.at < f.m and x.at >= f.m - %(far)s
    and x.value is not null and x.quality < 3 and {clear}
  order by x.at desc limit 1), f.m - %(far)s)"""
# Or from so long before it that its own window is full.
WARM = "f.since - %(warm)s::interval"

REHEARSE = """
with subjects as materialized ({subjects}), valued as (
  select o.datastream_id as subject, {gap} as gap, o.at, {columns}
  from subjects s join things_datastream d on d.id = s.id
  join things_latest l on l.datastream_id = s.id
  join {source} o on o.datastream_id = s.id
  where o.at >= %(start)s and o.at < %(end)s {only}
), judged as ({judged})
"""
RAW = ("things_observation", "o.id, o.value", "and o.value is not null and o.quality < 3")
HOURS = ("things_hour", "0::bigint as id, o.sum / o.n as value", "")
COUNTED = """
select coalesce(sum(h.n), 0) from things_day h
where h.datastream_id in ({subjects}) and h.at >= %(start)s and h.at < %(end)s
"""


def look(
    look: Look, judged: str, start: str, lasting: timedelta, parameters: dict[str, Any]
) -> Looked:
    """Episodes of the datastreams that have something new."""
    unchanged = fold.unchanged(look)
    sql = LOOK.format(
        subjects=look.subjects.sql,
        fresh=fold.NEWEST if look.done is None else fold.NEW,
        start=start,
        gap=fold.GAP,
        judged=judged,
    )
    known = {"rule": look.rule, "done": look.done, "far": fold.FAR, "lasting": lasting}
    given = {**look.subjects.parameters, **known, **parameters}
    return Looked(episodes=fold.episodes(sql, given, fold.number_found), unchanged=unchanged)


def rehearse(
    span: Span, judged: str, lasting: timedelta, parameters: dict[str, Any]
) -> list[Episode]:
    """Episodes that would have fired; by the means of hours where there are too many values."""
    known = {"start": span.start, "end": span.end, "lasting": lasting}
    given = {**span.subjects.parameters, **known, **parameters}
    source, columns, only = HOURS if counted(span) > MANY else RAW
    sql = REHEARSE.format(
        subjects=span.subjects.sql,
        gap=fold.GAP,
        source=source,
        columns=columns,
        only=only,
        judged=judged,
    )
    return [one for one in fold.episodes(sql, given, fold.number_found) if one.fired]


def counted(span: Span) -> int:
    """About how many values the subjects have in the span."""
    sql = COUNTED.format(subjects=span.subjects.sql)
    known = {"start": span.start, "end": span.end}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**span.subjects.parameters, **known})
        return int(cursor.fetchone()[0])
