"""Landing page, conformance, collections and their queryables (Part 1, 7.2 to 7.14)."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponseBase

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.doors import found, links
from stadtkern.kernel.catalogue.doors.answers import JSON, json_answer, marked, unchanged
from stadtkern.kernel.catalogue.doors.features import crs, forms, records
from stadtkern.kernel.catalogue.doors.features.forms import answer, both, check, link, spoken, url

OGC: Final = "http://www.opengis.net/spec"
CONFORMS_TO: Final = (
    *(f"{OGC}/ogcapi-features-1/1.0/conf/{one}" for one in ("core", "geojson", "html", "oas30")),
    f"{OGC}/ogcapi-features-2/1.0/conf/crs",
    *(f"{OGC}/ogcapi-features-3/1.0/conf/{one}"
      for one in ("queryables", "queryables-query-parameters", "filter", "features-filter")),
    *(f"{OGC}/cql2/1.0/conf/{one}" for one in (
        "cql2-text", "cql2-json", "basic-cql2", "advanced-comparison-operators",
        "case-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
        "spatial-functions", "temporal-functions")),
)  # fmt: skip


@spoken
def landing(request: HttpRequest) -> HttpResponseBase:
    """Where everything begins."""
    check(request)
    city = registry.city()
    told: dict[str, Any] = {
        "title": city.title,
        "description": "Offene Geodaten als OGC API Features",
        "attribution": city.city.name,
        "links": [
            *both(request, url(request, "features")),
            link("service-desc", url(request, "features-openapi"), forms.OPENAPI, "OpenAPI 3.0"),
            link("service-doc", url(request, "features") + "?f=html", forms.HTML, "About this API"),
            link("conformance", url(request, "conformance"), JSON, "What this API conforms to"),
            link("data", url(request, "collections"), JSON, "Collections"),
        ],
    }
    return answer(request, "landing", told)


@spoken
def conformance(request: HttpRequest) -> HttpResponseBase:
    """The classes that this API follows."""
    check(request)
    told = {"conformsTo": list(CONFORMS_TO), "links": both(request, url(request, "conformance"))}
    return answer(request, "conformance", told)


@spoken
def collections(request: HttpRequest) -> HttpResponseBase:
    """All published tables with places."""
    check(request)
    versions = found.tables().filter(resource__spatial=True).defer("report")
    told = {
        "links": both(request, url(request, "collections")),
        "crs": list(crs.OFFERED),
        "collections": [records.collection(request, one, alone=False) for one in versions],
    }
    return answer(request, "collections", told)


@spoken
def collection(request: HttpRequest, name: str) -> HttpResponseBase:
    """One of them."""
    check(request)
    version = found.collection(name)
    if known := unchanged(request, version):
        return known
    told = records.collection(request, version, alone=True)
    portal = forms.portal(request, version)
    doors = links.distributions(version.resource)
    page = answer(request, "collection", told, portal=portal, doors=doors)
    return marked(request, page, version)


def queryables(request: HttpRequest, name: str) -> HttpResponseBase:
    """The properties that a filter may name."""
    return _schema(request, name, "queryables")


def sortables(request: HttpRequest, name: str) -> HttpResponseBase:
    """The properties that can be sorted by."""
    return _schema(request, name, "sortables")


def _schema(request: HttpRequest, name: str, door: str) -> HttpResponseBase:
    check(request)
    version = found.collection(name)
    if known := unchanged(request, version):
        return known
    told = records.queryables(request, version, door)
    return marked(request, json_answer(told, kind=forms.SCHEMA), version)
