"""Distances over the ground, and about how long they take on foot: there is no router here."""

from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_000.0
# Ways on foot are longer than the straight line; walking speed in metres a minute (4.8 km/h).
DETOUR = 1.3
WALK = 80.0


def metres(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """The great-circle distance (haversine)."""
    across, up = radians(to_lon - lon), radians(to_lat - lat)
    a = sin(up / 2) ** 2 + cos(radians(lat)) * cos(radians(to_lat)) * sin(across / 2) ** 2
    return 2 * EARTH_M * asin(sqrt(a))


def walk_minutes(straight_m: float) -> float:
    """Minutes on foot for a straight line of so many metres."""
    return straight_m * DETOUR / WALK
