"""What one method does at one kind of address, as an OpenAPI operation."""

from dataclasses import dataclass
from typing import Any

from stadtkern.kernel.sensorthings.entities import OBSERVATIONS, Entity
from stadtkern.kernel.sensorthings.openapi.parameters import (
    AGGREGATE,
    CHANGE,
    COLLECTION,
    CREATE,
    SINGLE,
    references,
)
from stadtkern.kernel.sensorthings.openapi.schemas import Schema, reference

Operation = dict[str, Any]

_JSON, _PATCH, _MERGE = (
    "application/json",
    "application/json-patch+json",
    "application/merge-patch+json",
)

_DELETED: Schema = {"type": "object", "properties": {"deleted": {"type": "integer"}}}
WRITING: list[dict[str, list[str]]] = [{"bearer": []}, {"basic": []}]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """An address as a template; `name` tells its operations apart, `about` says what it is."""

    path: str
    name: str
    about: str
    entity: Entity
    many: bool


def operations(place: Place, methods: tuple[str, ...]) -> dict[str, Operation]:
    """The operations of an address that names entities, by method in lower case."""
    made = {"GET": _get, "POST": _post, "PATCH": _patch, "PUT": _put, "DELETE": _delete}
    found = {name.lower(): make(place) for name, make in made.items() if name in methods}
    for name, one in found.items():
        one["operationId"] = f"{name}{place.name}"
        one["tags"] = [place.entity.name]
    return found


def failures(*codes: str) -> dict[str, Schema]:
    """Answers that refuse, each with a sentence that says why."""
    return {code: {"$ref": f"#/components/responses/{code}"} for code in codes}


def json_answer(about: str, schema: Schema) -> Schema:
    """An answer with a body in JSON."""
    return {"description": about, "content": {_JSON: {"schema": schema}}}


def _get(place: Place) -> Operation:
    singular = place.entity.singular
    if not place.many:
        return {
            "summary": f"Read {place.about}",
            "parameters": references(*SINGLE),
            "responses": {
                "200": json_answer(f"The {singular}.", reference(singular)),
                **failures("400", "404", "429", "503"),
            },
        }
    page, options = reference(f"{singular}Page"), list(COLLECTION)
    text: Schema = {"type": "string"}
    content = {
        _JSON: {"schema": page},
        "text/csv": {"schema": text},
        "application/geo+json": {"schema": {"type": "object"}},
    }
    if place.entity is OBSERVATIONS:
        choices = [page, reference("DataArrays"), reference("Aggregates")]
        content[_JSON] = {"schema": {"anyOf": choices}}
        content["text/event-stream"] = {"schema": text}
        options += AGGREGATE
    return {
        "summary": f"List {place.about}",
        "parameters": references(*options),
        "responses": {
            "200": {"description": "A page.", "content": content},
            **failures("400", "404", "429", "503"),
        },
    }


def _post(place: Place) -> Operation:
    singular = place.entity.singular
    return {
        "summary": f"Create a {singular} in {place.about}",
        "parameters": references(*CREATE),
        "requestBody": body({_JSON: reference(f"{singular}ToCreate")}),
        "responses": {
            "201": {
                **_done("Created."),
                "headers": {
                    "Location": {
                        "description": "The address of the new entity.",
                        "schema": {"type": "string", "format": "uri"},
                    }
                },
            },
            **refused("404", "409", "413", "415"),
        },
        "security": WRITING,
    }


def _patch(place: Place) -> Operation:
    sent = reference(f"{place.entity.singular}ToUpdate")
    kinds = {_JSON: sent, _MERGE: sent, _PATCH: reference("JsonPatch")}
    return {
        "summary": f"Change {place.about}",
        "parameters": references(*CHANGE),
        "requestBody": body(kinds),
        "responses": {"200": _done("Changed."), **refused("404", "409", "412", "415")},
        "security": WRITING,
    }


def _put(place: Place) -> Operation:
    return {
        "summary": f"Replace {place.about}",
        "parameters": references(*CHANGE),
        "requestBody": body({_JSON: reference(f"{place.entity.singular}ToCreate")}),
        "responses": {"200": _done("Replaced."), **refused("404", "409", "412", "415")},
        "security": WRITING,
    }


def _delete(place: Place) -> Operation:
    if place.many:
        return {
            "summary": f"Delete those of {place.about} that a filter chooses",
            "parameters": references("deleted"),
            "responses": {"200": json_answer("How many.", _DELETED), **refused("404")},
            "security": WRITING,
        }
    return {
        "summary": f"Delete {place.about}",
        "parameters": references(*CHANGE),
        "responses": {"200": {"description": "Deleted."}, **refused("404", "412")},
        "security": WRITING,
    }


def _done(about: str) -> Schema:
    return json_answer(about, reference("EntityLink"))


def refused(*more: str) -> dict[str, Schema]:
    """What can be refused in a write."""
    return failures("400", "401", "403", *more, "429", "503")


def body(kinds: dict[str, Schema]) -> Schema:
    """A body that must be sent, by its media types."""
    content = {kind: {"schema": schema} for kind, schema in kinds.items()}
    return {"required": True, "content": content}
