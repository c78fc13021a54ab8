"""Checks what came out of a codec: it is text from an untrusted place until it passed here."""

import re

import msgspec

from stadtkern.kernel.devices.sandbox.message import JSON, Decoded

DEEPEST = 20
LISTED = 20
LONGEST_LINE = 200
NO_DATA = "returned no data object"

# PostgreSQL stores neither NUL nor half a surrogate pair; JSON.stringify writes both as escapes.
UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")


def understood(body: bytes) -> Decoded:
    try:
        result = msgspec.json.decode(UNSTORABLE.sub(rb"\\ufffd", body))
    except (msgspec.MsgspecError, RecursionError):
        return Decoded.failed("returned something that is not readable JSON")
    return checked(result)


def checked(result: JSON) -> Decoded:
    if not isinstance(result, dict):
        return Decoded.failed(NO_DATA)
    data, errors = result.get("data"), sentences(result.get("errors"))
    if not fits(data, DEEPEST):
        return Decoded.failed(f"returned data more than {DEEPEST} levels deep")
    if not isinstance(data, dict) and not errors:
        return Decoded.failed(NO_DATA)
    return Decoded(
        data=data if isinstance(data, dict) else {},
        warnings=sentences(result.get("warnings")),
        problem=f"codec reported: {'; '.join(errors)}"[:300] if errors else None,
    )


def sentences(value: JSON) -> tuple[str, ...]:
    """A codec's `warnings` or `errors` as short lines, whatever it put there."""
    if value is None or value == []:
        return ()
    lines = value if isinstance(value, list) else [value]
    return tuple(one_line(line) for line in lines[:LISTED])


def one_line(value: JSON) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return " ".join(text.split())[:LONGEST_LINE]


def fits(value: JSON, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(fits(item, levels - 1) for item in inner)
