"""Which zone and which area for permits lie at a position."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from shapely.geometry import Point, shape

from stadtkern.systems.parking_tickets.models import PermitArea, Zone

# Three decimals of a degree are about a hundred metres: enough to tell a street, not a door.
DECIMALS: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """Where somebody stands; both are None outside of what the city manages."""

    zone: Zone | None = None
    area: PermitArea | None = None


def spot(lon: float, lat: float) -> Spot:
    """The zone and the area at a position, in two small index scans."""
    zone = next((one for one in _zones(lon, lat) if _inside(one.place, lon, lat)), None)
    areas = _areas(lon, lat, zone)
    area = next((one for one in areas if _covers(one, zone, lon, lat)), None)
    return Spot(zone=zone, area=area)


def coarse(lon: float | None, lat: float | None) -> tuple[float | None, float | None]:
    """A position as it is kept."""
    if lon is None or lat is None:
        return None, None
    return round(lon, DECIMALS), round(lat, DECIMALS)


def _zones(lon: float, lat: float) -> Any:
    return Zone.objects.filter(active=True, **_box(lon, lat)).select_related("place")


def _areas(lon: float, lat: float, zone: Zone | None) -> Any:
    wanted = Q(**_box(lon, lat)) | Q(zone=zone, zone__isnull=False)
    return PermitArea.objects.filter(wanted, active=True).select_related("place")


def _covers(area: PermitArea, zone: Zone | None, lon: float, lat: float) -> bool:
    if area.place is not None:
        return _inside(area.place, lon, lat)
    return zone is not None and area.zone_id == zone.pk


def _box(lon: float, lat: float) -> dict[str, float]:
    return {"place__west__lte": lon, "place__east__gte": lon,
            "place__south__lte": lat, "place__north__gte": lat}  # fmt: skip


def _inside(place: Any, lon: float, lat: float) -> bool:
    return bool(place.geometry and shape(place.geometry).covers(Point(lon, lat)))
