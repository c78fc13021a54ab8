"""Compares what was said with what came: the only measure of a forecast that counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Sum

from stadtkern.kernel import registry
from stadtkern.systems.parking.forecasting import bands
from stadtkern.systems.parking.models.forecast import Forecast, Foretold, Score

# Minutes ahead that are compared; one forecast of each quarter of an hour.
COMPARED = (15, 30, 60, 1440)
KEPT = timedelta(days=400)
# A count must be this near to the instant, or there is nothing to compare with.
NEAR = timedelta(minutes=10)

# What was counted at the instant: the mean of its quarter, as forecasts mean it. Rows whose
# quarter is over are taken out and added to the day's sums in one statement; a second run finds
# none of them any more.
COMPARE = """
with due as (
  delete from parking_foretold where at <= %(over)s
  returning site_id, minutes, at, free, low, high, last
), seen as (
  select due.*, (due.at at time zone %(zone)s)::date as day, o.value from due
  join parking_site s on s.id = due.site_id
  cross join lateral (
    select avg(x.value) as value from things_observation x
    where x.datastream_id = (
        select d.id from things_datastream d join things_thing t on t.id = d.thing_id
        join things_observedproperty p on p.id = d.observed_property_id
        where t.place_id = s.place_id and t.kind = %(kind)s and p.slug = %(slug)s
          and not d.multi order by d.id limit 1)
      and x.at >= due.at and x.at < due.at + interval '15 minutes'
      and x.value is not null and x.quality < 3
  ) o where o.value is not null
)
insert into parking_score as old (site_id, minutes, day, n, off, last_off, held)
select site_id, minutes, day, count(*), sum(abs(value - free)), sum(abs(value - last)),
       count(*) filter (where value between floor(low) and ceil(high))
from seen group by site_id, minutes, day order by site_id, minutes, day
on conflict (site_id, minutes, day) do update set n = old.n + excluded.n,
  off = old.off + excluded.off, last_off = old.last_off + excluded.last_off,
  held = old.held + excluded.held
"""


def keep(made: Sequence[Forecast], present: Mapping[int, int | None]) -> None:
    """Note what these forecasts say of the compared distances; the first of a quarter stands."""
    rows = [
        _foretold(one, minutes, last)
        for one in made
        for minutes in COMPARED
        if (last := present[one.site_id]) is not None and one.free[minutes // 15 - 1] is not None
    ]
    Foretold.objects.bulk_create(rows, ignore_conflicts=True)


def _foretold(one: Forecast, minutes: int, last: int) -> Foretold:
    step = minutes // 15 - 1
    quantities = one.quantities[step]
    return Foretold(
        site_id=one.site_id, minutes=minutes, at=one.begins + step * timedelta(minutes=15),
        free=one.free[step], low=quantities[bands.LOW], high=quantities[bands.HIGH], last=last,
    )  # fmt: skip


def compare(now: datetime) -> int:
    """Compare what is due and forget days that are too old; how many sums were touched."""
    said: dict[str, datetime | str] = {
        "over": now - timedelta(minutes=15) - NEAR, "zone": registry.city().city.time_zone,
        "kind": "parking.count", "slug": "free_bays",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COMPARE, said)
        touched = int(cursor.rowcount)
    Score.objects.filter(day__lt=(now - KEPT).date()).delete()
    return touched


def totals(since: datetime) -> dict[tuple[int, int], dict[str, float]]:
    """By site and minutes ahead: `n`, and mean errors in spaces, and the share held."""
    rows = (
        Score.objects.filter(day__gte=since.date())
        .values("site", "minutes")
        .annotate(all=Sum("n"), off_all=Sum("off"), last_all=Sum("last_off"), held_all=Sum("held"))
        .filter(all__gt=0)
        .order_by("site", "minutes")
    )
    return {
        (row["site"], row["minutes"]): {
            "n": row["all"], "off": row["off_all"] / row["all"],
            "last_off": row["last_all"] / row["all"], "held": row["held_all"] / row["all"],
        }
        for row in rows
    }  # fmt: skip
