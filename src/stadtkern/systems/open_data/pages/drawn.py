"""What the map of a table loads: points as a layer, areas and lines as shapes."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from shapely.geometry import mapping, shape

from stadtkern.kernel.catalogue.columns import Field, geometry_of
from stadtkern.kernel.catalogue.models import Resource, Version
from stadtkern.kernel.catalogue.tables.read import Query, read
from stadtkern.kernel.people.access import public
from stadtkern.systems.open_data import cells, preview
from stadtkern.systems.open_data.pages.resource import current, found

GEOJSON: Final = "application/geo+json"
MOST: Final = 3000
SAID: Final = 4
# Lines have no inside that could be coloured; so wide, in degrees, they are drawn as areas.
WIDTH: Final = 0.00004
POINTS: Final = ("Point",)
Row = dict[str, Any]


@public
@require_safe
def no_layers(_request: HttpRequest) -> JsonResponse:
    """For a map that shows nothing but the city."""
    return JsonResponse({"layers": [], "credit": ""})


@public
@require_safe
def layers(request: HttpRequest, slug: str, part: str) -> JsonResponse:
    """The points of a table as a layer, where it has points; the page's filters are kept."""
    one, version = _table(slug, part)
    address = reverse("open_data:points", args=[slug, part])
    query = request.GET.urlencode()
    has_points = not version.statistics or "Point" in version.statistics.get("geometry", ())
    layer = {
        "slug": "points", "title": one.name, "theme": "", "minZoom": 0, "legend": [],
        "url": f"{address}?{query}" if query else address,
    }  # fmt: skip
    return JsonResponse(
        {"layers": [layer] if has_points else [], "credit": one.dataset.publisher.name}
    )


@public
@require_safe
def points(request: HttpRequest, slug: str, part: str) -> JsonResponse:
    """Rows with a point, the first three thousand that the filters let pass."""
    _one, version = _table(slug, part)
    page = reverse("open_data:resource", args=[slug, part])
    made = [
        _pin(number, row, version, page)
        for number, row in _rows(request, version) if row["_shape"]["type"] in POINTS
    ]  # fmt: skip
    return JsonResponse({"type": "FeatureCollection", "features": made}, content_type=GEOJSON)


@public
@require_safe
def areas(request: HttpRequest, slug: str, part: str) -> JsonResponse:
    """Rows with an area or a line."""
    one, version = _table(slug, part)
    made = [
        {"type": "Feature", "id": number, "geometry": _filled(row["_shape"]),
         "properties": {"state": "info", "text": _words(row, version), "few": False}}
        for number, row in _rows(request, version) if row["_shape"]["type"] not in POINTS
    ]  # fmt: skip
    return JsonResponse(
        {"type": "FeatureCollection", "title": one.name, "legend": [], "features": made},
        content_type=GEOJSON,
    )


def _table(slug: str, part: str) -> tuple[Resource, Version]:
    one = found(slug, part)
    version = current(one)
    if version is None or geometry_of(version.columns) is None:
        raise Http404
    return one, version


def _rows(request: HttpRequest, version: Version) -> Iterator[tuple[int, Row]]:
    wanted = preview.wanted(request.GET, version.columns)
    geometry = geometry_of(version.columns)
    page = read(version, Query(where=wanted.where, limit=MOST))
    for number, row in enumerate(page.rows, start=1):
        told = dict(zip(page.columns, row, strict=True))
        if geometry and (shaped := told.pop(geometry.slug)):
            yield number, {**told, "_shape": shaped}


def _pin(number: int, row: Row, version: Version, page: str) -> dict[str, Any]:
    named = _named(version.columns)
    value = row.get(named.slug) if named else None
    query = urlencode({"w": f"{named.slug}~eq~{value}"}) if named and value else ""
    return {
        "type": "Feature",
        "id": str(number),
        "geometry": row["_shape"],
        "properties": {
            "name": cells.shown(named, value) if named else str(number),
            "url": f"{page}?{query}#rows", "panel_url": "", "state": "info", "label": "",
            "text": _words(row, version), "share": None, "at": None, "stale": False,
            "small": True, "datastreams": [],
        },
    }  # fmt: skip


def _words(row: Row, version: Version) -> str:
    """The first columns of a row in one line."""
    said = [
        f"{cells.title_of(one)}: {cells.shown(one, row[one.slug])}"
        for one in version.columns
        if one.kind != "geometry" and row.get(one.slug) is not None
    ]
    return ", ".join(said[:SAID])


def _named(fields: Sequence[Field]) -> Field | None:
    """The column that names a row: the first text."""
    return next((one for one in fields if one.kind == "text"), None)


def _filled(geometry: dict[str, Any]) -> Any:
    if "Line" not in geometry["type"]:
        return geometry
    return mapping(shape(geometry).buffer(WIDTH, quad_segs=2))
