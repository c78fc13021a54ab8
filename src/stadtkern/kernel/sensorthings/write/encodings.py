"""Locations and features in the encoding they come in: GeoJSON is understood, the rest is kept."""

import re
from typing import Any

from shapely.errors import ShapelyError
from shapely.geometry import shape

from stadtkern.kernel.places.models import Located, box_of
from stadtkern.kernel.sensorthings.problem import Problem

_GEOJSON = re.compile(r"application/(vnd\.)?(geo\+)?json(;.*)?", re.IGNORECASE)


def is_geojson(encoding: str) -> bool:
    """Whether this encodingType means GeoJSON, under any of its names."""
    return _GEOJSON.fullmatch(encoding) is not None


def located(where: str, encoding: str, value: Any) -> dict[str, Any]:
    """Attributes of what lies somewhere: geometry is null where the encoding is another one.

    `described` keeps what came where it is more than a geometry, or none.
    Raises Problem (400): GeoJSON that is none.
    """
    if value is None:
        raise Problem(400, f"{where}: expected a location")
    if not is_geojson(encoding):
        return {"geometry": None, "described": value}
    found = geometry(where, value)
    return {"geometry": found, "described": None if found is value else value}


def shown(row: Located) -> Any:
    """The location of a row as it came."""
    return row.geometry if row.described is None else row.described


def geometry(where: str, value: Any) -> Any:
    """A GeoJSON geometry in WGS 84; of a Feature, its geometry.

    Raises Problem (400): it is none, or does not lie on earth.
    """
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    try:
        if not isinstance(value, dict) or shape(value).is_empty:
            raise Problem(400, f"{where}: expected a GeoJSON geometry")
        west, south, east, north = box_of(value)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ShapelyError):
        raise Problem(400, f"{where}: expected a GeoJSON geometry") from None
    on_earth = (
        west is not None
        and south is not None
        and east is not None
        and north is not None
        and -180 <= west <= east <= 180
        and -90 <= south <= north <= 90
    )
    if not on_earth:
        raise Problem(400, f"{where}: longitude and latitude in degrees, in this order")
    return value
