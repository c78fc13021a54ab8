"""A table as rows and columns: numbers, shares, changes, rates; and what each cell says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.statistics import signs
from stadtkern.systems.statistics.logic import inhabitants
from stadtkern.systems.statistics.logic.cube import Cube, Shown
from stadtkern.systems.statistics.logic.view import View
from stadtkern.systems.statistics.models import Dimension, Item

UNKNOWN = Shown(value=None, sign=signs.MISSING)


@dataclass(frozen=True, kw_only=True, slots=True)
class PivotCell:
    """A cell as it is shown: its number or sign, and the sign and marker beside a number."""

    value: float | None
    text: str
    sign: str = ""
    beside: str = ""
    note: str = ""
    since: int = 0

    @property
    def words(self) -> object:
        """What its sign says."""
        return signs.MEANINGS.get(self.sign, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class PivotRow:
    """A row; `item` is None for the computed sum and for a table without rows."""

    item: Item | None
    cells: Sequence[PivotCell]
    total: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Pivot:
    """The table of a view. Columns hold one None where the view has no dimension for them."""

    rows: Sequence[PivotRow]
    columns: Sequence[Item | None]
    unit: str
    decimals: int
    signs: Mapping[str, object]
    notes: Sequence[str]
    remark: str = ""

    @property
    def body(self) -> Sequence[PivotRow]:
        """The rows that are parts, for charts."""
        parts = [row for row in self.rows if not row.total]
        return parts or self.rows


def pivot(cube: Cube, view: View) -> Pivot:
    """Work out the table of this view."""
    made = _Maker(cube, view)
    columns: list[Item | None] = list(view.picks[view.columns]) if view.columns else [None]
    rows = [
        PivotRow(item=one, cells=[made.cell(one, column) for column in columns],
                 total=_is_whole(one, cube.wholes))
        for one in view.picks[view.rows]
    ]  # fmt: skip
    if extra := made.sum_row(rows):
        rows.append(extra)
    rows = _sorted(rows, columns, view.sort)
    used = {cell.sign: cell.words for row in rows for cell in row.cells if cell.sign}
    notes = {cell.note for row in rows for cell in row.cells if cell.note}
    notes |= {one.note for one in (*columns, *view.picks[view.rows]) if one and one.note}
    return Pivot(
        rows=rows, columns=columns, unit=made.unit, decimals=made.decimals, signs=used,
        notes=sorted(notes), remark=made.remark,
    )  # fmt: skip


def _is_whole(item: Item, wholes: set[int]) -> bool:
    return item.pk in wholes or item.code == "total"


def _sorted(rows: list[PivotRow], columns: Sequence[Item | None], sort: str) -> list[PivotRow]:
    """By a column, wholes last and unknown ones before them; else in the table's own order."""
    code = sort.removeprefix("-")
    place = next((i for i, one in enumerate(columns) if (one.code if one else "*") == code), None)
    if not sort or place is None:
        return rows
    known = [row for row in rows if not row.total and row.cells[place].value is not None]
    unknown = [row for row in rows if not row.total and row.cells[place].value is None]
    known.sort(key=lambda row: row.cells[place].value or 0, reverse=sort.startswith("-"))
    return [*known, *unknown, *(row for row in rows if row.total)]


class _Maker:
    """Reads all cells that a view needs in one query, and works out what it shows."""

    def __init__(self, cube: Cube, view: View) -> None:
        self.cube, self.view = cube, view
        self.rows_dim, self.columns_dim = cube.dim(view.rows), cube.dim(view.columns)
        self.time = cube.of_kind("time")
        self.unit, self.decimals, self.remark = cube.table.unit, cube.table.decimals, ""
        self.found = cube.cells(self._needed())
        self.people: dict[tuple[str, int], Decimal] = {}
        self._dress()

    def _dress(self) -> None:
        show = self.view.show
        if show in ("share_rows", "share_columns", "percent"):
            self.unit, self.decimals = "%", 1
        if show == "per1000":
            self.unit = _("%(unit)s per 1,000 inhabitants") % {"unit": self.unit}
            self.decimals = 1
            self.people, self.remark = inhabitants.of(self.cube)

    def _needed(self) -> dict[str, list[int]]:
        """Picked items, their wholes, and the dates before them."""
        needed = {}
        for dim in self.cube.dims:
            picked = list(self.view.picks[dim.slug])
            if dim in (self.rows_dim, self.columns_dim) and self.view.show.startswith("share"):
                whole = self.cube.whole(dim)
                picked += [whole] if whole else self.cube.items[dim.slug]
            if dim == self.time and self.view.show in ("change", "percent"):
                picked += [before for one in picked if (before := self._before(one))]
            needed[dim.slug] = [one.pk for one in picked]
        return needed

    def _before(self, item: Item) -> Item | None:
        listed = self.cube.items[self.time.slug] if self.time else []
        places = [i for i, one in enumerate(listed) if one.pk == item.pk]
        return listed[places[0] - 1] if places and places[0] > 0 else None

    def shown(self, row: Item | None, column: Item | None, time: Item | None = None) -> Shown:
        """The cell of these items; `time` stands in the place of the picked one."""
        key = []
        for dim in self.cube.dims:
            item = self.view.picks[dim.slug][0]
            if dim == self.rows_dim and row:
                item = row
            if dim == self.columns_dim and column:
                item = column
            if dim == self.time and time:
                item = time
            key.append(item.pk)
        return self.found.get(tuple(key), UNKNOWN)

    def cell(self, row: Item, column: Item | None) -> PivotCell:
        """What this cell of the view says."""
        here = self.shown(row, column)
        value = self._worked_out(here, row, column)
        if value is None:
            sign = here.sign if here.value is None else signs.MISSING
            return PivotCell(value=None, text=_sign_text(sign), sign=sign, note=here.note,
                             since=here.since)  # fmt: skip
        plain = self.view.show == "value"
        nothing = plain and here.sign == signs.NOTHING
        beside = here.sign if here.sign.isalpha() or here.sign == signs.LIMITED else ""
        text = _sign_text(signs.NOTHING) if nothing else self._figure(value)
        if plain and beside == signs.LIMITED:
            text = f"({text})"
        return PivotCell(value=float(value), text=text, sign=here.sign, note=here.note,
                         beside=beside if beside.isalpha() else "", since=here.since)  # fmt: skip

    def _figure(self, value: Decimal) -> str:
        text = figure(value, self.decimals)
        change = self.view.show in ("change", "percent")
        return f"+{text}" if change and value > 0 else text

    def _worked_out(self, here: Shown, row: Item, column: Item | None) -> Decimal | None:
        show, value = self.view.show, here.value
        if value is None or show == "value":
            return value
        if show == "share_rows":
            return _share(value, self._all(self.rows_dim, lambda one: self.shown(one, column)))
        if show == "share_columns":
            return _share(value, self._all(self.columns_dim, lambda one: self.shown(row, one)))
        if show == "per1000":
            people = self.people.get(self._where_and_when(row, column))
            return value * 1000 / people if people else None
        return self._change(value, row, column)

    def _all(self, dim: Dimension | None, shown: Callable[[Item], Shown]) -> Decimal | None:
        """The whole of a dimension, or the sum of all its items where every one is known."""
        if dim is None or dim.kind == "time":
            return None
        if whole := self.cube.whole(dim):
            return shown(whole).value
        values = [shown(one).value for one in self.cube.items[dim.slug]]
        known = [value for value in values if value is not None]
        return sum(known, Decimal(0)) if len(known) == len(values) else None

    def _change(self, value: Decimal, row: Item, column: Item | None) -> Decimal | None:
        if self.time is None:
            return None
        now = self._at(self.time, row, column)
        before = self._before(now)
        old = self.shown(row, column, before).value if before else None
        if old is None:
            return None
        return value - old if self.view.show == "change" else _share(value - old, abs(old))

    def _at(self, dim: Dimension, row: Item, column: Item | None) -> Item:
        if dim == self.rows_dim:
            return row
        return column if dim == self.columns_dim and column else self.view.picks[dim.slug][0]

    def _where_and_when(self, row: Item, column: Item | None) -> tuple[str, int]:
        area, time = self.cube.of_kind("area"), self.time
        where = self._at(area, row, column).code if area else ""
        when = self._at(time, row, column).date if time else None
        return where, when.year if when else 0

    def sum_row(self, rows: Sequence[PivotRow]) -> PivotRow | None:
        """The sum of what is shown, where the table has no whole and every number is known."""
        dim, table = self.rows_dim, self.cube.table
        known = all(cell.value is not None for row in rows for cell in row.cells)
        if dim is None or dim.kind == "time" or self.cube.whole(dim) or len(rows) < 2:
            return None
        if not (known and table.adds and self.view.show == "value"):
            return None
        sums = [sum(Decimal(str(row.cells[i].value)) for row in rows)
                for i in range(len(rows[0].cells))]  # fmt: skip
        cells = [PivotCell(value=float(one), text=self._figure(Decimal(one))) for one in sums]
        return PivotRow(item=None, cells=cells, total=True)


def _share(part: Decimal, whole: Decimal | None) -> Decimal | None:
    return part * 100 / whole if whole else None


def _sign_text(sign: str) -> str:
    return {"-": "–", "...": "…"}.get(sign, sign)
