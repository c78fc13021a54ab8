"""WebMercatorQuad: where a tile lies (OGC 17-083r4, annex D.1)."""

from math import atan, degrees, pi, sinh
from typing import Any, Final

import numpy as np

Box = tuple[float, float, float, float]
HIGHEST: Final = 22
RADIUS: Final = 6_378_137.0
HALF: Final = pi * RADIUS
# Beyond, the square has no place for the earth.
STEEPEST: Final = 85.05112878


def metres(z: int, x: int, y: int, margin: float = 0) -> Box:
    """West, south, east, north in EPSG:3857; `margin` as a share of the tile's side."""
    side = 2 * HALF / 2**z
    west, north = -HALF + x * side, HALF - y * side
    more = side * margin
    return west - more, north - side - more, west + side + more, north + more


def box(z: int, x: int, y: int, margin: float = 0) -> Box:
    """The same in degrees."""
    west, south, east, north = metres(z, x, y, margin)
    return (
        max(-180, degrees(west / RADIUS)), _latitude(south),
        min(180, degrees(east / RADIUS)), _latitude(north),
    )  # fmt: skip


def _latitude(y: float) -> float:
    return degrees(atan(sinh(y / RADIUS)))


def projected(points: Any) -> Any:
    """Degrees into metres, many at once."""
    lats = np.radians(np.clip(points[:, 1], -STEEPEST, STEEPEST))
    return np.column_stack(
        (np.radians(points[:, 0]) * RADIUS, np.log(np.tan(pi / 4 + lats / 2)) * RADIUS)
    )
