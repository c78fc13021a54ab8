"""What the checks found: by property and by datastream, over the last days."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.db import connection

from stadtkern.kernel import clock
from stadtkern.kernel.things.quality.scope import loaded

MOST = 100
# Invalid ones are in no rollup; the others are.
_BY_PROPERTY = """
with doubted as (
  select o.datastream_id, o.quality, o.extra -> 'resultQuality' -> 'reasons' as reasons
  from things_observation o where o.quality >= 2 and o.at > %(since)s
), counted as (
  select d.observed_property_id as property, count(*) filter (where o.quality = 2) as suspect,
         count(*) filter (where o.quality = 3) as invalid
  from doubted o join things_datastream d on d.id = o.datastream_id group by 1
), named as (
  select property, jsonb_object_agg(name, n) as checks from (
    select d.observed_property_id as property, r ->> 'check' as name, count(*) as n
    from doubted o join things_datastream d on d.id = o.datastream_id
    cross join lateral jsonb_array_elements(
      case when jsonb_typeof(o.reasons) = 'array' then o.reasons else '[]' end) r
    where r ? 'check' group by 1, 2) found group by 1
), everything as (
  select d.observed_property_id as property, sum(h.n) as n
  from things_hour h join things_datastream d on d.id = h.datastream_id
  where h.at > %(since)s group by 1
)
select p.id, p.name, coalesce(e.n, 0) + coalesce(c.invalid, 0), coalesce(c.suspect, 0),
       coalesce(c.invalid, 0), coalesce(n.checks, '{}')
from things_observedproperty p
left join everything e on e.property = p.id
left join counted c on c.property = p.id
left join named n on n.property = p.id
where e.n is not null or c.property is not null
order by coalesce(c.invalid, 0) + coalesce(c.suspect, 0) desc, p.name
"""
_STREAMS = """
select d.id, d.name, t.name, count(*) filter (where o.quality = 2) as suspect,
       count(*) filter (where o.quality = 3) as invalid, max(o.at)
from things_observation o
join things_datastream d on d.id = o.datastream_id join things_thing t on t.id = d.thing_id
where o.quality >= 2 and o.at > %s and (%s::bigint is null or d.observed_property_id = %s)
group by d.id, d.name, t.name order by count(*) desc, d.id limit %s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubts:
    """How many observations of a property, or of a datastream, are in doubt."""

    number: int
    name: str
    total: int
    suspect: int
    invalid: int
    checks: dict[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """The part of all that is in doubt, in percent."""
        return 100 * (self.suspect + self.invalid) / self.total if self.total else 0.0


def by_property(length: timedelta) -> list[Doubts]:
    """Every property that was measured in this time, the most doubtful first."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_PROPERTY, {"since": clock.now() - length})
        return [
            Doubts(
                number=row[0],
                name=row[1],
                total=int(row[2]),
                suspect=row[3],
                invalid=row[4],
                checks=_counts(row[5]),
            )
            for row in cursor.fetchall()
        ]


def _counts(given: object) -> dict[str, int]:

    found: dict[str, int] = loaded(given)
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def streams(length: timedelta, observed: int | None) -> list[tuple[Doubts, str]]:
    """The datastreams with the most doubtful observations, each with its thing's name."""
    values = [clock.now() - length, observed, observed, MOST]
    with connection.cursor() as cursor:
        cursor.execute(_STREAMS, values)
        return [
            (Doubts(number=n, name=name, total=0, suspect=suspect, invalid=invalid), thing)
            for n, name, thing, suspect, invalid, _ in cursor.fetchall()
        ]
