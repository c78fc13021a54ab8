"""The page of a table: pivot, chart, map, where its numbers come from, how to take them along."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.vocabulary import LICENCES
from stadtkern.kernel.people.access import View as Page
from stadtkern.kernel.people.access import public
from stadtkern.systems.statistics.drawing import charts, choropleth, pyramid, series
from stadtkern.systems.statistics.drawing.marks import Drawing
from stadtkern.systems.statistics.logic.cube import Cube
from stadtkern.systems.statistics.logic.pivot import Pivot, pivot
from stadtkern.systems.statistics.logic.view import CHARTS, CLASSES, SHOWS, View, parse
from stadtkern.systems.statistics.models import Dimension, Item
from stadtkern.systems.statistics.pages import found

MOST_COMPARED = 6
# A choice this long is a field to look into, not a list of ticks.
MANY = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A dimension as the form offers it."""

    dim: Dimension
    items: list[Item]
    picked: set[int]
    place: str

    @property
    def count(self) -> int:
        """How many items are chosen."""
        return len(self.picked)


def framed(view: Page) -> Page:
    """Any website may show this page in a frame; nothing on it can be changed or sent."""
    guards: tuple[Callable[[Page], Page], ...] = (
        csp_replace({"frame-ancestors": ["*"]}),
        xframe_options_exempt,
    )
    for guard in guards:
        view = guard(view)
    return view


@public
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The table as its address asks for it."""
    cube = found.cube(request, slug)
    return render(request, "statistics/table.html", {
        **shown(request, cube), "choices": _form(cube, parse(cube, request.GET)),
        "newest": found.is_newest(cube.edition), "areas": _comparable(cube),
        "has_pyramid": pyramid.possible(cube), "most": MOST_COMPARED,
    })  # fmt: skip


@public
@require_safe
@framed
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """Chart and table alone, for a frame in other people's pages."""
    return render(request, "statistics/embed.html", shown(request, found.cube(request, slug)))


@public
@require_safe
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Up to six areas beside each other; leads to the view that shows them."""
    cube = found.cube(request, slug)
    area = cube.of_kind("area")
    if area is None:
        return redirect("statistics:table", slug)
    picked = request.GET.getlist("area")[:MOST_COMPARED]
    others = [dim for dim in cube.dims if dim != area and dim.kind != "time"]
    rows = next((dim for dim in others if dim.kind == "age"), None) or max(
        others or [cube.of_kind("time") or area], key=lambda dim: len(cube.items[dim.slug])
    )
    show = request.GET.get("show", "value")
    pairs = [("rows", rows.slug), ("columns", area.slug), ("show", show), ("chart", "multiples")]
    pairs += [(f"d-{area.slug}", code) for code in picked]
    return redirect(f"{reverse('statistics:table', args=[slug])}?{urlencode(pairs)}")


def shown(request: HttpRequest, cube: Cube) -> dict[str, Any]:
    """What page and frame share."""
    view = parse(cube, request.GET)
    made = pivot(cube, view)
    home = registry.settings_of("statistics").area
    area_map = _map(cube, view, made, home)
    bare = view.chart in ("none", "map") or (area_map is not None and view.chart == "auto")
    chart = None if bare else series.chart(cube, view, made)
    address = reverse("statistics:table", args=[cube.table.slug])
    permalink = request.build_absolute_uri(f"{address}?{view.query(cube.edition.number)}")
    return {
        "cube": cube, "table": cube.table, "edition": cube.edition, "view": view, "pivot": made,
        "drawings": charts.draw(chart) if chart else [], "chart": chart, "map": area_map,
        "rows_dim": cube.dim(view.rows), "columns_dim": cube.dim(view.columns),
        "fixed": _fixed(cube, view), "permalink": permalink, "query": view.query(),
        "exact": view.query(cube.edition.number), "unsorted": replace(view, sort="").query(),
        "licence": LICENCES.get(cube.table.licence), "cited": cite(cube, permalink),
        "shows": _shows(cube), "charts": CHARTS, "classes": CLASSES, "home": home,
        "file": request.build_absolute_uri(address),
    }  # fmt: skip


def _map(cube: Cube, view: View, made: Pivot, home: str) -> Drawing | None:
    """The column that says most: the whole, or the first."""
    rows = cube.dim(view.rows)
    if rows is None or rows.kind != "area" or view.chart not in ("auto", "map"):
        return None
    whole = next((i for i, one in enumerate(made.columns) if one and one.code == "total"), 0)
    return choropleth.draw(made, view, home, whole)


def _shows(cube: Cube) -> dict[str, str | Promise]:
    """What can be worked out of this table."""
    table = cube.table
    without = set() if table.adds else {"share_rows", "share_columns", "per1000"}
    time = cube.of_kind("time")
    if time is None or len(cube.items[time.slug]) < 2:
        without |= {"change", "percent"}
    if cube.of_kind("area") is None:
        without.add("per1000")
    return {key: words for key, words in SHOWS.items() if key not in without}


def _fixed(cube: Cube, view: View) -> list[tuple[str, str]]:
    """What the other dimensions are held at, in words."""
    return [
        (dim.name, view.picks[dim.slug][0].name)
        for dim in cube.dims if dim.slug not in (view.rows, view.columns)
    ]  # fmt: skip


def _form(cube: Cube, view: View) -> list[Choice]:
    places = {view.rows: "rows", view.columns: "columns"}
    return [
        Choice(dim=dim, items=cube.items[dim.slug][:MANY], place=places.get(dim.slug, ""),
               picked={one.pk for one in view.picks[dim.slug]})
        for dim in cube.dims
    ]  # fmt: skip


def _comparable(cube: Cube) -> list[Item]:
    """Areas of the level of the city itself."""
    area = cube.of_kind("area")
    listed = cube.items[area.slug] if area else []
    home = cube.usual(area) if area else None
    level = home.area.level if home and home.area else ""
    return [one for one in listed if one.area and one.area.level == level] if level else []


def cite(cube: Cube, address: str) -> str:
    """How to name this view in a text; the date is that of the edition."""
    city = registry.city().city.name
    at = cube.edition.published
    day: date | None = timezone.localtime(at).date() if at else None
    words = _(
        "City of %(city)s: %(title)s, edition %(number)d of %(day)s. Source: %(source)s. %(url)s"
    )
    return words % {
        "city": city, "title": cube.table.name, "number": cube.edition.number,
        "day": formats.date_format(day, "SHORT_DATE_FORMAT") if day else "",
        "source": cube.table.source, "url": address,
    }  # fmt: skip
