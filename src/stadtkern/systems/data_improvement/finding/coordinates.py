"""Positions that cannot be: swapped, without sign or point, in metres, at nought, far off."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any, Final

from stadtkern.kernel.catalogue.columns import geometry_of
from stadtkern.kernel.catalogue.files import coordinates as names
from stadtkern.systems.data_improvement.finding.frame import Cell, Found, Table, World

Pair = tuple[float, float]
# West, south, east, north of Germany, with room.
GERMANY: Final = (5.5, 47.0, 15.5, 55.2)
# What lies so many times farther from the middle than usual, and at least so many degrees.
FAR, LEAST, ENOUGH = 12.0, 0.25, 8
DIGITS: Final = 6


def find(table: Table, world: World) -> Iterator[Found]:
    """One proposal for each row whose position is not where those of the others are."""
    pair = _pair(table)
    shape = geometry_of(table.columns)
    spots = _of_pair(table, pair) if pair else _of_shapes(table, shape.slug) if shape else {}
    area = _area(list(spots.values()), world)
    if area is None:
        return
    for index, spot in spots.items():
        if not _within(spot, area):
            yield _found(table, index, spot, area, pair)


def _pair(table: Table) -> tuple[str, str, int] | None:
    """The columns of x and y, and the EPSG number of most of their values."""
    slugs = [one.slug for one in table.of_kind("integer", "number")]
    for x, y in names.candidates(slugs):
        known = [
            (a, b) for a, b in zip(table.values(x), table.values(y), strict=True)
            if a is not None and b is not None
        ]  # fmt: skip
        systems = Counter(
            crs for a, b in known for crs in (4326, 25832) if _within((a, b), names.RANGES[crs])
        )
        if len(known) >= ENOUGH and systems:
            crs, count = systems.most_common(1)[0]
            if count > 0.5 * len(known):
                return x, y, crs
    return None


def _of_pair(table: Table, pair: tuple[str, str, int]) -> dict[int, Pair]:
    xs, ys = table.values(pair[0]), table.values(pair[1])
    return {
        index: (float(x), float(y))
        for index, (x, y) in enumerate(zip(xs, ys, strict=True))
        if x is not None and y is not None
    }


def _of_shapes(table: Table, slug: str) -> dict[int, Pair]:
    return {
        index: (float(value["coordinates"][0]), float(value["coordinates"][1]))
        for index, value in enumerate(table.values(slug))
        if isinstance(value, dict) and value.get("type") == "Point"
    }


def _area(spots: Sequence[Pair], world: World) -> names.Box | None:
    """Where the rows of this table lie: around the middle, wide enough for nearly all of them."""
    if len(spots) < ENOUGH:
        return None
    middle = median(x for x, _ in spots), median(y for _, y in spots)
    scale = 1.0 if abs(middle[0]) < 360 else 100_000.0
    reach = [
        max(LEAST * scale, FAR * median(abs(spot[axis] - middle[axis]) for spot in spots))
        for axis in (0, 1)
    ]
    west, south = middle[0] - reach[0], middle[1] - reach[1]
    east, north = middle[0] + reach[0], middle[1] + reach[1]
    if scale == 1.0 and _within(middle, world.bounds):
        box = world.bounds
        west, south = min(west, box[0]), min(south, box[1])
        east, north = max(east, box[2]), max(north, box[3])
    return west, south, east, north


def _within(spot: Pair, box: Sequence[float]) -> bool:
    return box[0] <= spot[0] <= box[2] and box[1] <= spot[1] <= box[3]


def _found(
    table: Table, index: int, spot: Pair, area: names.Box, pair: tuple[str, str, int] | None
) -> Found:
    method, right = repaired(spot, area)
    strength = {"zero": 1.0, "far": 0.5}.get(method, 0.9)
    return Found(
        kind="position", method=method, action="set", column=pair[0] if pair else _shape(table),
        cells=list(_cells(table, index, right, pair)), reason=f"position.{method}",
        strength=strength, parameters={"area": [round(one, 4) for one in area]},
        said={"old": _said(spot), "new": _said(right) if right else ""},
    )  # fmt: skip


def _said(spot: Pair) -> str:
    return f"{spot[0]:.10g}, {spot[1]:.10g}"


def repaired(spot: Pair, area: names.Box) -> tuple[str, Pair | None]:
    """What happened to a position outside the area, and where it belongs; None: not to be known."""
    x, y = spot
    if x == 0 and y == 0:
        return "zero", None
    if _within((y, x), area):
        return "swapped", (y, x)
    for method, turned in (("sign", (abs(x), abs(y))), ("sign", (abs(y), abs(x)))):
        if (x < 0 or y < 0) and _within(turned, area):
            return method, turned
    for first in range(-9, 10):
        for second in range(-9, 10):
            shifted = round(x * 10.0**first, 9), round(y * 10.0**second, 9)
            if (first or second) and _within(shifted, area):
                return "point", shifted
    if moved := _from_metres(spot, area):
        return "metres", moved
    return "far", None


def _from_metres(spot: Pair, area: names.Box) -> Pair | None:
    """UTM or Gauß-Krüger in fields that should have degrees, in either order; or the reverse."""
    import pyproj

    degrees = abs(area[0]) < 360
    for crs in (25832, 25833, 31466, 31467) if degrees else (4326,):
        to = 4326 if degrees else 25832
        for pair in (spot, (spot[1], spot[0])):
            if _within(pair, names.RANGES[crs]):
                transform = pyproj.Transformer.from_crs(crs, to, always_xy=True).transform
                x, y = transform(*pair)
                moved = (round(x, DIGITS), round(y, DIGITS)) if degrees else (round(x), round(y))
                if _within(moved, area):
                    return moved
    return None


def _shape(table: Table) -> str:
    shape = geometry_of(table.columns)
    return shape.slug if shape else ""


def _cells(
    table: Table, index: int, right: Pair | None, pair: tuple[str, str, int] | None
) -> Iterator[Cell]:
    """The numbers, and the shape that was made of them."""
    row = table.rows[index]
    if pair:
        for slug, axis in ((pair[0], 0), (pair[1], 1)):
            old = row[table.place(slug)]
            new: Any = None if right is None else right[axis]
            whole = table.columns[table.place(slug)].kind == "integer"
            new = round(new) if whole and new is not None else new
            if new != old:
                yield index + 1, slug, old, new
    if shape := geometry_of(table.columns):
        old = row[table.place(shape.slug)]
        new = _point(right, pair[2] if pair else 4326) if right else None
        if new != old:
            yield index + 1, shape.slug, old, new


def _point(spot: Pair, crs: int) -> dict[str, Any]:
    if crs != 4326:
        import pyproj

        transform = pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform
        lon, lat = transform(*spot)
        spot = (round(lon, DIGITS + 1), round(lat, DIGITS + 1))
    return {"type": "Point", "coordinates": [spot[0], spot[1]]}
