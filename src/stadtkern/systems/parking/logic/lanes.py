"""How many vehicles are inside, from the running totals of the counters at the lanes.

Nothing is added up on the way: whenever it is asked, all that was stored since the last calibration
is read in the order of its instants. Late, repeated and shuffled messages end in the same count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from stadtkern.systems.parking.models import Calibration, Site

COUNTER_A, COUNTER_B = "passed_a", "passed_b"
# One vehicle a second in a lane, and some more for messages that were sent together.
FASTEST, SLACK = 1.0, 20
# Of the message that came after a count by hand only the share of its time after it is counted:
# whoever counted saw the vehicles before. A night's count is that of the counters themselves and
# takes the whole.
# From the last tenth of a counter to its first: it wrapped around. Anything else that falls began
# again at zero, as counters do when their battery is changed.
PASSED = """
with streams as (
  select d.id, l.wraps_at as wraps,
    case when l.direction = 'out' or p.slug = %(b)s then -1 else 1 end as way
  from parking_lane l
  join things_datastream d on d.thing_id = l.thing_id
  join things_observedproperty p on p.id = d.observed_property_id
  where l.site_id = %(site)s and (p.slug = %(a)s or (p.slug = %(b)s and l.direction = 'both'))
), told as (
  select s.id, s.way, s.wraps, o.at, o.oid, o.value from streams s cross join lateral (
    (select at, id as oid, value from things_observation
     where datastream_id = s.id and at <= %(since)s and value is not null and quality < 3
     order by at desc, id desc limit 1)
    union all
    (select at, id, value from things_observation
     where datastream_id = s.id and at > %(since)s and at <= %(until)s
       and value is not null and quality < 3)
  ) o
), steps as (
  select id, way, at, wraps, value, lag(value) over w as before, lag(at) over w as before_at
  from told window w as (partition by id order by at, oid)
), passed as (
  select id, way, at, extract(epoch from at - before_at) as seconds, case
    when before is null then 0
    when value >= before then value - before
    when before > 0.9 * wraps and value < 0.1 * wraps then value + wraps - before
    else value end as n,
    case when %(seen)s and before_at < %(since)s
      then extract(epoch from at - %(since)s) / extract(epoch from at - before_at)
      else 1 end as share
  from steps where at > %(since)s
)
select
  round(coalesce(sum(n * share) filter (
    where way > 0 and n <= seconds * %(fast)s + %(slack)s), 0)::numeric)::bigint,
  round(coalesce(sum(n * share) filter (
    where way < 0 and n <= seconds * %(fast)s + %(slack)s), 0)::numeric)::bigint,
  coalesce(max(n) filter (where n > seconds * %(fast)s + %(slack)s), 0)::bigint,
  (select min(newest) from (
     select max(told.at) as newest from streams s left join told on told.id = s.id group by s.id
   ) as spoken having count(*) = count(newest)),
  (select count(*) from streams)
from passed
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Passed:
    """What passed since a calibration, and when the lane that is quiet the longest spoke.

    `jump` is the largest step that no traffic explains; it is not counted. `heard` is None where a
    lane has never said anything, and where there is no lane.
    """

    into: int
    out: int
    jump: int
    heard: datetime | None
    lanes: int


def passed(site: Site, start: Calibration, until: datetime) -> Passed:
    """What the lanes of a site counted after a calibration, up to and with `until`. One query."""
    figures: dict[str, Any] = {
        "site": site.pk, "since": start.at, "until": until, "a": COUNTER_A, "b": COUNTER_B,
        "fast": FASTEST, "slack": SLACK, "seen": start.source == "manual",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PASSED, figures)
        into, out, jump, heard, lanes = cursor.fetchone()
    return Passed(into=into, out=out, jump=jump, heard=heard, lanes=lanes)


def last_calibration(site: Site, at: datetime) -> Calibration | None:
    """The newest one up to then."""
    return Calibration.objects.filter(site=site, at__lte=at).order_by("-at", "-id").first()


@dataclass(frozen=True, kw_only=True, slots=True)
class Inside:
    """How many vehicles should be inside; may be less than none, since counters miss some."""

    occupied: int
    since: Calibration
    passed: Passed


def inside(site: Site, at: datetime) -> Inside | None:
    """The count at an instant; None where nobody ever said how many were inside at the start."""
    start = last_calibration(site, at)
    if start is None:
        return None
    found = passed(site, start, at)
    return Inside(occupied=start.occupied + found.into - found.out, since=start, passed=found)


def courses(site: Site, start: Calibration, instants: Sequence[datetime]) -> list[int]:
    """The count at each of these instants, all from one calibration."""
    found = (passed(site, start, at) for at in instants)
    return [start.occupied + one.into - one.out for one in found]
