"""All addresses of the entity sets, with the methods that they take."""

from collections.abc import Iterator
from typing import Any

from stadtkern.kernel.sensorthings.entities import ENTITIES, Entity, Link
from stadtkern.kernel.sensorthings.methods import allowed
from stadtkern.kernel.sensorthings.openapi.operations import (
    WRITING,
    Operation,
    Place,
    body,
    failures,
    json_answer,
    operations,
    refused,
)
from stadtkern.kernel.sensorthings.openapi.parameters import references
from stadtkern.kernel.sensorthings.openapi.schemas import Schema, property_schema, reference
from stadtkern.kernel.sensorthings.parse.path import parse_path

Item = dict[str, Any]


def paths() -> dict[str, Item]:
    """The path items of all entity sets by their template."""
    return {path: item for entity in ENTITIES.values() for path, item in _of_entity(entity)}


def _of_entity(entity: Entity) -> Iterator[tuple[str, Item]]:
    name, singular = entity.name, entity.singular
    yield _item(Place(path=f"/{name}", name=name, about=name, entity=entity, many=True))
    one = f"/{name}({{id}})"
    yield _item(Place(path=one, name=singular, about=f"a {singular}", entity=entity, many=False))
    for link in entity.links.values():
        about = f"the {link.name} of a {singular}"
        target = ENTITIES[link.target]
        yield _item(
            Place(
                path=f"{one}/{link.name}",
                name=f"{singular}{link.name}",
                about=about,
                entity=target,
                many=link.many,
            )
        )
        yield _references(f"{one}/{link.name}/$ref", entity, link)
    yield _references(f"/{name}/$ref", entity, None)
    for found in entity.properties.values():
        yield from _properties(one, entity, found.name, property_schema(found))


def _methods(path: str) -> tuple[str, ...]:
    return allowed(parse_path(path.replace("{id}", "1")))


def _item(place: Place) -> tuple[str, Item]:
    return place.path, {**_with_id(place.path), **operations(place, _methods(place.path))}


def _with_id(path: str) -> Item:
    return {"parameters": references("id")} if "{id}" in path else {}


def _properties(one: str, entity: Entity, name: str, schema: Schema) -> Iterator[tuple[str, Item]]:
    title = entity.singular + name[0].upper() + name[1:]
    told = {"type": "object", "properties": {name: schema}}
    read: Operation = {
        "operationId": f"get{title}",
        "tags": [entity.name],
        "summary": f"Read {name} of a {entity.singular}",
        "responses": {
            "200": json_answer("The property by its name.", told),
            "204": {"description": "It has no value."},
            **failures("404"),
        },
    }
    plain = {"text/plain": {"schema": {"type": "string"}}}
    raw = {
        **read,
        "operationId": f"get{title}Value",
        "summary": f"Read the bare value of {name} of a {entity.singular}",
        "responses": {**read["responses"], "200": {"description": "Its value.", "content": plain}},
    }
    yield f"{one}/{name}", {**_with_id(one), "get": read}
    yield f"{one}/{name}/$value", {**_with_id(one), "get": raw}


def _references(path: str, entity: Entity, link: Link | None) -> tuple[str, Item]:
    title = f"{entity.singular}{link.name}" if link else entity.name
    what = f"links to the {link.name} of a {entity.singular}" if link else f"links to {entity.name}"
    many = link is None or link.many
    told = reference("References" if many else "EntityLink")
    item: Item = {
        **_with_id(path),
        "get": {
            "summary": f"Read {what}",
            "parameters": references("filter", "top", "skip", "count") if many else [],
            "responses": {"200": json_answer("The links.", told), **failures("404")},
        },
    }
    for method, word in (("POST", "Add"), ("PUT", "Set"), ("DELETE", "Remove")):
        if method in _methods(path):
            item[method.lower()] = _linking(word, what, bare=method == "DELETE")
    for method, one in item.items():
        if method != "parameters":
            one["operationId"] = f"{method}{title}Ref"
            one["tags"] = [entity.name]
    return path, item


def _linking(word: str, what: str, *, bare: bool) -> Operation:
    found: Operation = {
        "summary": f"{word} {what}",
        "responses": {"204": {"description": "Done."}, **refused("404", "409")},
        "security": WRITING,
    }
    if bare:
        found["parameters"] = [
            {
                "name": "$id",
                "in": "query",
                "schema": {"type": "string"},
                "description": "Which of several links.",
            }
        ]
        return found
    return {**found, "requestBody": body({"application/json": reference("EntityLink")})}
