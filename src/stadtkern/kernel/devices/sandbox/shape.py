"""Checks what came out of a codec: it is text from an untrusted place until it passed here."""

import re
from typing import Any

import msgspec

from stadtkern.kernel.devices.sandbox.message import JSON, Decoded, Encoded

DEEPEST = 20
LISTED = 20
LONGEST_LINE = 200
# The largest payload that LoRaWAN carries (RP002, DR 4 to 7 in EU868).
LONGEST_PAYLOAD = 242
NO_DATA = "returned no data object"
UNREADABLE = "returned something that is not readable JSON"

# PostgreSQL stores neither NUL nor half a surrogate pair; JSON.stringify writes both as escapes.
UNSTORABLE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})")


def decoded(body: bytes) -> Decoded:
    """A decoder's result: `[output]` or `[output, normalized]` as JSON."""
    result = _listed(body)
    if result is None:
        return Decoded.failed(UNREADABLE)
    if not result or not isinstance(output := result[0], dict):
        return Decoded.failed(NO_DATA)
    data, errors = output.get("data"), sentences(output.get("errors"))
    if not fits(data, DEEPEST):
        return Decoded.failed(f"returned data more than {DEEPEST} levels deep")
    if not isinstance(data, dict) and not errors:
        return Decoded.failed(NO_DATA)
    measurements, notes = normalized(result[1] if len(result) > 1 else None)
    return Decoded(
        data=data if isinstance(data, dict) else {},
        warnings=(*sentences(output.get("warnings")), *notes),
        problem=_reported(errors),
        reported=errors,
        normalized=measurements,
        output=output,
    )


def normalized(output: JSON) -> tuple[list[JSON] | None, tuple[str, ...]]:
    """What `normalizeUplink` gave as a list of measurements, and what it complained of.

    The decoded data stand however it fails.
    """
    if output is None:
        return None, ()
    if not isinstance(output, dict):
        return None, ("normalizeUplink: returned no object",)
    errors = (*sentences(output.get("errors")), *sentences(output.get("warnings")))
    notes = tuple(f"normalizeUplink: {line}" for line in errors)
    data = output.get("data")
    if output.get("errors") or not isinstance(data, dict | list) or not fits(data, DEEPEST):
        return None, notes
    return (data if isinstance(data, list) else [data]), notes


def encoded(body: bytes) -> Encoded:
    """An encoder's result: `[{bytes, fPort?, warnings?, errors?}]` as JSON."""
    result = _listed(body)
    if result is None:
        return Encoded.failed(UNREADABLE)
    if not result or not isinstance(output := result[0], dict):
        return Encoded.failed("returned no object with bytes")
    errors, warnings = sentences(output.get("errors")), sentences(output.get("warnings"))
    if errors:
        return Encoded(
            payload=b"",
            warnings=warnings,
            problem=_reported(errors),
            reported=errors,
            output=output,
        )
    payload: Any = output.get("bytes")
    port: Any = output.get("fPort")
    if problem := _unsendable(payload, port):
        return Encoded(payload=b"", problem=problem, output=output)
    return Encoded(
        payload=bytes(map(int, payload)),
        f_port=None if port is None else int(port),
        warnings=warnings,
        output=output,
    )


def _unsendable(payload: Any, port: Any) -> str:
    if not isinstance(payload, list) or not all(_whole(one, 0, 255) for one in payload):
        return "returned no list of bytes (whole numbers from 0 to 255)"
    if len(payload) > LONGEST_PAYLOAD:
        return f"returned {len(payload)} bytes; LoRaWAN carries at most {LONGEST_PAYLOAD}"
    if port is not None and not _whole(port, 1, 223):
        return "returned a port that is not from 1 to 223"
    return ""


def _whole(value: Any, low: int, high: int) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and bool(low <= value <= high and value == int(value))


def _listed(body: bytes) -> list[JSON] | None:
    try:
        if b"\\u" in body:
            body = UNSTORABLE.sub(rb"\\ufffd", body)
        result = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return result if isinstance(result, list) else []


def _reported(errors: tuple[str, ...]) -> str | None:
    return f"codec reported: {'; '.join(errors)}"[:300] if errors else None


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
    """Whether it is no more than so many objects and lists within each other."""
    if not isinstance(value, dict | list):
        return True
    if levels == 0:
        return False
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list) and not fits(item, levels - 1):
            return False
    return True
