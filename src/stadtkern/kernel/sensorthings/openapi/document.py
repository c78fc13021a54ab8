"""The whole description, for the address at which it is asked for."""

from functools import cache
from typing import Any

import msgspec

from stadtkern.kernel.sensorthings.answer import Answer
from stadtkern.kernel.sensorthings.entities import ENTITIES
from stadtkern.kernel.sensorthings.openapi.extras import extras
from stadtkern.kernel.sensorthings.openapi.parameters import parameters
from stadtkern.kernel.sensorthings.openapi.paths import paths
from stadtkern.kernel.sensorthings.openapi.schemas import reference, schemas

PATH = "api"
KIND = "application/vnd.oai.openapi+json;version=3.1"

_ABOUT = (
    "Sensors and their observations after OGC SensorThings API 1.1 (18-088). Reading public data"
    " needs no key. Addresses below an entity may go on: `/Things(1)/Datastreams(2)/Observations`."
)
_REFUSALS = {
    "400": "The request is wrong; the message says where.",
    "401": "A key or token is missing or not valid.",
    "403": "The key or token is not enough for this.",
    "404": "There is nothing at this address.",
    "409": "It contradicts what is stored.",
    "412": "The entity has changed since (If-Match).",
    "413": "The body is too long.",
    "415": "The body is of a type that is not understood here.",
    "429": "Too many requests; Retry-After says when to come back.",
    "503": "It takes too long, or the database does not answer.",
}
_SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key of the city, or a token of its identity provider.",
    },
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "The same key as the password, for programs that know no other way.",
    },
}


def answer(base: str) -> Answer:
    """The description as JSON."""
    told = {**_document(), "servers": [{"url": base}]}
    return Answer(status=200, body=[msgspec.json.encode(told)], kind=KIND)


@cache
def _document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SensorThings API",
            "version": "1.1",
            "summary": "What the city's sensors measure.",
            "description": _ABOUT,
        },
        "tags": [{"name": name} for name in ENTITIES],
        "security": [{}, {"bearer": []}, {"basic": []}],
        "paths": {**extras(), **paths()},
        "components": {
            "schemas": schemas(),
            "parameters": parameters(),
            "responses": {
                code: {
                    "description": about,
                    "content": {"application/json": {"schema": reference("Problem")}},
                }
                for code, about in _REFUSALS.items()
            },
            "securitySchemes": _SECURITY,
        },
    }
