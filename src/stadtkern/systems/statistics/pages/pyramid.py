"""The population pyramid with a slider over the years, where there are several."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.systems.statistics.drawing import pyramid
from stadtkern.systems.statistics.logic.cube import Cube
from stadtkern.systems.statistics.models import Dimension, Item
from stadtkern.systems.statistics.pages import found


@public
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """One area and year; `n` is the place of the year on the slider."""
    cube = found.cube(request, slug)
    if not pyramid.possible(cube):
        raise Http404
    picked = {dim.slug: _picked(request, cube, dim) for dim in cube.dims}
    time, area = cube.of_kind("time"), cube.of_kind("area")
    years = cube.items[time.slug] if time else []
    if time and (n := request.GET.get("n", "")).isdecimal() and len(n) < 6 and int(n) < len(years):
        picked[time.slug] = years[int(n)]
    every = pyramid.bars(cube, picked)
    now = picked[time.slug] if time else None
    bars = every.get(now.pk if now else 0, [])
    most = pyramid.widest(bar for listed in every.values() for bar in listed)
    return render(request, "statistics/pyramid.html", {
        "cube": cube, "table": cube.table, "edition": cube.edition, "bars": bars, "year": now,
        "drawing": pyramid.draw(bars, most), "years": years, "area": area,
        "areas": cube.items[area.slug] if area else [], "at": picked[area.slug] if area else None,
        "place": years.index(now) if now in years else 0, "last": len(years) - 1,
    })  # fmt: skip


def _picked(request: HttpRequest, cube: Cube, dim: Dimension) -> Item:
    return cube.item(dim.slug, request.GET.get(f"d-{dim.slug}", "")) or cube.usual(dim)
