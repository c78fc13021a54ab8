"""What lies near an office: stops to go by bus or train."""

from dataclasses import dataclass
from math import cos, hypot, radians

from stadtkern.kernel.places.models import Landmark, Place

METRES_A_DEGREE = 111_320.0
FAR = 800.0
MOST = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """A stop or station, so many metres away as the crow flies."""

    name: str
    metres: int


def stops(place: Place | None) -> list[Stop]:
    """The nearest stops within 800 metres, each name once."""
    if place is None or place.lon is None or place.lat is None:
        return []
    high = FAR / METRES_A_DEGREE
    wide = high / cos(radians(place.lat))
    rows = Landmark.objects.filter(
        lon__range=(place.lon - wide, place.lon + wide),
        lat__range=(place.lat - high, place.lat + high),
    ).values_list("name", "lon", "lat")
    found = sorted((_metres(place, lon, lat), name) for name, lon, lat in rows)
    near: dict[str, Stop] = {}
    for metres, name in found:
        if metres <= FAR:
            near.setdefault(name, Stop(name=name, metres=round(metres / 10) * 10))
    return list(near.values())[:MOST]


def _metres(place: Place, lon: float, lat: float) -> float:
    assert place.lon is not None
    assert place.lat is not None
    east = (lon - place.lon) * METRES_A_DEGREE * cos(radians(lat))
    return hypot(east, (lat - place.lat) * METRES_A_DEGREE)
