"""The forms in which openSenseMap takes measurements: JSON, CSV, luftdaten, and bytes."""

import csv
import struct
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from stadtkern.kernel.devices.networks.reading import moment, number, point

BYTES, BYTES_WITH_TIME = "application/sbx-bytes", "application/sbx-bytes-ts"
CSV = "text/csv"
ID = 12  # bytes of a sensor's id
MOST_ROWS = 2501


class Measurement(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One value of one sensor, as our own JSON form."""

    sensor: str
    value: float
    created_at: datetime | None = None
    location: tuple[float, float] | None = None


class Unreadable(Exception):
    """The sentence that says what is wrong with a post."""


def measurements(body: bytes, kind: str, query: str) -> list[Measurement]:
    """What a post to `data` brings; `kind` is its content type. Raises Unreadable."""
    if kind in (BYTES, BYTES_WITH_TIME):
        return list(_packed(body, timed=kind == BYTES_WITH_TIME))
    if kind == CSV:
        return list(_rows(body))
    said = _json(body)
    if "luftdaten" in query or (isinstance(said, dict) and "sensordatavalues" in said):
        return list(_luftdaten(said))
    if isinstance(said, list):
        return [_listed(one) for one in said[:MOST_ROWS]]
    if isinstance(said, dict):
        return [_named(name, one) for name, one in list(said.items())[:MOST_ROWS]]
    raise Unreadable("the body is neither a list nor an object of values")


def one_measurement(sensor: str, body: bytes) -> Measurement:
    """What a post to one sensor brings. Raises Unreadable."""
    said = _json(body)
    if not isinstance(said, dict):
        raise Unreadable("the body is not an object with a value")
    return _made(sensor, said.get("value"), said.get("createdAt"), said.get("location"))


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Unreadable(f"not JSON: {error}") from None


def _listed(one: Any) -> Measurement:
    if not isinstance(one, dict) or not isinstance(one.get("sensor"), str):
        raise Unreadable("an entry of the list names no sensor")
    return _made(one["sensor"], one.get("value"), one.get("createdAt"), one.get("location"))


def _named(sensor: str, one: Any) -> Measurement:
    if isinstance(one, list):
        value, created, location, *_ = (*one, None, None, None)
        return _made(sensor, value, created, location)
    return _made(sensor, one, None, None)


def _made(sensor: str, value: Any, created: Any, location: Any) -> Measurement:
    found = number(value)
    if found is None or not 0 < len(sensor) <= 64:
        raise Unreadable(f"the value of sensor “{sensor[:64]}” is not a number")
    own = moment(created)
    if created is not None and own is None:
        raise Unreadable(f"createdAt of sensor “{sensor[:64]}” is not an instant")
    return Measurement(sensor=sensor, value=found, created_at=own, location=_place(location))


def _place(location: Any) -> tuple[float, float] | None:
    """From [longitude, latitude, height], or {lng, lat}."""
    if isinstance(location, Mapping):
        return point(location.get("lng"), location.get("lat"))
    if isinstance(location, list) and len(location) >= 2:
        return point(location[0], location[1])
    return None


def _rows(body: bytes) -> Iterator[Measurement]:
    """`sensor,value[,time[,longitude,latitude[,height]]]`, a line each."""
    try:
        lines = body.decode().splitlines()
    except UnicodeError as error:
        raise Unreadable(f"not UTF-8: {error}") from None
    for cells in csv.reader(lines[:MOST_ROWS]):
        if not cells:
            continue
        if len(cells) < 2:
            raise Unreadable("a line of the CSV has no value")
        sensor, value, created, *where = (*(cell.strip() for cell in cells), "")
        yield _made(sensor, value, created or None, [cell for cell in where if cell])


def _luftdaten(said: Any) -> Iterator[Measurement]:
    rows = said.get("sensordatavalues") if isinstance(said, dict) else None
    if not isinstance(rows, list):
        raise Unreadable("sensordatavalues is not a list")
    for row in rows[:MOST_ROWS]:
        if not isinstance(row, dict) or not isinstance(row.get("value_type"), str):
            raise Unreadable("an entry of sensordatavalues has no value_type")
        # Stations also say how they are, such as "-59 dBm".
        if number(row.get("value")) is not None:
            yield _made(row["value_type"], row.get("value"), None, None)


def _packed(body: bytes, *, timed: bool) -> Iterator[Measurement]:
    """12 bytes of id, a little-endian float32, and for sbx-bytes-ts a uint32 of seconds."""
    form = "<12sfI" if timed else "<12sf"
    size = struct.calcsize(form)
    if len(body) % size:
        raise Unreadable(f"the length is no multiple of {size} bytes")
    for sensor, value, *rest in struct.iter_unpack(form, body[: size * MOST_ROWS]):
        created = datetime.fromtimestamp(rest[0], UTC).isoformat() if rest else None
        yield _made(sensor.hex(), value, created, None)
