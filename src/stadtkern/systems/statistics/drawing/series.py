"""A pivot as series of numbers, and which chart tells them best."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.statistics.logic.cube import Cube
from stadtkern.systems.statistics.logic.pivot import Pivot, PivotRow
from stadtkern.systems.statistics.logic.view import View
from stadtkern.systems.statistics.models import Item

MOST_SERIES, MOST_SMALL, MOST_BARS = 6, 12, 60
UNLIKE = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """Numbers of one name, as many as there are points; None where there is none."""

    name: str
    values: Sequence[float | None]
    whole: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """What is to be drawn. `dates` are those of the points where they lie in time."""

    kind: str
    points: Sequence[str]
    series: Sequence[Series]
    unit: str
    decimals: int
    dates: Sequence[date] = ()
    cut: bool = False

    @property
    def lone(self) -> bool:
        """Whether small charts need scales of their own: the largest would flatten the others."""
        tops = [
            max((abs(v) for v in one.values if v is not None), default=0) for one in self.series
        ]
        return self.kind == "multiples" and max(tops) > UNLIKE * min(one or 1 for one in tops)

    def text(self, value: float) -> str:
        """A number with its unit."""
        return f"{figure(value, self.decimals)} {self.unit}".strip()


def chart(cube: Cube, view: View, pivot: Pivot) -> Chart | None:
    """The chart of this view; None where there is nothing to draw."""
    rows, columns = cube.dim(view.rows), cube.dim(view.columns)
    along_columns = bool(columns and columns.kind == "time" and rows and rows.kind != "time")
    body = _alike(pivot.body)
    if along_columns:
        points = [one.name for one in pivot.columns if one]
        series = [_row_series(row) for row in body]
        dates = [one.date for one in pivot.columns if one and one.date]
    else:
        points = [_name(row) for row in body]
        series = [_column_series(body, i, one) for i, one in enumerate(pivot.columns)]
        dates = [row.item.date for row in body if row.item and row.item.date]
    in_time = along_columns or bool(rows and rows.kind == "time")
    if len(series) > 1 and any(not one.whole for one in series):
        series = [one for one in series if not one.whole]
    if not any(value is not None for one in series for value in one.values):
        return None
    kind = _kind(view.chart, in_time, len(points), series)
    most = MOST_SMALL if kind == "multiples" else MOST_SERIES
    bars = MOST_BARS if kind in ("bars", "stacked") else len(points)
    return Chart(
        kind=kind, points=points[:bars], unit=pivot.unit, decimals=pivot.decimals,
        series=[Series(name=s.name, values=s.values[:bars], whole=s.whole) for s in series[:most]],
        dates=dates if in_time and len(dates) == len(points) else (),
        cut=len(series) > most or len(points) > bars,
    )  # fmt: skip


def _alike(rows: Sequence[PivotRow]) -> Sequence[PivotRow]:
    """Areas of the level that most have: beside a country no city is seen."""
    levels = [row.item.area.level for row in rows if row.item and row.item.area]
    usual = max(set(levels), key=levels.count, default="")
    return [r for r in rows if not (r.item and r.item.area) or r.item.area.level == usual]


def _kind(wanted: str, in_time: bool, points: int, series: Sequence[Series]) -> str:
    negative = any(v is not None and v < 0 for one in series for v in one.values)
    if wanted in ("line", "bars", "multiples"):
        return wanted
    if wanted == "stacked" and not negative:
        return wanted
    if in_time and points > 2:
        return "line" if len(series) <= MOST_SERIES else "multiples"
    if len(series) > MOST_SERIES or (len(series) > 3 and points > 12):
        return "multiples"
    return "bars"


def _name(row: PivotRow) -> str:
    return row.item.name if row.item else ""


def _row_series(row: PivotRow) -> Series:
    return Series(name=_name(row), values=[cell.value for cell in row.cells], whole=row.total)


def _column_series(rows: Sequence[PivotRow], number: int, item: Item | None) -> Series:
    values = [row.cells[number].value for row in rows]
    whole = item is not None and item.code == "total"
    return Series(name=item.name if item else "", values=values, whole=whole)
