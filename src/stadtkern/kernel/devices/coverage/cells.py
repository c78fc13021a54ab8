"""The hexagons of the coverage map: H3 indexes as 64-bit integers."""

from functools import lru_cache
from typing import Any

import h3.api.basic_int as h3  # type: ignore[import-untyped]

# About 0.1 km² (edges of 200 m): what a gateway hears varies little within, and GPS is far finer.
# At 10 a city would need thousands of drives to fill its map; at 8 a weak street would hide.
FINE = 9
# About 0.7 km²: no front door can be told from it. What the public sees.
COARSE = 8
NOWHERE = 0
_RESOLUTION_AT, _DIGIT = 52, 3


@lru_cache(maxsize=16_384)  # most devices stand still
def cell_at(lon: float, lat: float) -> int:
    """The hexagon at this longitude and latitude (degrees)."""
    return int(h3.latlng_to_cell(lat, lon, FINE))


def name_of(cell: int) -> str:
    """The index as people write it, in hexadecimal."""
    return str(h3.int_to_str(cell))


def centre(cell: int) -> tuple[float, float]:
    """Longitude and latitude of the middle, in degrees."""
    lat, lon = h3.cell_to_latlng(cell)
    return lon, lat


def outline(cell: int) -> dict[str, Any]:
    """The hexagon as a GeoJSON polygon, counter-clockwise and closed (RFC 7946, 3.1.6)."""
    ring = [[round(lon, 6), round(lat, 6)] for lat, lon in h3.cell_to_boundary(cell)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def sql_at(resolution: int, column: str) -> str:
    """SQL for the coarser hexagon around a FINE one (H3 index layout: bits 52 to 55, 3 a digit)."""
    if resolution == FINE:
        return column
    digits = sum(7 << (_DIGIT * (15 - digit)) for digit in range(resolution + 1, FINE + 1))
    kept = f"({column} & ~(15::bigint << {_RESOLUTION_AT}))"
    return f"({kept} | ({resolution}::bigint << {_RESOLUTION_AT}) | {digits}::bigint)"
