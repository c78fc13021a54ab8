"""Addresses that are no entity sets: the service root, batches, bulk creation, this description."""

from typing import Any

from stadtkern.kernel.sensorthings.openapi.operations import (
    WRITING,
    body,
    failures,
    json_answer,
    refused,
)
from stadtkern.kernel.sensorthings.openapi.schemas import Schema, reference

Item = dict[str, Any]

_ANY: Schema = {"type": "object"}


def extras() -> dict[str, Item]:
    """Their path items by template."""
    return {
        "/": {"get": _read("Root", "Read the service root: entity sets and conformance", _ROOT)},
        "/api": {"get": _read("Description", "Read this description", _ANY)},
        "/$batch": {"post": _BATCH},
        "/CreateObservations": {"post": _CREATE},
    }


def _read(name: str, summary: str, schema: Schema) -> Item:
    return {
        "operationId": f"get{name}",
        "summary": summary,
        "responses": {"200": json_answer("As asked for.", schema), **failures("429")},
    }


_ROOT: Schema = {
    "type": "object",
    "properties": {
        "value": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "url": {"type": "string", "format": "uri"},
                },
            },
        },
        "serverSettings": {
            "type": "object",
            "properties": {"conformance": {"type": "array", "items": {"type": "string"}}},
        },
    },
}
_REQUEST: Schema = {
    "type": "object",
    "required": ["id", "method", "url"],
    "properties": {
        "id": {"type": "string"},
        "method": {"type": "string"},
        "url": {"type": "string", "description": "`$1/Datastreams` refers to request 1."},
        "atomicityGroup": {"type": "string"},
        "body": {},
    },
}
_PARTS: Schema = {"type": "string", "description": "Parts of the type application/http."}
_BATCH: Item = {
    "operationId": "postBatch",
    "summary": "Send many requests at once; change sets are carried out as a whole or not at all",
    "requestBody": body(
        {
            "multipart/mixed": _PARTS,
            "application/json": {
                "type": "object",
                "properties": {"requests": {"type": "array", "items": _REQUEST}},
            },
        }
    ),
    "responses": {
        "200": {
            "description": "The answers, in the order of the requests.",
            "content": {
                "multipart/mixed": {"schema": _PARTS},
                "application/json": {"schema": _ANY},
            },
        },
        **failures("400", "413", "415", "429"),
    },
}
_CREATE: Item = {
    "operationId": "postCreateObservations",
    "summary": "Create many observations, written as data arrays",
    "requestBody": body(
        {"application/json": {"type": "array", "items": reference("DataArrayToCreate")}}
    ),
    "responses": {
        "201": json_answer(
            "For each observation its address, or a text that begins with `error`.",
            {"type": "array", "items": {"type": "string"}},
        ),
        **refused("413", "415"),
    },
    "security": WRITING,
}
