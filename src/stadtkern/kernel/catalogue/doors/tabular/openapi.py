"""The tabular API described in OpenAPI 3.0."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from stadtkern.kernel.catalogue.dcat import address
from stadtkern.kernel.catalogue.doors.answers import json_answer
from stadtkern.kernel.catalogue.doors.tabular.asked import FARTHEST, FORMATS, MOST, OPERATORS, USUAL
from stadtkern.kernel.catalogue.tables.aggregate import FUNCTIONS, PARTS

KIND = "application/vnd.oai.openapi+json;version=3.0"
NAMES = ("dataset", "resource")


def document(request: HttpRequest) -> HttpResponseBase:
    """The description, for the address at which it is asked for."""
    told = {
        "openapi": "3.0.3",
        "info": {
            "title": "Tables",
            "version": "1",
            "description": "Rows of all published tables, without a key. Columns of a table are"
            " parameters too: `column=value` and `column__operator=value` with one of "
            f"{', '.join(OPERATORS)}.",
        },
        "servers": [{"url": f"{address.base(request)}/api/tables"}],
        "paths": _paths(),
        "components": {"schemas": _schemas(), "responses": _refusals()},
    }
    return json_answer(told, kind=KIND)


def _paths() -> dict[str, Any]:
    rows = "/{dataset}/{resource}"
    return {
        "/": {"get": _operation("tables", "All published tables", [
            _text("q", "Words in titles and names"), _whole("limit", 1, 1000), _whole("offset", 0),
        ], "Tables")},
        rows: {"get": _operation("rows", "Rows of a table, or figures of them",
                                 [*_named(), *_asked()], "Rows", csv=True)},
        f"{rows}/schema": {"get": _operation(
            "schema", "Columns, what is known of their values, licence, other doors",
            [*_named(), _whole("version", 1)], "Schema")},
    }  # fmt: skip


def _operation(
    name: str, about: str, parameters: list[dict[str, Any]], schema: str, *, csv: bool = False
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    }
    if csv:
        content["text/csv"] = {"schema": {"type": "string"}}
    refused = {"400": "Wrong", "404": "Missing", "503": "TakesTooLong"}
    return {
        "operationId": name,
        "summary": about,
        "parameters": parameters,
        "responses": {
            "200": {"description": about, "content": content},
            **{code: {"$ref": f"#/components/responses/{one}"} for code, one in refused.items()},
        },
    }


def _named() -> list[dict[str, Any]]:
    return [
        {"name": one, "in": "path", "required": True, "schema": {"type": "string"}} for one in NAMES
    ]


def _asked() -> list[dict[str, Any]]:
    functions = [_text(one, f"Columns to take the {one} of, with commas") for one in FUNCTIONS]
    parts = ", ".join(PARTS)
    return [
        _text("q", "Words in all texts, by their stem; `stra*` finds beginnings"),
        _text("bbox", "west,south,east,north in WGS 84; boxes that touch it"),
        _text("sort", "Columns with commas, `-` for downwards; empty cells come last"),
        _text("fields", "Columns to show, with commas"),
        _whole("limit", 1, MOST, USUAL),
        _whole("offset", 0, FARTHEST),
        _text("next", "As the link to the next page says"),
        {"name": "format", "in": "query", "schema": {"type": "string", "enum": list(FORMATS)}},
        _whole("version", 1),
        _text("group_by", f"Columns with commas; of a date also a part: `planted.year` ({parts})"),
        *functions,
        {
            "name": "filters", "in": "query", "style": "form", "explode": True,
            "description": "`column=value`, `column__gte=value`",
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    ]  # fmt: skip


def _text(name: str, about: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": about, "schema": {"type": "string"}}


def _whole(
    name: str, low: int, high: int | None = None, usual: int | None = None
) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer", "minimum": low}
    if high is not None:
        schema["maximum"] = high
    if usual is not None:
        schema["default"] = usual
    return {"name": name, "in": "query", "schema": schema}


def _schemas() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "integer"}
    a_row = {"type": "object", "additionalProperties": True}
    many = {"type": "array", "items": a_row}
    return {
        "Tables": _object(total=number, tables=many, next=text),
        "Rows": _object(
            total=number, total_is_estimated={"type": "boolean"}, rows=many, next=text, source=a_row
        ),
        "Schema": _object(id=text, title=text, rows=number, columns=many, doors=many, source=a_row),
        "Problem": _object(
            code=text, description=text, status=number,
            errors={"type": "array", "items": _object(field=text, reason=text)},
        ),
    }  # fmt: skip


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _refusals() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    about = {
        "Wrong": "A parameter is unknown or makes no sense; `errors` say which and why.",
        "Missing": "There is no such published table.",
        "TakesTooLong": "The question takes too long; ask for less.",
    }
    return {name: {"description": text, "content": content} for name, text in about.items()}
