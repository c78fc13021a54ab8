"""OGC API Features described in OpenAPI 3.0."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.doors.answers import JSON, json_answer
from stadtkern.kernel.catalogue.doors.cql.filters import LANGUAGES
from stadtkern.kernel.catalogue.doors.features import crs, forms
from stadtkern.kernel.catalogue.doors.features.asked import FARTHEST, MOST, USUAL

NAME = "collectionId"


def document(request: HttpRequest) -> HttpResponseBase:
    """The description, for the address at which it is asked for."""
    forms.check(request)
    told = {
        "openapi": "3.0.3",
        "info": {
            "title": f"{registry.city().title}: OGC API Features",
            "version": "1.0.0",
            "description": "Published tables with places. Reading needs no key.",
        },
        "servers": [{"url": forms.url(request, "features")}],
        "paths": _paths(),
        "components": {"parameters": _parameters(), "responses": _responses()},
    }
    return json_answer(told, kind=forms.OPENAPI)


def _paths() -> dict[str, Any]:
    one = f"/collections/{{{NAME}}}"
    return {
        "/": _get("landing", "Landing page"),
        "/conformance": _get("conformance", "What this API conforms to"),
        "/api": _get("description", "This description", kind=forms.OPENAPI),
        "/collections": _get("collections", "All collections"),
        one: _get("collection", "One collection", NAME),
        f"{one}/queryables": _get("queryables", "What can be filtered by", NAME, kind=forms.SCHEMA),
        f"{one}/sortables": _get("sortables", "What can be sorted by", NAME, kind=forms.SCHEMA),
        f"{one}/items": _get(
            "items", "Features", NAME, "limit", "bbox", "bbox-crs", "crs", "datetime", "filter",
            "filter-lang", "filter-crs", "sortby", "properties", "q", "offset", "next", "queryable",
            kind=forms.GEOJSON,
        ),
        f"{one}/items/{{featureId}}": _get(
            "item", "One feature", NAME, "featureId", "crs", kind=forms.GEOJSON
        ),
    }  # fmt: skip


def _get(name: str, about: str, *parameters: str, kind: str = JSON) -> dict[str, Any]:
    refused = {"400": "Wrong", "404": "Missing"}
    return {
        "get": {
            "operationId": name,
            "summary": about,
            "parameters": [
                {"$ref": f"#/components/parameters/{one}"} for one in (*parameters, "f")
            ],
            "responses": {
                "200": {"description": about, "content": {kind: {"schema": {"type": "object"}}}},
                **{
                    code: {"$ref": f"#/components/responses/{one}"} for code, one in refused.items()
                },
            },
        }
    }


def _parameters() -> dict[str, Any]:
    text, systems = {"type": "string"}, {"type": "string", "enum": list(crs.OFFERED)}
    numbers = {
        "type": "array", "items": {"type": "number"},
        "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
    }  # fmt: skip
    whole = {"type": "integer", "minimum": 0, "maximum": FARTHEST, "default": 0}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return {
        NAME: _path(NAME, "A collection"),
        "featureId": _path("featureId", "The number of a feature"),
        "f": _query("f", "json or html", {"type": "string", "enum": ["json", "html"]}),
        "limit": _query("limit", "How many features at a time", limit),
        "bbox": {**_query("bbox", "Features that intersect it", numbers), "explode": False},
        "bbox-crs": _query("bbox-crs", "What bbox is written in", systems),
        "crs": _query("crs", "What the answer is written in", systems),
        "datetime": _query("datetime", "A time or `start/end`, open with `..`", text),
        "filter": _query("filter", "CQL2", text),
        "filter-lang": _query("filter-lang", "", {"type": "string", "enum": list(LANGUAGES)}),
        "filter-crs": _query("filter-crs", "What the filter is written in", systems),
        "sortby": _query("sortby", "Properties with commas, `-` for downwards", text),
        "properties": _query("properties", "Properties to show, with commas", text),
        "q": _query("q", "Words in all texts", text),
        "offset": _query("offset", "How many to leave out", whole),
        "next": _query("next", "As the link to the next page says", text),
        "queryable": {
            **_query("queryable", "`property=value`", {
                "type": "object", "additionalProperties": {"type": "string"}}),
            "explode": True,
        },
    }  # fmt: skip


def _path(name: str, about: str) -> dict[str, Any]:
    return {
        "name": name, "in": "path", "required": True, "description": about,
        "schema": {"type": "string"},
    }  # fmt: skip


def _query(name: str, about: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name, "in": "query", "required": False, "description": about, "schema": schema,
        "style": "form",
    }  # fmt: skip


def _responses() -> dict[str, Any]:
    problem = {
        "type": "object", "required": ["code"],
        "properties": {"code": {"type": "string"}, "description": {"type": "string"}},
    }  # fmt: skip
    content = {"application/json": {"schema": problem}}
    return {
        "Wrong": {"description": "A parameter is unknown or wrong", "content": content},
        "Missing": {"description": "There is nothing here", "content": content},
    }
