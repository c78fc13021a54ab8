"""The area that a dataset covers: the box of its tables' geometries."""

from typing import Any, Final

from django.db import connection
from psycopg import sql

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.columns import geometry_of
from stadtkern.kernel.catalogue.files.coordinates import NEAR, Box
from stadtkern.kernel.catalogue.models import Dataset, Version
from stadtkern.kernel.catalogue.tables.names import BOX, relation

EVERYWHERE: Final[Box] = (-180, -90, 180, 90)


def cover(dataset: Dataset) -> None:
    """Set the dataset's area from its current tables; without positions it stays as it is."""
    versions = Version.objects.filter(resource__dataset=dataset, current=True)
    boxes = [box for one in versions if (box := box_of(one))]
    if not boxes:
        return
    whole = (
        min(one[0] for one in boxes), min(one[1] for one in boxes),
        max(one[2] for one in boxes), max(one[3] for one in boxes),
    )  # fmt: skip
    dataset.geometry = rectangle(whole)
    dataset.save(update_fields=["geometry", "west", "south", "east", "north"])


def box_of(version: Version) -> Box | None:
    """West, south, east, north of its shapes; None where it has none.

    One wrong position would stretch the box over half the earth: what is far from the city does
    not count, unless everything is.
    """
    if geometry_of(version.columns) is None:
        return None
    west, south, east, north = registry.city().city.bounds
    near = (west - NEAR, south - NEAR, east + NEAR, north + NEAR)
    return _box(version, near) or _box(version, EVERYWHERE)


def _box(version: Version, within: Box) -> Box | None:
    west, south, east, north = within
    statement = sql.SQL(
        "select min(({box}[1])[0]), min(({box}[1])[1]), max(({box}[0])[0]), max(({box}[0])[1]) "
        "from {} where {box} && box(point(%s, %s), point(%s, %s))"
    ).format(relation(version), box=sql.Identifier(BOX))
    with connection.cursor() as cursor:
        cursor.execute(statement, [east, north, west, south])
        found = cursor.fetchone()
    return None if found is None or found[0] is None else found


def rectangle(box: Box) -> dict[str, Any]:
    """A box as a GeoJSON polygon, counter-clockwise; a point gets a few metres of room."""
    west, south, east, north = box
    if west == east or south == north:
        west, south, east, north = west - 1e-4, south - 1e-4, east + 1e-4, north + 1e-4
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
