"""The coverage map: what was heard from each hexagon, and from whom it may be told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from stadtkern.kernel.contract import State
from stadtkern.kernel.devices.coverage import cells, signal

# A private thing's device is on no public map. One that tells its position moves with somebody, so
# it is only where staff say that it was sent out to measure.
MEASURING = "coverage"
PUBLIC_DEVICE = f"""
  g.own and (not h.moving or d.labels @> '["{MEASURING}"]'::jsonb)
  and exists (select from things_thing t where t.id = d.thing_id
    and not exists (select from things_project p where p.id = t.project_id and not p.public)
    and (exists (select from things_datastream s where s.thing_id = t.id and s.public)
         or not exists (select from things_datastream s where s.thing_id = t.id)))
"""  # noqa: S608  a constant of ours

# The middle is that of the devices' days, each at the gateway that heard it best that day: else a
# place would look the worse the more far gateways hear it.
AREAS = """
with rows as (
  select {cell} as area, h.* from devices_heard h join devices_gateway g on g.id = h.gateway_id
  join devices_device d on d.id = h.device_id
  where h.day >= %(since)s and h.day <= %(until)s and h.cell <> 0 and h.levels > 0
    and (%(gateway)s::bigint is null or h.gateway_id = %(gateway)s) and {who}
), days as (
  select area, max(rssi_sum / levels) as rssi, max(snr_sum / levels) as snr
  from rows group by area, device_id, day
), middle as (
  select area, percentile_cont(0.5) within group (order by rssi) as rssi,
    percentile_cont(0.5) within group (order by snr) as snr from days group by area
)
select r.area, sum(r.levels)::bigint, count(distinct r.device_id), count(distinct r.gateway_id),
  max(r.rssi_best), max(r.snr_best), m.rssi, m.snr, max(r.worst_sf), max(r.last)
from rows r join middle m using (area) group by r.area, m.rssi, m.snr order by r.area
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """One hexagon. RSSI in dBm, SNR in dB; the middle one is the median of the devices' days."""

    cell: int
    heard: int
    devices: int
    gateways: int
    rssi: float
    snr: float
    middle_rssi: float
    middle_snr: float
    worst_sf: int | None
    last: datetime

    @property
    def name(self) -> str:
        """Its H3 index as people write it."""
        return cells.name_of(self.cell)

    @property
    def state(self) -> State:
        """The class of its best reception."""
        return signal.class_of(self.rssi, self.snr)

    @property
    def few(self) -> bool:
        """Whether it was measured too seldom to be relied upon."""
        return self.heard < signal.FEW


def areas(
    since: date,
    until: date,
    *,
    gateway: int | None = None,
    public: bool = False,
    resolution: int = cells.FINE,
) -> list[Area]:
    """What was heard from each hexagon between these days, both included; one query.

    `public` leaves private things, moving devices and gateways of others out.
    """
    statement = AREAS.format(
        cell=cells.sql_at(resolution, "h.cell"), who=PUBLIC_DEVICE if public else "true"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {"since": since, "until": until, "gateway": gateway})
        return [Area(**dict(zip(Area.__slots__, row, strict=True))) for row in cursor]


def geojson(
    found: Iterable[Area], text: Callable[[Area], str], *, public: bool = False
) -> dict[str, Any]:
    """A FeatureCollection of hexagons; `text` says each of them in words.

    The public sees neither how many devices there are in a hexagon nor the hour of the last one.
    """
    return {
        "type": "FeatureCollection",
        "features": [_feature(area, text(area), public=public) for area in found],
    }


def _feature(area: Area, text: str, *, public: bool) -> dict[str, Any]:
    inner = {} if public else {"devices": area.devices, "last": area.last.isoformat()}
    return {
        "type": "Feature",
        "id": cells.name_of(area.cell),
        "geometry": cells.outline(area.cell),
        "properties": {
            "state": area.state,
            "few": area.few,
            "text": text,
            "receptions": area.heard,
            "gateways": area.gateways,
            "rssi_best": round(area.rssi, 1),
            "snr_best": round(area.snr, 1),
            "rssi_median": round(area.middle_rssi, 1),
            "snr_median": round(area.middle_snr, 1),
            "spreading_factor_worst": area.worst_sf,
            "last_day": area.last.date().isoformat(),
            **inner,
        },
    }
