"""Parameters of an action, from an address or a body, read as what they should be."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpRequest, QueryDict

from stadtkern.kernel.catalogue.doors.ckan.problems import Problem, invalid

Given = Mapping[str, Any]
LONGEST = 1_000_000


def given(request: HttpRequest) -> Given:
    """Of the address, and of a POST's body: JSON, or a form."""
    told = _flat(request.GET)
    if request.method != "POST":
        return told
    if (request.content_type or "").startswith(("application/x-www-form-urlencoded", "multipart/")):
        form = _flat(request.POST)
        # Some clients send JSON and call it a form.
        if len(form) == 1 and next(iter(form)).startswith("{") and not next(iter(form.values())):
            return {**told, **_parsed(next(iter(form)).encode())}
        return {**told, **form}
    return {**told, **_parsed(request.body[:LONGEST])}


def _flat(query: QueryDict) -> dict[str, Any]:
    return {key: values[0] if len(values) == 1 else values for key, values in query.lists()}


def _parsed(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise bad_request("Error decoding JSON data.") from None
    if not isinstance(found, dict):
        raise bad_request("Request data JSON decoded to something that is no object.")
    return found


def bad_request(reason: str) -> Problem:
    """CKAN answers this with a text alone."""
    return Problem(400, {"__type": "Bad Request", "message": f"Bad request - {reason}"})


def text(told: Given, name: str, usual: str = "") -> str:
    """One text; numbers count as texts."""
    value = told.get(name, usual)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise invalid(**{name: "Must be a string"})
    return str(value).replace("\x00", "")


def required(told: Given, name: str) -> str:
    """One text that must be there."""
    found = text(told, name)
    if not found:
        raise invalid(**{name: "Missing value"})
    return found


def number(told: Given, name: str, usual: int, high: int) -> int:
    """A natural number; a larger one becomes the largest."""
    value = told.get(name)
    if value is None or value == "":
        return usual
    try:
        found = int(value)
    except (TypeError, ValueError):
        raise invalid(**{name: "Invalid integer"}) from None
    if found < 0:
        raise invalid(**{name: "Must be a natural number"})
    return min(found, high)


def truth(told: Given, name: str, *, usual: bool = False) -> bool:
    """As CKAN's `asbool` reads it."""
    value = told.get(name, usual)
    return value if isinstance(value, bool) else str(value).lower() in ("true", "yes", "1", "on")


def listed(told: Given, name: str) -> list[str]:
    """Several texts: a list, a list written as JSON, repeated, or with commas."""
    value = told.get(name)
    if isinstance(value, str) and value.strip().startswith("["):
        try:
            value = msgspec.json.decode(value)
        except msgspec.DecodeError:
            raise invalid(**{name: "Could not parse as JSON"}) from None
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid(**{name: "Must be a list"})
    return [str(part).replace("\x00", "") for part in value if part not in ("", None)]
