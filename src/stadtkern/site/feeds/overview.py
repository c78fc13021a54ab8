"""`/api/feeds/`: which interfaces there are, in words, with their addresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock, registry
from stadtkern.site.feeds.door import JSON, answer, feed


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """One interface: the standard, what it gives, and the name of its address."""

    standard: str
    about: str | Promise
    to: str
    family: str = "parking"
    kind: str = JSON

    @property
    def url(self) -> str:
        """Its path."""
        return reverse(self.to)


ADDRESSES: Final[Sequence[Address]] = (
    Address(standard="ParkAPI v1", about=_("Car parks, as route planners read them"),
            to="feeds-parkapi-v1"),
    Address(standard="ParkAPI v1", about=_("Bicycle parking, as route planners read it"),
            to="feeds-parkapi-v1-bikes"),
    Address(standard="ParkAPI v3", about=_("Parking sites with filters and pages"),
            to="feeds-parkapi-v3"),
    Address(standard="ParkAPI v3", about=_("Single parking spaces"), to="feeds-parkapi-v3-spots"),
    Address(standard="ParkAPI v3", about=_("Sources with licence and credit"),
            to="feeds-parkapi-v3-sources"),
    Address(standard="DATEX II 2.3", about=_("Car parks, what changes seldom"),
            to="feeds-datex2-v2-table", kind="application/xml"),
    Address(standard="DATEX II 2.3", about=_("Free spaces now"), to="feeds-datex2-v2-status",
            kind="application/xml"),
    Address(standard="DATEX II 3.7", about=_("Car parks, groups and single spaces"),
            to="feeds-datex2-v3-table", kind="application/xml"),
    Address(standard="DATEX II 3.7", about=_("Free spaces now"), to="feeds-datex2-v3-status",
            kind="application/xml"),
    Address(standard="DATEX II 3.4 (JSON)", about=_("Car parks and free spaces, short"),
            to="feeds-datex2-light"),
    Address(standard="DATEX II 3.7", about=_("Display boards, where they stand"),
            to="feeds-datex2-vms-table", family="signs", kind="application/xml"),
    Address(standard="DATEX II 3.7", about=_("Display boards, what they show now"),
            to="feeds-datex2-vms-status", family="signs", kind="application/xml"),
    Address(standard="SIRI-FM 2.1", about=_("Free spaces for public transport information"),
            to="feeds-siri-fm", kind="application/xml"),
    Address(standard="GeoJSON", about=_("Parking sites for a map"), to="feeds-parking-geojson",
            kind="application/geo+json"),
    Address(standard="CDS 1.0", about=_("Parking zones with their outlines"),
            to="feeds-curbs-zones", family="curbs", kind="application/vnd.cds+json"),
    Address(standard="CDS 1.0", about=_("When parking costs how much in these zones"),
            to="feeds-curbs-policies", family="curbs", kind="application/vnd.cds+json"),
    Address(standard="GeoJSON (CDS)", about=_("Single spaces and their rules"),
            to="feeds-parking-curbs", kind="application/geo+json"),
    Address(standard="Atom", about=_("Car parks that are closed now"),
            to="feeds-parking-closures", kind="application/atom+xml"),
    Address(standard="DATEX II (AFIR)", about=_("Charging points, what changes seldom"),
            to="feeds-afir-table", family="charging"),
    Address(standard="DATEX II (AFIR)", about=_("Charging points, whether they are free"),
            to="feeds-afir-status", family="charging"),
    Address(standard="OCPI 2.2.1", about=_("Charging for partners, with a key"),
            to="feeds-ocpi-versions", family="charging"),
    Address(standard="GBFS 3.0", about=_("Vehicles to share"), to="feeds-gbfs-manifest",
            family="sharing"),
)  # fmt: skip


def addresses() -> list[Address]:
    """Those that some system which is on fills."""
    filled = {one.standard for system in registry.active() for one in system.feeds}
    return [one for one in ADDRESSES if one.family in filled]


@feed
def index(request: HttpRequest) -> HttpResponseBase:
    """The same for programs."""
    rows = [_row(request, one) for one in addresses()]
    told = {"feeds": rows}
    return answer(request, rows, clock.now(), JSON, lambda: msgspec.json.encode(told))


def _row(request: HttpRequest, one: Address) -> Mapping[str, str]:
    where = request.build_absolute_uri(one.url)
    return {"standard": one.standard, "about": str(one.about), "url": where}


@feed
def openapi(request: HttpRequest) -> HttpResponseBase:
    """The description of these addresses (OpenAPI 3.1)."""
    told = {
        "openapi": "3.1.0",
        "info": {"title": f"{registry.city().title}: mobility feeds", "version": "1"},
        "servers": [{"url": request.build_absolute_uri("/").rstrip("/")}],
        "paths": {one.url: {"get": _described(one)} for one in addresses()},
        "components": {"parameters": PARAMETERS},
    }
    return answer(
        request, list(told["paths"]), clock.now(), JSON, lambda: msgspec.json.encode(told)
    )


def _described(one: Address) -> Mapping[str, object]:
    asked = [{"$ref": f"#/components/parameters/{name}"} for name in PARAMETERS]
    return {
        "summary": f"{one.standard}: {one.about}", "operationId": one.to,
        "parameters": asked if one.family == "parking" else [],
        "responses": {
            "200": {"description": "The document", "content": {one.kind: {}}},
            "304": {"description": "Unchanged since the ETag that was sent"},
            "400": {"description": "A parameter is wrong: its name and the reason"},
        },
    }  # fmt: skip


def _asked(name: str, about: str, **schema: object) -> Mapping[str, object]:
    return {"name": name, "in": "query", "required": False, "description": about,
            "schema": {"type": "string", **schema}}  # fmt: skip


PARAMETERS: Final[Mapping[str, Mapping[str, object]]] = {
    name: _asked(name, about, **schema)
    for name, about, schema in (
        ("purpose", "what is parked", {"enum": ["CAR", "BIKE", "ITEM"]}),
        ("source_uid", "from one source, see sources", {}),
        ("source_uids", "from several sources, with commas", {}),
        ("name", "part of the name", {}),
        ("type", "kind of site in ParkAPI v3", {}),
        ("not_type", "any kind but this", {}),
        ("lat", "degrees, with lon and radius", {"type": "number"}),
        ("lon", "degrees, with lat and radius", {"type": "number"}),
        ("radius", "metres around lat and lon", {"type": "number"}),
        ("spaces", "each single space as a site of its own", {"enum": ["yes", "no"]}),
    )
}
