"""Which datastreams of a property stand near others, and what they said at a moment."""

from collections.abc import Sequence
from datetime import datetime

from stadtkern.kernel.things.quality.scope import ask

# Metres on the ground, close enough within a city: a degree of latitude has 111,195 m.
_NEAR = """
with stands as (
  select d.id, d.observed_property_id, d.unit_symbol, d.thing_id, p.id as place,
         (p.west + p.east) / 2 as x, (p.south + p.north) / 2 as y
  from things_datastream d join things_thing t on t.id = d.thing_id
  left join places_place p on p.id = t.place_id
  where not d.multi
)
select s.id, o.id
from unnest(%s::bigint[], %s::float8[], %s::text[]) as g (d, metres, property)
join stands s on s.id = g.d
join stands o on o.id <> s.id and (
    g.property = '' and o.observed_property_id = s.observed_property_id
      and o.unit_symbol is not distinct from s.unit_symbol and o.thing_id <> s.thing_id
    or o.observed_property_id in (select p.id from things_observedproperty p
      where p.slug = any (string_to_array(g.property, ' '))))
cross join lateral (
  select case when o.thing_id = s.thing_id or o.place = s.place then 0 else 111195 * sqrt(
    power(o.y - s.y, 2) + power((o.x - s.x) * cos(radians(s.y)), 2)) end as metres
) away
where away.metres <= g.metres
order by s.id, away.metres, o.id
"""
_THEN = """
select s.n, o.value
from unnest(%s::integer[], %s::bigint[], %s::timestamptz[], %s::float8[]) as s (n, d, a, seconds)
cross join lateral (
  select value from things_observation
  where datastream_id = s.d and value is not null and quality < 2
    and at between s.a - s.seconds * interval '1 second' and s.a + s.seconds * interval '1 second'
  order by abs(extract(epoch from at - s.a)) limit 1) o
"""


def near(asked: Sequence[tuple[int, float, str]]) -> dict[int, list[int]]:
    """For each datastream, those within some metres, nearest first.

    Of the properties with these slugs, parted by blanks; with none, of the same property and unit.
    """
    found: dict[int, list[int]] = {}
    for stream, other in ask(_NEAR, list(zip(*asked, strict=True))):
        found.setdefault(stream, []).append(other)
    return found


def values_then(asked: Sequence[tuple[int, int, datetime, float]]) -> dict[int, list[float]]:
    """For `(place, datastream, instant, seconds)`: the trusted value nearest in time, by place."""
    found: dict[int, list[float]] = {}
    for place, value in ask(_THEN, list(zip(*asked, strict=True))):
        found.setdefault(place, []).append(value)
    return found
