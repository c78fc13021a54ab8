"""Keeps what each gateway hears: its load by the hour, and each device's reception by the day."""

from collections.abc import Sequence
from typing import Any

from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.tally import Tally, edge
from stadtkern.kernel.things import store
from stadtkern.kernel.things.packing import Column, Doubles, Instants, Longs, Shorts, Texts
from stadtkern.kernel.things.series import city_zone

# The columns of the statements below, in their order.
LOAD_COLUMNS: tuple[type[Column], ...] = (
    *(Texts, Instants, Instants, Doubles, Doubles), *[Longs] * 10,
)  # fmt: skip
HEARD_COLUMNS: tuple[type[Column], ...] = (
    *(Longs, Longs, Texts, Longs, Shorts), *[Longs] * 5, *[Doubles] * 4, Shorts, Instants,
)  # fmt: skip

LOADS = """
with load as (
  select * from unnest(%s::text[], %s::timestamptz[], %s::timestamptz[], %s::float8[], %s::float8[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
  as l (eui, hour, last, lon, lat, heard, best, alone, airtime, sf7, sf8, sf9, sf10, sf11, sf12)
), known as (
  insert into devices_gateway as g (eui, name, own, last_seen, lon, lat, created)
  select eui, '', false, max(last), max(lon), max(lat), now() from load group by eui order by eui
  on conflict (eui) do update set last_seen = greatest(g.last_seen, excluded.last_seen),
    lon = coalesce(excluded.lon, g.lon), lat = coalesce(excluded.lat, g.lat)
  returning id, eui
), counted as (
insert into devices_gatewayhour as h (gateway_id, hour, heard, best, alone, airtime,
  sf7, sf8, sf9, sf10, sf11, sf12)
select known.id, hour, heard, best, alone, airtime, sf7, sf8, sf9, sf10, sf11, sf12
from load join known using (eui) order by known.id, hour
on conflict (gateway_id, hour) do update set heard = h.heard + excluded.heard,
  best = h.best + excluded.best, alone = h.alone + excluded.alone,
  airtime = h.airtime + excluded.airtime, sf7 = h.sf7 + excluded.sf7, sf8 = h.sf8 + excluded.sf8,
  sf9 = h.sf9 + excluded.sf9, sf10 = h.sf10 + excluded.sf10, sf11 = h.sf11 + excluded.sf11,
  sf12 = h.sf12 + excluded.sf12
returning 1) select count(*) from counted
"""

HEARD = """
with counted as (
insert into devices_heard as h (day, device_id, gateway_id, cell, moving, heard, best, alone,
  airtime, levels, rssi_best, rssi_sum, snr_best, snr_sum, worst_sf, last)
select date '2000-01-01' + r.day::integer, r.device, g.id, r.cell, r.moving <> 0,
  r.heard, r.best, r.alone, r.airtime, r.levels, r.rssi_best, r.rssi_sum, r.snr_best, r.snr_sum,
  r.worst_sf, r.last
from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::smallint[], %s::bigint[],
  %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::float8[], %s::float8[],
  %s::float8[], %s::float8[], %s::smallint[], %s::timestamptz[])
as r (day, device, eui, cell, moving, heard, best, alone, airtime, levels, rssi_best, rssi_sum,
  snr_best, snr_sum, worst_sf, last)
join devices_gateway g on g.eui = r.eui
order by r.device, r.day, g.id, r.cell
on conflict (device_id, day, gateway_id, cell) do update set
  heard = h.heard + excluded.heard, best = h.best + excluded.best, alone = h.alone + excluded.alone,
  airtime = h.airtime + excluded.airtime, levels = h.levels + excluded.levels,
  rssi_best = greatest(h.rssi_best, excluded.rssi_best), rssi_sum = h.rssi_sum + excluded.rssi_sum,
  snr_best = greatest(h.snr_best, excluded.snr_best), snr_sum = h.snr_sum + excluded.snr_sum,
  worst_sf = greatest(h.worst_sf, excluded.worst_sf), last = greatest(h.last, excluded.last),
  moving = h.moving or excluded.moving
returning 1) select count(*) from counted
"""


def note(judged: Sequence[Judged]) -> None:
    """Count these uplinks, in the caller's transaction; they must be new, or they count twice.

    Two statements for any number of messages. Rows are taken in one order, after those of the
    devices, or two batches could wait for each other.
    """
    tally = Tally(city_zone(), edge())
    for one in judged:
        if one.event.event == "up" and one.event.gateways and not one.event.problem:
            tally.add(one)
    if tally.loads:
        store.fetch(LOADS, _columns(LOAD_COLUMNS, tally.loads))
    if tally.heard:
        store.fetch(HEARD, _columns(HEARD_COLUMNS, tally.heard))


def _columns(kinds: Sequence[type[Column]], rows: dict[Any, Any]) -> list[Column | None]:
    table = zip(*((*key, *one.row()) for key, one in rows.items()), strict=True)
    return [kind.of(list(column)) for kind, column in zip(kinds, table, strict=True)]
