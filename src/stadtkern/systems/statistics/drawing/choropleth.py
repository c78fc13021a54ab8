"""A map of areas in classes; only shapes that somebody published are drawn."""

from collections.abc import Iterator, Sequence
from math import cos, radians
from typing import Any

from django.utils.translation import gettext as _

from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.statistics.drawing import classes
from stadtkern.systems.statistics.drawing.marks import Drawing, Key, Path
from stadtkern.systems.statistics.logic.pivot import Pivot, PivotRow
from stadtkern.systems.statistics.logic.view import View
from stadtkern.systems.statistics.models import Area

WIDTH, MOST_HIGH, CLASSES = 540.0, 560.0, 5
METHODS = {"quantiles": classes.quantiles, "jenks": classes.jenks}
Ring = Sequence[Sequence[float]]
Shaped = list[tuple[PivotRow, Area]]


def shaped(pivot: Pivot) -> Shaped:
    """The rows that are areas with a shape, of the level that most of them have."""
    found = [
        (row, row.item.area) for row in pivot.rows
        if row.item and row.item.area and row.item.area.geometry
    ]  # fmt: skip
    levels = [area.level for _row, area in found]
    usual = max(set(levels), key=levels.count, default="")
    return [(row, area) for row, area in found if area.level == usual]


def draw(pivot: Pivot, view: View, home: str, column: int = 0) -> Drawing | None:
    """The map of one column; None with fewer than three shapes."""
    rows = shaped(pivot)
    values = [v for row, _area in rows if (v := row.cells[column].value) is not None]
    if len(rows) < 3 or not values:
        return None
    bounds = METHODS[view.classes](values, CLASSES)
    project, height = _projection([area.geometry for _row, area in rows])
    head = pivot.columns[column]
    drawing = Drawing(
        width=WIDTH,
        height=height,
        title=head.name if head else "",
        summary=_summary(rows, column, pivot),
        keys=_keys(bounds, values, pivot),
    )
    # The city itself is drawn last, so that no neighbour covers its outline.
    for row, area in sorted(rows, key=lambda one: one[1].key == home):
        cell = row.cells[column]
        look = "missing" if cell.value is None else f"c{classes.place(cell.value, bounds) + 1}"
        said = f"{area.name}: {cell.text} {pivot.unit if cell.value is not None else cell.words}"
        own = " home" if area.key == home else ""
        drawing.paths.append(
            Path(d=_outline(area.geometry, project), look=f"area {look}{own}", title=said)
        )
    credits = dict.fromkeys(area.credit for _row, area in rows)
    drawing.note = _("Shapes: %(credit)s.") % {"credit": ", ".join(credits)}
    return drawing


def _keys(bounds: Sequence[float], values: Sequence[float], pivot: Pivot) -> list[Key]:
    """Each class by the least and the most that is in it, so that no number falls between."""
    keys = []
    for number in range(len(bounds)):
        inside = [v for v in values if classes.place(v, bounds) == number]
        low, high = figure(min(inside), pivot.decimals), figure(max(inside), pivot.decimals)
        said = low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}
        keys.append(Key(look=f"area c{number + 1}", text=f"{said} ({len(inside)})"))
    return [*keys, Key(look="area missing", text=_("no number"))]


def _summary(rows: Shaped, column: int, pivot: Pivot) -> str:
    known = [(v, area.name) for row, area in rows if (v := row.cells[column].value) is not None]
    low, high = min(known), max(known)
    words = _("Map of %(count)d areas: lowest %(low)s (%(there)s), highest %(high)s (%(where)s).")
    return words % {
        "count": len(rows), "low": figure(low[0], pivot.decimals), "there": low[1],
        "high": figure(high[0], pivot.decimals), "where": high[1],
    }  # fmt: skip


def _rings(geometry: Any) -> Iterator[Ring]:
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    for polygon in polygons:
        yield from polygon


def _projection(geometries: Sequence[Any]) -> tuple[tuple[float, float, float, float], float]:
    """West, north and the pixels of a degree each way: true to shape in the middle of the map."""
    points = [point for one in geometries for ring in _rings(one) for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    narrow = cos(radians((south + north) / 2))
    scale = min((WIDTH - 8) / ((east - west) * narrow), (MOST_HIGH - 8) / (north - south))
    return (west, north, scale * narrow, scale), (north - south) * scale + 8


def _outline(geometry: Any, project: tuple[float, float, float, float]) -> str:
    west, north, across, down = project
    rings = []
    for ring in _rings(geometry):
        points = [f"{4 + (p[0] - west) * across:.1f} {4 + (north - p[1]) * down:.1f}" for p in ring]
        rings.append(f"M{'L'.join(dict.fromkeys(points))}z")
    return "".join(rings)
