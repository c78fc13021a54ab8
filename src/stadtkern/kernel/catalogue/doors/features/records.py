"""Collections as OGC API Features describes them."""

from datetime import UTC, datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse

from stadtkern.kernel.catalogue import vocabulary
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.doors import links
from stadtkern.kernel.catalogue.doors.answers import JSON
from stadtkern.kernel.catalogue.doors.features import crs, forms
from stadtkern.kernel.catalogue.doors.features.asked import temporal
from stadtkern.kernel.catalogue.doors.features.forms import link, url
from stadtkern.kernel.catalogue.doors.values import plain
from stadtkern.kernel.catalogue.models import Version

GREGORIAN: Final = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
QUERYABLES: Final = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SORTABLES: Final = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
TILES: Final = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
TYPES: Final = {
    "text": {"type": "string"}, "integer": {"type": "integer"}, "number": {"type": "number"},
    "boolean": {"type": "boolean"}, "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "geometry": {"format": "geometry-any"},
}  # fmt: skip


def collection(request: HttpRequest, version: Version, *, alone: bool) -> dict[str, Any]:
    """One collection: extent, coordinate systems, links."""
    resource = version.resource
    dataset, name = resource.dataset, links.collection_id(resource)
    here = url(request, "collection", name)
    told: dict[str, Any] = {
        "id": name,
        "title": _title(version),
        "description": dataset.about,
        "keywords": dataset.keywords,
        "attribution": dataset.credit or dataset.publisher.name,
        "extent": _extent(version),
        "itemType": "feature",
        "crs": list(crs.OFFERED),
        "storageCrs": crs.CRS84,
        "links": [
            *(forms.both(request, here) if alone else [
                link("self", f"{here}?f=json", JSON, "This collection")]),
            *_links(request, version, name),
        ],
    }  # fmt: skip
    return told


def _title(version: Version) -> str:
    """The dataset's name, and the table's where it is another one."""
    titles = dict.fromkeys((version.resource.dataset.title, version.resource.title))
    return " – ".join(titles)


def _links(request: HttpRequest, version: Version, name: str) -> list[dict[str, str]]:
    resource, site = version.resource, address.base(request)
    items = url(request, "items", name)
    licence = vocabulary.LICENCES.get(resource.licence or resource.dataset.licence)
    page = address.page_of(site, resource.dataset.slug)
    package = reverse(
        f"{links.NAMESPACE}:file", args=[resource.dataset.slug, resource.slug, "gpkg"]
    )
    found = [
        link("items", f"{items}?f=json", forms.GEOJSON, "Features as GeoJSON"),
        link("items", f"{items}?f=html", forms.HTML, "Features as a page"),
        link(QUERYABLES, url(request, "queryables", name), forms.SCHEMA, "What can be filtered by"),
        link(SORTABLES, url(request, "sortables", name), forms.SCHEMA, "What can be sorted by"),
        link(TILES, url(request, "tileset", name), JSON, "Vector tiles (TileJSON)"),
        link("describedby", page, forms.HTML, "The dataset in the portal"),
        link("enclosure", site + package, "application/geopackage+sqlite3", "GeoPackage"),
    ]
    if licence:
        found.append(link("license", licence.url, forms.HTML, licence.title))
    return found


def _extent(version: Version) -> dict[str, Any]:
    box = version.statistics.get("box")
    one = temporal(version.columns)
    known = version.statistics.get("columns", {}).get(one.slug, {}) if one else {}
    extent: dict[str, Any] = {}
    if box:
        extent["spatial"] = {"bbox": [box], "crs": crs.CRS84}
    if known.get("min"):
        ends = [_instant(known["min"]), _instant(known["max"])]
        extent["temporal"] = {"interval": [ends], "trs": GREGORIAN}
    return extent


def _instant(text: str) -> Any:
    """A date begins with its first moment."""
    at = datetime.fromisoformat(text)
    return plain(at if at.tzinfo else at.replace(tzinfo=UTC))


def queryables(request: HttpRequest, version: Version, door: str) -> dict[str, Any]:
    """JSON Schema of the properties, with what is known of their values (Part 3, 6)."""
    name = links.collection_id(version.resource)
    known = version.statistics.get("columns", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": url(request, door, name),
        "type": "object",
        "title": _title(version),
        "additionalProperties": False,
        "properties": {
            one.slug: _property(one, known.get(one.slug, {}), version) for one in version.columns
            if door == "queryables" or one.kind != "geometry"
        },
    }  # fmt: skip


def _property(one: Field, known: dict[str, Any], version: Version) -> dict[str, Any]:
    told: dict[str, Any] = {"title": one.title or one.slug, **TYPES[one.kind]}
    if one.about:
        told["description"] = one.about
    if one.unit:
        told["x-ogc-unit"] = one.unit
    if one.kind == "geometry":
        told["x-ogc-role"] = "primary-geometry"
    if one == temporal(version.columns):
        told["x-ogc-role"] = "primary-instant"
    if one.kind in ("integer", "number") and "min" in known:
        told |= {"minimum": known["min"], "maximum": known["max"]}
    return told
