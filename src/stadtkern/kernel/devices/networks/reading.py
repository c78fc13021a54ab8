"""What several adapters need to read what others write: names, numbers, times."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from math import isfinite
from typing import Any

import msgspec

# As the database takes it, `devices_device_dev_eui_is_plain`.
NAME = re.compile(r"^[0-9a-z][0-9a-z_.:-]{0,63}$")
LARGEST_COUNT = 2**63 - 1
# Epoch seconds of the year 5138; anything larger counts milliseconds.
SECONDS = 100_000_000_000
_time = msgspec.json.Decoder(datetime)


def plain(name: object) -> str:
    """A device's name as we keep it; empty where it is none."""
    text = str(name).strip().lower() if isinstance(name, str | int) else ""
    return text if NAME.match(text) else ""


def eui(text: str) -> str:
    """A DevEUI in lower-case hex, or empty."""
    found = plain(text)
    return found if re.fullmatch("[0-9a-f]{16}", found) else ""


def number(value: object) -> float | None:
    """A finite number, also from its text; None for everything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def value(raw: object) -> Any:
    """A number where there is one; else what was given."""
    found = number(raw)
    return raw if found is None else found


def count(value: object) -> int | None:
    """A whole number that the database can hold, from 0."""
    found = number(value)
    return int(found) if found is not None and 0 <= found < LARGEST_COUNT else None


def port(value: object) -> int | None:
    """A LoRaWAN port, 0 to 255."""
    found = count(value)
    return found if found is not None and found <= 255 else None


def moment(value: object) -> datetime | None:
    """An instant from ISO 8601 text or from seconds or milliseconds since 1970; None where none."""
    seconds = number(value)
    if seconds is not None:
        return _since_1970(seconds)
    if not isinstance(value, str):
        return None
    try:
        found = _time.decode(msgspec.json.encode(value.strip().replace(" ", "T", 1)))
    except (msgspec.MsgspecError, UnicodeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _since_1970(seconds: float) -> datetime | None:
    length = seconds / 1000 if abs(seconds) >= SECONDS else seconds
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=length)
    except OverflowError:
        return None


def point(lon: object, lat: object) -> tuple[float, float] | None:
    """(longitude, latitude) in degrees, if it is a place on earth and not the zero point."""
    x, y = number(lon), number(lat)
    if x is None or y is None or (x, y) == (0, 0):
        return None
    return (x, y) if -180 <= x <= 180 and -90 <= y <= 90 else None


def key(*parts: object) -> str:
    """An idempotency key from what makes an event this one."""
    return sha256("\0".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()
