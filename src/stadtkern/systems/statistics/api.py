"""Tables for programs: `/api/statistics/tables`, and the cells of one as JSON."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import re_path
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel.feeds import described
from stadtkern.kernel.people.access import public
from stadtkern.systems.statistics.logic.cube import Cube
from stadtkern.systems.statistics.models import Edition
from stadtkern.systems.statistics.pages import found
from stadtkern.systems.statistics.pages.downloads import facts, long_rows

UNICODE = {"ensure_ascii": False}


@public
@require_safe
@cache_control(public=True, max_age=60)
def tables(request: HttpRequest) -> JsonResponse:
    """All published tables with the number of their newest edition."""
    newest: dict[int, Edition] = {}
    editions = Edition.objects.filter(state=Edition.PUBLISHED).select_related("table")
    for edition in editions.order_by("table__title", "number"):
        newest[edition.table_id] = edition
    with override("de"):
        listed = [
            {"table": one.table.slug, "title": one.table.title, "unit": one.table.unit,
             "edition": one.number, "source": one.table.source, "invented": one.table.invented}
            for one in newest.values()
        ]  # fmt: skip
    return JsonResponse({"tables": listed}, json_dumps_params=UNICODE)


@public
@require_safe
@cache_control(public=True, max_age=60)
def table(request: HttpRequest, slug: str) -> JsonResponse:
    """What a table counts, and its dimensions with all items; `edition` asks for an older one."""
    with override("de"):
        cube = found.cube(request, slug)
        said = {**facts(cube), "dimensions": [_dimension(cube, dim.slug) for dim in cube.dims]}
    return JsonResponse(said, json_dumps_params=UNICODE)


@public
@require_safe
@cache_control(public=True, max_age=60)
def cells(request: HttpRequest, slug: str) -> JsonResponse:
    """Cells in long format; the name of a dimension asks for some of its codes."""
    with override("de"):
        cube = found.cube(request, slug)
        heads, rows = long_rows(cube)
    for i, dim in enumerate(cube.dims):
        if codes := set(request.GET.getlist(dim.slug)):
            rows = [row for row in rows if row[2 * i] in codes]
    said = {"table": slug, "edition": cube.edition.number, "columns": heads, "rows": rows}
    return JsonResponse(said, json_dumps_params=UNICODE)


def _dimension(cube: Cube, slug: str) -> dict[str, Any]:
    dim = cube.dim(slug)
    items = [
        {"code": one.code, "title": one.title,
         "part_of": cube.by_id[one.whole_id].code if one.whole_id else None}
        for one in cube.items[slug]
    ]  # fmt: skip
    return {"dimension": slug, "title": dim.title if dim else "", "kind": dim.kind if dim else "",
            "items": items}  # fmt: skip


app_name = "statistics-api"
OPENAPI = Path(__file__).with_name("openapi.json")
urlpatterns = [
    re_path(r"^openapi\.json$", described.openapi(OPENAPI, "statistics"), name="openapi"),
    re_path(r"^tables/?$", tables, name="tables"),
    re_path(r"^tables/(?P<slug>[-\w]+)/?$", table, name="table"),
    re_path(r"^tables/(?P<slug>[-\w]+)/cells/?$", cells, name="cells"),
]
