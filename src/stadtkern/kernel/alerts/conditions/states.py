"""Looking at what is kept of devices and gateways: one statement over all of them."""

import json
from datetime import datetime, timedelta
from typing import Any, LiteralString

from django.db import connection

from stadtkern.kernel import registry
from stadtkern.kernel.alerts.conditions import fold
from stadtkern.kernel.alerts.conditions.condition import Episode, Look, Looked, Span

# `judged`: id, since, fired, holds, cleared (when it ended, if it does not hold), found. It may
# join `open`, the alerts that stand, to tell the beginning from the rest.
LOOK = """
with subjects as materialized ({subjects}), open as materialized (
  select a.{column} as id, max(a.since) as since from alerts_alert a
  where a.rule_id = %(rule)s and (a.state in ('pending', 'firing') or a.until_clear) group by 1
), judged as ({judged})
select j.id, case when j.holds then j.since else o.since end, case when j.holds then j.fired
    else o.since end, case when not j.holds then greatest(j.cleared, o.since) end, j.found
from judged j left join open o on o.id = j.id
where j.holds or o.id is not null
order by j.id
"""
# Days of devices as a series: `day_value` and the marks come from the condition.
DAYS = """
with subjects as materialized ({subjects}), judged as (
  select y.device_id as subject, (y.day::timestamp at time zone %(zone)s) as at, y.id,
    {value} as value, null::float8 as also, interval '1000 days' as gap,
    {mark} as mark, {excess} as excess
  from devices_deviceday y
  where y.device_id in (select id from subjects) and {value} is not null
    and y.day >= (%(start)s at time zone %(zone)s)::date and y.day < %(end)s::date
)
"""


def look(look: Look, judged: LiteralString, parameters: dict[str, Any]) -> Looked:
    """What holds for each subject now, and what has ended of what was open."""
    sql = LOOK.format(subjects=look.subjects.sql, column=look.subjects.column, judged=judged)
    known: dict[str, Any] = {"rule": look.rule, "now": look.now}
    with connection.cursor() as cursor:
        cursor.execute(sql, {**look.subjects.parameters, **known, **parameters})
        return Looked(episodes=[_episode(*row) for row in cursor.fetchall()])


def _episode(
    subject: int, since: datetime, fired: datetime, ended: datetime | None, found: str
) -> Episode:
    return Episode(
        subject=subject, since=min(since, fired), fired=fired, ended=ended, found=json.loads(found)
    )


def rehearse_days(
    span: Span, value: LiteralString, mark: str, excess: LiteralString, parameters: dict[str, Any]
) -> list[Episode]:
    """Episodes out of what is kept of each day."""
    sql = DAYS.format(subjects=span.subjects.sql, value=value, mark=mark, excess=excess)
    known = {
        "start": span.start, "end": span.end, "lasting": timedelta(),
        "zone": registry.city().city.time_zone,
    }  # fmt: skip
    given = {**span.subjects.parameters, **known, **parameters}
    return [one for one in fold.episodes(sql, given, fold.number_found) if one.fired]
