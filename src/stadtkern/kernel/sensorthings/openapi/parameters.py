"""Query options and headers as OpenAPI parameters."""

from typing import Any

from stadtkern.kernel.sensorthings.aggregate.ask import MOST_TOP, USUAL_TOP
from stadtkern.kernel.sensorthings.aggregate.statistics import NAMES
from stadtkern.kernel.sensorthings.parse.presentation import FORMATS, LEVELS
from stadtkern.kernel.sensorthings.plan.page import MOST, TOP

Parameter = dict[str, Any]


def _header(name: str, about: str) -> Parameter:
    return {"name": name, "in": "header", "schema": {"type": "string"}, "description": about}


def _query(name: str, schema: dict[str, Any], about: str, example: Any = None) -> Parameter:
    found = {"name": name, "in": "query", "schema": schema, "description": about}
    return found if example is None else {**found, "example": example}


_TEXT = {"type": "string"}
_WHOLE = {"type": "integer", "minimum": 0}
_PARAMETERS: dict[str, Parameter] = {
    "id": {
        "name": "id",
        "in": "path",
        "required": True,
        "schema": {"type": "integer", "format": "int64", "minimum": 1},
        "description": "The @iot.id of the entity.",
    },
    "filter": _query(
        "$filter", _TEXT, "Only entities for which this is true.", "name eq 'Air temperature'"
    ),
    "orderby": _query("$orderby", _TEXT, "Properties, each with asc or desc.", "id desc"),
    "top": _query(
        "$top", _WHOLE, f"At most so many entities: usually {TOP}, in JSON at most {MOST}."
    ),
    "skip": _query("$skip", _WHOLE, "Leave out the first ones. To page, follow @iot.nextLink."),
    "count": _query(
        "$count",
        {"enum": ["true", "false", "estimate"]},
        "Say in @iot.count how many there are; `estimate` is quick and may be off.",
    ),
    "select": _query("$select", _TEXT, "Only these properties.", "name"),
    "expand": _query("$expand", _TEXT, "Entities behind links, with options in brackets."),
    "resultFormat": _query(
        "$resultFormat", {"enum": list(FORMATS)}, "The form of the answer; usually JSON."
    ),
    "resultMetadata": _query(
        "$resultMetadata", {"enum": list(LEVELS)}, "How many links an answer shows."
    ),
    "skiptoken": _query("$skiptoken", _TEXT, "Where a page goes on; taken from @iot.nextLink."),
    "aggregate": _query(
        "$aggregate",
        _TEXT,
        f"Sum up the observations: {', '.join(NAMES)}. At most {MOST_TOP} intervals a page,"
        f" usually {USUAL_TOP}.",
        "mean,min,max",
    ),
    "interval": _query(
        "$interval", _TEXT, "The intervals of $aggregate, an ISO 8601 duration.", "P1D"
    ),
    "timezone": _query(
        "$timezone", _TEXT, "Whose days and hours; usually the city's.", "Europe/Berlin"
    ),
    "gaps": _query("$gaps", {"type": "boolean"}, "Show intervals without observations too."),
    "deleted": {
        **_query("$filter", _TEXT, "What to delete; `true` for all of it.", "result gt 100"),
        "required": True,
    },
    "ifMatch": _header("If-Match", "Only if the entity still has this entity tag."),
    "idempotencyKey": _header(
        "Idempotency-Key", "A word of your own: sent again with it, a request is done once."
    ),
    "suspect": _query("$suspect", {"type": "boolean"}, "Whether suspect values count; they do."),
}
COLLECTION = ("filter", "orderby", "top", "skip", "count", "select", "expand", "resultFormat",
              "resultMetadata", "skiptoken")  # fmt: skip
SINGLE = ("select", "expand", "resultMetadata")
CHANGE = ("ifMatch",)
CREATE = ("idempotencyKey",)
AGGREGATE = ("aggregate", "interval", "timezone", "gaps", "suspect")


def parameters() -> dict[str, Parameter]:
    """All parameters by name."""
    return dict(_PARAMETERS)


def references(*names: str) -> list[Parameter]:
    """Pointers to these parameters."""
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]
