"""CQL2's spatial functions: boxes choose, shapely decides, and the answer is a list of rows."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import numpy as np
import shapely
from django.db import connection
from psycopg import sql

from stadtkern.kernel.catalogue.columns import Field, geometry_of
from stadtkern.kernel.catalogue.doors import shapes
from stadtkern.kernel.catalogue.doors.cql.operands import column, wrong
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.conditions import Box, boxed, numbered
from stadtkern.kernel.catalogue.tables.names import BOX, ROW, relation
from stadtkern.kernel.catalogue.tables.read import Fragment

MOST: Final = 50_000
Move = Callable[[Any], Any]
PREDICATES: Final[dict[str, Any]] = {
    "s_intersects": shapely.intersects, "s_equals": shapely.equals, "s_touches": shapely.touches,
    "s_crosses": shapely.crosses, "s_within": shapely.within, "s_contains": shapely.contains,
    "s_overlaps": shapely.overlaps,
}  # fmt: skip
TURNED: Final = {"s_within": "s_contains", "s_contains": "s_within"}
FUNCTIONS: Final = (*PREDICATES, "s_disjoint")


def spatial(
    op: str, args: Any, fields: Mapping[str, Field], version: Version, move: Move
) -> Fragment:
    """A relation between the rows' geometry and a given one. `move` brings that to WGS 84."""
    if not isinstance(args, list) or len(args) != 2:
        raise wrong(f"{op} takes two geometries")
    given, turned = _sides(args, fields)
    geometry = move(shape_of(given))
    if op == "s_disjoint":
        near = decided(version, shapely.intersects, geometry)
        text = sql.SQL("({} is not null and not ({}))").format(sql.Identifier(BOX), near.text)
        return Fragment(text=text, values=near.values)
    predicate = PREDICATES[TURNED.get(op, op) if turned else op]
    return decided(version, predicate, geometry)


def _sides(args: list[Any], fields: Mapping[str, Field]) -> tuple[Any, bool]:
    """The given geometry, and whether it stands first."""
    named = [isinstance(arg, dict) and "property" in arg for arg in args]
    if named.count(True) != 1:
        raise wrong("compare the geometry of the rows with one geometry of your own")
    i = named.index(True)
    if column(fields, args[i]["property"]).kind != "geometry":
        raise wrong(f"“{args[i]['property']}” holds no places")
    return args[1 - i], i == 1


def shape_of(node: Any) -> Any:
    """GeoJSON or a box, as shapely has it."""
    try:
        if isinstance(node, dict) and "bbox" in node:
            numbers = [float(number) for number in node["bbox"]]
            west, south, east, north = (
                numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
            )
            return shapely.box(west, south, east, north)
        found = shapely.from_geojson(msgspec.json.encode(node).decode())
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        raise wrong("this is no geometry") from None
    if found.is_empty or not np.isfinite(found.bounds).all():
        raise wrong("this geometry is empty")
    return found


def decided(version: Version, predicate: Any, geometry: Any) -> Fragment:
    """Rows of which it holds, as their numbers."""
    west, south, east, north = (float(number) for number in geometry.bounds)
    rows, found = _candidates(version, boxed((west, south, east, north)))
    shapely.prepare(geometry)
    # The inverse lets the prepared geometry be the first one, which is quick.
    holds = _quick(predicate)(geometry, found)
    return numbered([row for row, yes in zip(rows, holds, strict=True) if yes])


def decided_in(version: Version, geometry: Any) -> Fragment:
    """Rows that intersect an area."""
    return decided(version, shapely.intersects, geometry)


def _quick(predicate: Any) -> Any:
    if predicate is shapely.within:
        return shapely.contains
    if predicate is shapely.contains:
        return shapely.within
    return predicate


def touching(version: Version, box: Box) -> Fragment:
    """Rows whose geometry intersects a box: exact too where only their boxes touch it."""
    near = boxed(box)
    if shapes.are_points(version) or box[0] > box[2]:
        return near
    west, south, east, north = box
    inside = Fragment(
        text=sql.SQL("{} <@ box(point(%s, %s), point(%s, %s))").format(sql.Identifier(BOX)),
        values=(east, north, west, south),
    )
    edge = sql.SQL("({} and not ({}))").format(near.text, inside.text)
    rows, found = _candidates(version, Fragment(text=edge, values=near.values + inside.values))
    holds = shapely.intersects(shapely.box(*box), found)
    part = numbered([row for row, yes in zip(rows, holds, strict=True) if yes])
    text = sql.SQL("({} and ({} or {}))").format(near.text, inside.text, part.text)
    return Fragment(text=text, values=near.values + inside.values + part.values)


def _candidates(version: Version, near: Fragment) -> tuple[list[int], Any]:
    shape = geometry_of(version.columns)
    if shape is None:
        raise wrong("there are no places here")
    statement = sql.SQL("select {}, {} from {} where {} limit %s").format(
        sql.Identifier(ROW), sql.Identifier(shape.slug), relation(version), near.text
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*near.values, MOST + 1])
        rows = cursor.fetchall()
    if len(rows) > MOST:
        raise wrong(f"more than {MOST} places are near; take a smaller area")
    return [row for row, _ in rows], shapes.parsed([text for _, text in rows])
