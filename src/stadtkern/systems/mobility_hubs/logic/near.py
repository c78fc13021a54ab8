"""Distances on foot-size areas, in metres."""

from math import cos, hypot, radians
from typing import Final

METRES_A_DEGREE: Final = 111_320.0


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Between two points in WGS 84, on a plane: right to a metre within a few kilometres."""
    east = (other_lon - lon) * METRES_A_DEGREE * cos(radians(lat))
    return hypot(east, (other_lat - lat) * METRES_A_DEGREE)
