"""Which points lie near which, by a grid: no point is compared with all others."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from math import cos, hypot, radians
from typing import Final

Spot = tuple[float, float]
# Metres in a degree of latitude.
DEGREE: Final = 111_320.0


def distance(one: Spot, two: Spot) -> float:
    """Metres between two near points (longitude, latitude)."""
    east = (one[0] - two[0]) * cos(radians(one[1]))
    return hypot(east, one[1] - two[1]) * DEGREE


def around(
    spots: Mapping[int, Spot], reach: float
) -> Iterator[tuple[int, list[tuple[float, int]]]]:
    """Each point with its distance in metres to every other one within reach, and which it is."""
    up = reach / DEGREE
    across = up / max(0.2, cos(radians(max((abs(lat) for _, lat in spots.values()), default=0))))
    grid: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, (lon, lat) in spots.items():
        grid[int(lon // across), int(lat // up)].append(index)
    for index, (lon, lat) in spots.items():
        x, y = int(lon // across), int(lat // up)
        cells = (grid.get((x + i, y + j), ()) for i in (-1, 0, 1) for j in (-1, 0, 1))
        near = [(distance(spots[index], spots[one]), one) for cell in cells for one in cell]
        yield index, [pair for pair in near if pair[1] != index and pair[0] <= reach]
