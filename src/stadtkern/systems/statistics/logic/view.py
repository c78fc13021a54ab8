"""What a page shows of a table: an address says it, so an address is all one needs to keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from stadtkern.systems.statistics.logic.cube import Cube
from stadtkern.systems.statistics.models import Dimension, Item

SHOWS = {
    "value": _("Numbers"),
    "share_rows": _("Shares within a column"),
    "share_columns": _("Shares within a row"),
    "change": _("Change to the date before"),
    "percent": _("Change to the date before in percent"),
    "per1000": _("Per 1,000 inhabitants"),
}
CHARTS = {
    "auto": _("as the data suggest"),
    "line": _("Lines"),
    "bars": _("Bars"),
    "stacked": _("Stacked bars"),
    "multiples": _("Small charts side by side"),
    "map": _("Map"),
    "none": _("no chart"),
}
CLASSES = {"quantiles": _("as many areas in each class"), "jenks": _("natural breaks (Jenks)")}
MOST_ROWS, MOST_COLUMNS = 200, 12


Query = MultiValueDict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """Rows and columns are dimensions, or empty; `picks` are items of each, in their order.

    A dimension that is neither rows nor columns has one item. `chosen` are the dimensions whose
    items are others than a table begins with, `cut` those of which not all items are shown.
    """

    rows: str
    columns: str
    picks: Mapping[str, Sequence[Item]]
    show: str = "value"
    chart: str = "auto"
    classes: str = "quantiles"
    sort: str = ""
    cut: Sequence[str] = ()
    chosen: Sequence[str] = ()

    def query(self, edition: int = 0, **other: str) -> str:
        """The address of exactly this view; of an edition where one is named."""
        pairs = [("rows", self.rows), ("columns", self.columns or "-")]
        for slug in self.chosen:
            pairs += [(f"d-{slug}", one.code) for one in self.picks[slug]]
        words = {"show": self.show, "chart": self.chart, "classes": self.classes, "sort": self.sort}
        usual = {"show": "value", "chart": "auto", "classes": "quantiles", "sort": ""}
        pairs += [(k, v) for k, v in {**words, **other}.items() if k not in usual or v != usual[k]]
        if edition:
            pairs.append(("edition", str(edition)))
        return urlencode(pairs)


def parse(cube: Cube, query: Query) -> View:
    """What an address asks for; what it leaves open, or asks for in vain, is chosen sensibly."""
    rows = cube.dim(query.get("rows") or "") or _rows(cube)
    wanted = query.get("columns") or ""
    columns = None if wanted == "-" else cube.dim(wanted)
    if wanted != "-" and (columns is None or columns == rows):
        columns = _columns(cube, rows)
    picks, cut, chosen = {}, [], []
    was = set(query.getlist("was"))
    for dim in cube.dims:
        codes = query.getlist(f"d-{dim.slug}")
        # The form sends what was chosen when this was a filter, or the other way round.
        if was and (dim.slug in was) != (dim in (rows, columns)):
            codes = []
        most = MOST_ROWS if dim == rows else MOST_COLUMNS if dim == columns else 1
        found = _picked(cube, dim, codes, most)
        if most > 1 and not codes and len(found) < len(cube.items[dim.slug]):
            cut.append(dim.slug)
        if [one.pk for one in found] != [one.pk for one in _picked(cube, dim, [], most)]:
            chosen.append(dim.slug)
        picks[dim.slug] = found
    return View(
        rows=rows.slug, columns=columns.slug if columns else "", picks=picks,
        cut=tuple(cut), chosen=tuple(chosen),
        show=_one_of(query.get("show"), SHOWS, "value"),
        chart=_one_of(query.get("chart"), CHARTS, "auto"),
        classes=_one_of(query.get("classes"), CLASSES, "quantiles"),
        sort=(query.get("sort") or "")[:90],
    )  # fmt: skip


def _one_of(said: str | None, known: Mapping[str, object], usual: str) -> str:
    return said if said and said in known else usual


def _rows(cube: Cube) -> Dimension:
    """Ages beside sexes; else what runs over time; else the longest."""
    age, time = cube.of_kind("age"), cube.of_kind("time")
    if age and cube.of_kind("sex"):
        return age
    if time and len(cube.items[time.slug]) > 2:
        return time
    return max(cube.dims, key=lambda dim: len(cube.items[dim.slug]))


def _columns(cube: Cube, rows: Dimension) -> Dimension | None:
    """The shortest of the others that says more than one thing."""
    others = [d for d in cube.dims if d != rows and 1 < len(cube.items[d.slug]) <= MOST_COLUMNS]
    return min(others, key=lambda dim: len(cube.items[dim.slug]), default=None)


def _picked(cube: Cube, dim: Dimension, codes: Sequence[str], most: int) -> list[Item]:
    listed = cube.items[dim.slug]
    if most == 1:
        return [cube.item(dim.slug, codes[-1] if codes else "") or cube.usual(dim)]
    found = [one for one in listed if one.code in set(codes)][:most]
    if found:
        return found
    if len(listed) <= most:
        return listed
    return listed[-most:] if dim.kind == "time" else listed[:most]
