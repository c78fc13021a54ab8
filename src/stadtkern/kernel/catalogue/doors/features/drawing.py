"""Geometries of one page as a small drawing: for people, without a map program."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, radians
from typing import Any, Final

import msgspec
import shapely

from stadtkern.kernel.catalogue.doors import shapes
from stadtkern.kernel.places.models import Area

WIDTH, LOWEST, HIGHEST, EDGE = 800.0, 200.0, 600.0, 16.0
# More points than a drawing can show.
FINE: Final = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A point (`x`, `y`) or a path."""

    x: float = 0
    y: float = 0
    path: str = ""
    filled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """Marks on a sheet of this size, and the city's outline below them."""

    width: float
    height: float
    ground: list[Mark]
    marks: list[Mark]
    credit: str


def draw(texts: list[str | None]) -> Drawing | None:
    """Geometries as GeoJSON texts; nothing where there are no places."""
    if not any(texts):
        return None
    given, (ground, credit) = shapes.parsed(texts), _ground()
    west, south, east, north = (float(n) for n in shapely.total_bounds([*given, *ground]))
    across = cos(radians((south + north) / 2))
    wide, high = max((east - west) * across, 1e-6), max(north - south, 1e-6)
    height = min(max(WIDTH * high / wide, LOWEST), HIGHEST)
    scale = min((WIDTH - 2 * EDGE) / wide, (height - 2 * EDGE) / high)
    left, top = (WIDTH - wide * scale) / 2, (height - high * scale) / 2

    def placed(points: Any) -> Any:
        points[:, 0] = left + (points[:, 0] - west) * across * scale
        points[:, 1] = top + (north - points[:, 1]) * scale
        return points

    def drawn(found: Any) -> list[Mark]:
        moved = shapely.simplify(shapely.transform(found, placed), FINE)
        return [mark for one in moved for mark in _marks(one)]

    return Drawing(
        width=WIDTH, height=round(height), ground=drawn(ground), marks=drawn(given), credit=credit
    )


def _ground() -> tuple[Any, str]:
    """The city's outline with its credit, where one was imported."""
    found = list(Area.objects.filter(kind="city").exclude(geometry=None))
    credits = dict.fromkeys(f"{one.source} ({one.licence})" for one in found)
    texts = [msgspec.json.encode(one.geometry).decode() for one in found]
    return shapes.parsed(texts), "; ".join(credits)


def _marks(shape: Any) -> Iterator[Mark]:
    if shape is None or shape.is_empty:
        return
    for part in shapely.get_parts(shape):
        if part.geom_type == "Point":
            yield Mark(x=round(part.x, 1), y=round(part.y, 1))
        elif part.geom_type == "LineString":
            yield Mark(path=_path(part))
        elif part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
            yield Mark(path="".join(map(_path, rings)), filled=True)


def _path(line: Any) -> str:
    points = [f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(line)]
    return f"M{'L'.join(points)}"
