"""Geometries of rows: read many at once, and turned the way GeoJSON wants them."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import shapely

from stadtkern.kernel.catalogue.models import Version

POINT: Final = ["Point"]
SURFACES: Final = {"Polygon", "MultiPolygon", "GeometryCollection"}


def kinds(version: Version) -> list[str]:
    """Types of geometries that occur, by GeoJSON's names; empty where nobody knows."""
    found: list[str] = version.statistics.get("geometry", [])
    return found


def are_points(version: Version) -> bool:
    """Whether all geometries are points."""
    return kinds(version) == POINT


def parsed(texts: Sequence[str | None]) -> Any:
    """GeoJSON texts as an array of shapely's geometries, None where there is none."""
    given = np.array(list(texts) or [None], dtype=object)[: len(texts)]
    return shapely.from_geojson(given, on_invalid="ignore")


def wound(text: str) -> str:
    """Outer rings counterclockwise, inner ones clockwise (RFC 7946, 3.1.6)."""
    told: str = shapely.to_geojson(
        shapely.orient_polygons(shapely.from_geojson(text), exterior_cw=False)
    )
    return told


def winding(version: Version) -> Callable[[str], str]:
    """What a geometry of this table needs before it is shown: points and lines nothing."""
    known = kinds(version)
    return wound if not known or SURFACES & set(known) else str
