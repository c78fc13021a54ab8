"""Values that people write into addresses: read as what their column holds, and shown as JSON."""

import base64
import binascii
import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
from django.utils import timezone

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.catalogue.tables.ordered import After
from stadtkern.kernel.contract import ColumnKind

# What a bigint holds.
LARGEST: Final = 2**63 - 1


def typed(one: Field, text: str, parameter: str) -> Any:
    """The value as Python's own; Refused names the parameter and says what it should look like."""
    read, wanted = READERS[one.kind]
    try:
        return read(text)
    except (ValueError, OverflowError):
        raise Refused(parameter, f"“{text[:80]}” is not {wanted}") from None


def instant(text: str) -> datetime:
    """ISO 8601; without an offset it is the city's time, a date alone its first moment."""
    found = datetime.fromisoformat(text.strip())
    return found if found.tzinfo else found.replace(tzinfo=timezone.get_default_timezone())


def _text(text: str) -> str:
    if "\x00" in text:
        raise ValueError
    return text


def _integer(text: str) -> int:
    found = int(text)
    if abs(found) > LARGEST:
        raise ValueError
    return found


def _number(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError
    return found


def _boolean(text: str) -> bool:
    return {"true": True, "false": False, "1": True, "0": False}[text.strip().lower()]


def _truth(text: str) -> bool:
    try:
        return _boolean(text)
    except KeyError:
        raise ValueError from None


def _geometry(text: str) -> Any:
    raise ValueError


READERS: Final[Mapping[ColumnKind, tuple[Callable[[str], Any], str]]] = {
    "text": (_text, "a text"),
    "integer": (_integer, "a whole number"),
    "number": (_number, "a number with a decimal point"),
    "boolean": (_truth, "true or false"),
    "date": (lambda text: date.fromisoformat(text.strip()), "a date like 2026-03-31"),
    "datetime": (instant, "a time like 2026-03-31T12:00:00Z"),
    "geometry": (_geometry, "possible here; use bbox for places"),
}


def plain(value: Any) -> Any:
    """As JSON shows it: instants in UTC to the second or finer, everything else as it is."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def token(after: After) -> str:
    """Where the next page begins, for an address."""
    value = plain(after[0]) if not isinstance(after[0], date) else after[0].isoformat()
    return base64.urlsafe_b64encode(msgspec.json.encode([value, after[1]])).decode().rstrip("=")


def untoken(text: str, order: Field | None, parameter: str = "next") -> After:
    """What `token` wrote; `order` is the column that the page is sorted by."""
    wrong = Refused(parameter, "take it from the link to the next page, and keep sort as it was")
    try:
        told = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        value, row = told
        number = int(row)
    except (binascii.Error, msgspec.DecodeError, ValueError, TypeError):
        raise wrong from None
    if value is None:
        return None, number
    if order is None or abs(number) > LARGEST:
        raise wrong
    if order.kind == "boolean" and isinstance(value, bool):
        return value, number
    return typed(order, str(value), parameter), number


def whole(text: str, parameter: str, *, low: int, high: int) -> int:
    """A number between these; a larger one becomes the largest."""
    if not (text.isascii() and text.isdecimal() and len(text) < 16) or int(text) < low:
        raise Refused(parameter, f"this is a whole number from {low} to {high}")
    return min(int(text), high)


def box(text: str, parameter: str = "bbox") -> tuple[float, float, float, float]:
    """West, south, east, north (with heights, which count for nothing): four or six numbers."""
    try:
        numbers = [_number(part) for part in text.split(",")]
    except ValueError:
        raise Refused(parameter, "four numbers: west,south,east,north") from None
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or numbers[1] > numbers[3]:
        raise Refused(parameter, "four numbers: west,south,east,north")
    return numbers[0], numbers[1], numbers[2], numbers[3]
