"""One vector tile: rows near it, projected, made coarser, cut, encoded. Brings protobuf along."""

from math import ceil
from typing import Any, Final

import mapbox_vector_tile  # noqa: TID253  loaded when a tile is wanted
import numpy as np
import shapely
from django.db import connection
from psycopg import sql

from stadtkern.kernel.catalogue.columns import geometry_of
from stadtkern.kernel.catalogue.doors import shapes
from stadtkern.kernel.catalogue.doors.tiles import grid
from stadtkern.kernel.catalogue.doors.values import plain
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.conditions import boxed
from stadtkern.kernel.catalogue.tables.names import ROW, relation
from stadtkern.kernel.catalogue.tables.read import Fragment

EXTENT: Final = 4096
MARGIN: Final = 64 / EXTENT
# What a phone draws without a stutter; of more, every n-th row is shown.
MOST: Final = 5_000
COUNTED: Final = 500_000
# Texts for a label and a click, not whole essays.
LONGEST: Final = 200


def tile(version: Version, z: int, x: int, y: int) -> bytes:
    """The tile as MVT 2.1, empty where there is nothing."""
    rows, names = _rows(version, grid.box(z, x, y, MARGIN))
    if not rows:
        return b""
    found = _fitted(shapes.parsed([row[1] for row in rows]), z, x, y)
    features = [
        {"geometry": shape, "id": row[0], "properties": _properties(names, row[2:])}
        for shape, row in zip(found, rows, strict=True) if shape is not None and not shape.is_empty
    ]  # fmt: skip
    told: bytes = mapbox_vector_tile.encode(
        [{"name": version.resource.slug, "features": features}],
        default_options={"quantize_bounds": grid.metres(z, x, y), "extents": EXTENT},
    )
    return told


def _rows(version: Version, box: grid.Box) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Number, geometry and values of rows near the tile; of too many, evenly some."""
    shape = geometry_of(version.columns)
    if shape is None:
        return [], []
    names = [one.slug for one in version.columns if one.kind != "geometry"]
    near = boxed(box)
    step = ceil(_count(version, near, box) / MOST) or 1
    statement = sql.SQL("select {} from {} where {} and {} %% %s = 0 limit %s").format(
        sql.SQL(", ").join(map(sql.Identifier, [ROW, shape.slug, *names])),
        relation(version), near.text, sql.Identifier(ROW),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, [*near.values, step, 2 * MOST])
        return list(cursor.fetchall()), names


def _count(version: Version, near: Fragment, box: grid.Box) -> int:
    """How many rows are near; of a tile around everything it is known."""
    own = version.statistics.get("box") or box
    inside = box[0] <= own[0] and box[1] <= own[1] and box[2] >= own[2] and box[3] >= own[3]
    if inside or version.rows <= MOST:
        return version.rows
    statement = sql.SQL("select count(*) from (select from {} where {} limit %s) near")
    with connection.cursor() as cursor:
        cursor.execute(statement.format(relation(version), near.text), [*near.values, COUNTED])
        return int(cursor.fetchone()[0])


def _fitted(found: Any, z: int, x: int, y: int) -> Any:
    """In metres, no finer than the tile's grid, cut at its margin."""
    west, south, east, north = grid.metres(z, x, y, MARGIN)
    moved = shapely.transform(found, grid.projected)
    fine = (east - west) / EXTENT
    points = shapely.get_type_id(moved) == shapely.GeometryType.POINT
    coarse = np.where(points, moved, shapely.simplify(moved, fine))
    valid = np.where(shapely.is_valid(coarse), coarse, shapely.make_valid(coarse))
    return shapely.clip_by_rect(valid, west, south, east, north)


def _properties(names: list[str], values: tuple[Any, ...]) -> dict[str, Any]:
    """Empty cells are left out: a tile knows no nothing."""
    return {
        name: _short(value)
        for name, value in zip(names, values, strict=True) if value is not None
    }  # fmt: skip


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:LONGEST]
    if isinstance(value, bool | int | float):
        return value
    return str(plain(value))
