"""Vector tiles and what describes them: TileJSON 3.0."""

from importlib import import_module
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.doors import found, links
from stadtkern.kernel.catalogue.doors.answers import json_answer, marked, unchanged
from stadtkern.kernel.catalogue.doors.door import patience
from stadtkern.kernel.catalogue.doors.tiles import grid
from stadtkern.kernel.catalogue.models import Version

MVT: Final = "application/vnd.mapbox-vector-tile"
# Seconds; a map that is moved back and forth asks no second time.
AGE: Final = 300
FINEST: Final = 18
DRAW: Final = "stadtkern.kernel.catalogue.doors.tiles.draw"
SCHEME: Final = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"


def tilesets(request: HttpRequest) -> HttpResponseBase:
    """Every table with places, and where its tiles are described."""
    site = address.base(request)
    versions = found.tables().filter(resource__spatial=True).defer("report", "statistics")
    told = [
        {"id": links.collection_id(one.resource), "title": one.resource.dataset.title,
         "dataType": "vector", "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
         "tileMatrixSetURI": SCHEME,
         "links": [{"rel": "self", "href": site + _tileset(one), "type": "application/json"}]}
        for one in versions
    ]  # fmt: skip
    return json_answer({"tilesets": told})


def tileset(request: HttpRequest, name: str) -> HttpResponseBase:
    """TileJSON of one table."""
    version = found.collection(name)
    if known := unchanged(request, version):
        return known
    return marked(request, json_answer(_tilejson(version, address.base(request))), version)


def tile(request: HttpRequest, name: str, z: str, x: str, y: str) -> HttpResponseBase:
    """One tile; nothing (204) where no row is near."""
    level, column, line = int(z), int(x), int(y)
    if level > grid.HIGHEST or max(column, line) >= 2**level:
        raise Http404("there is no such tile")
    version = found.collection(name)
    if known := unchanged(request, version):
        return known
    with patience():
        body: bytes = import_module(DRAW).tile(version, level, column, line)
    response = HttpResponse(body, content_type=MVT, status=200 if body else 204)
    return marked(request, response, version, age=AGE)


def _tileset(version: Version) -> str:
    return reverse(f"{links.NAMESPACE}:tileset", args=[links.collection_id(version.resource)])


def _tilejson(version: Version, site: str) -> dict[str, Any]:
    dataset = version.resource.dataset
    licence = vocabulary.LICENCES.get(version.resource.licence or dataset.licence)
    credit = dataset.credit or dataset.publisher.name
    told: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": dataset.title,
        "description": dataset.about,
        "version": f"{version.number}.0.0",
        "attribution": f"{credit} ({licence.title})" if licence else credit,
        "tiles": [f"{site}{_tileset(version)}/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": 0,
        "maxzoom": FINEST,
        "vector_layers": [{
            "id": version.resource.slug,
            "description": version.resource.title,
            "fields": {
                one.slug: one.title or one.slug for one in version.columns
                if one.kind != "geometry"
            },
        }],
    }  # fmt: skip
    if box := version.statistics.get("box"):
        told["bounds"] = box
        told["center"] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 12]
    return told
