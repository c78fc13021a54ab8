"""Where a device says it is, by the names that codecs give to a position."""

from collections.abc import Iterator, Mapping
from typing import Any

NAMES = (("longitude", "latitude"), ("lon", "lat"), ("lng", "lat"))
# Cayenne LPP as The Things Stack and ChirpStack name it, and what other codecs call it.
WITHIN = ("gps", "position", "location", "gpsLocation", "gps_location")


def position_of(data: Mapping[str, Any]) -> tuple[float, float] | None:
    """Longitude and latitude in degrees; None without a fix, which devices send as 0, 0."""
    for group in _groups(data):
        for lon_name, lat_name in NAMES:
            if (found := _pair(group.get(lon_name), group.get(lat_name))) is not None:
                return found
    return None


def _groups(data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield data
    for name, value in data.items():
        if isinstance(value, Mapping) and (name in WITHIN or name.startswith("gps")):
            yield value
            yield from (inner for inner in value.values() if isinstance(inner, Mapping))


def _pair(lon: Any, lat: Any) -> tuple[float, float] | None:
    if not (_is_number(lon) and _is_number(lat)) or (lon == 0 and lat == 0):
        return None
    return (float(lon), float(lat)) if abs(lon) <= 180 and abs(lat) <= 90 else None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
