"""What car parks are called whose number the operator tells, with memory like those we count."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from stadtkern.systems.parking.bays import COUNT
from stadtkern.systems.parking.logic.counting import FREE, TREND_OVER, TREND_REACH
from stadtkern.systems.parking.logic.states import named, trend_of
from stadtkern.systems.parking.logic.tallies import whole
from stadtkern.systems.parking.models import Site

# The newest number of each, and the one before that its trend is reckoned from.
NUMBERS = """
select distinct on (s.id) s.id, l.value, e.value
from parking_site s
join things_thing t on t.place_id = s.place_id and t.kind = %(count)s
join things_datastream d on d.thing_id = t.id
join things_observedproperty p on p.id = d.observed_property_id and p.slug = %(free)s
join things_latest l on l.datastream_id = d.id and l.value is not null
left join lateral (
  select o.value from things_observation o
  where o.datastream_id = d.id and o.at <= l.at - %(over)s and o.at > l.at - %(reach)s
    and o.value is not null and o.quality < 3
  order by o.at desc, o.id desc limit 1
) e on true
where s.id = any (%(sites)s)
order by s.id, d.id
"""


def remember_told(sites: Iterable[Site]) -> int:
    """Keep what these are called now and whether they fill; returns how many changed.

    Two statements for any number of car parks; the caller holds their rows.
    """
    by_key = {one.pk: one for one in sites}
    changed = [
        by_key[key] for key, free, earlier in _numbers(list(by_key))
        if _change(by_key[key], free, earlier)
    ]  # fmt: skip
    Site.objects.bulk_update(changed, ["state", "trend"])
    return len(changed)


def _numbers(keys: Sequence[int]) -> list[tuple[int, float, float | None]]:
    figures: dict[str, Any] = {
        "sites": keys, "count": COUNT, "free": FREE, "over": TREND_OVER, "reach": TREND_REACH,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, figures)
        return list(cursor.fetchall())


def _change(site: Site, free: float, earlier: float | None) -> bool:
    count = whole(site.capacity, free)
    state = named(site.state, count.free, count.known, site) if count.known else ""
    before, site.state = site.state, state
    was, site.trend = site.trend, trend_of(count.free, earlier, site.capacity)
    return (before, was) != (site.state, site.trend)
