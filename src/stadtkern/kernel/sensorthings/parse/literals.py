"""What the text of a literal stands for."""

import re
from datetime import UTC, datetime, time
from decimal import Decimal
from math import isfinite

from stadtkern.kernel.sensorthings.parse.expressions import (
    Constant,
    Duration,
    Interval,
    Shape,
)
from stadtkern.kernel.sensorthings.parse.tokens import Spot, Token

_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?=[0-9T])(?:(?P<years>[0-9]{1,6})Y)?(?:(?P<months>[0-9]{1,6})M)?"
    r"(?:(?P<weeks>[0-9]{1,6})W)?(?:(?P<days>[0-9]{1,6})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,9})H)?(?:(?P<minutes>[0-9]{1,9})M)?"
    r"(?:(?P<seconds>[0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?"
)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def literal(token: Token) -> Constant:
    """The value of a token that is a literal, be it of any kind but a name.

    Raises Problem (400): it has the form of one, but there is no such value.
    """
    match token.kind:
        case "string":
            return text(token.text)
        case "number":
            return number(token)
        case "time":
            return instant(token.text, token.at)
        case "clock":
            return _clock(token)
        case "duration":
            return duration(token.text[len("duration'") : -1], token.at)
        case "interval":
            return _interval(token)
        case "shape":
            return Shape(text=text(token.text[token.text.index("'") :]))
    raise token.at.problem(f"expected a property, a function or a literal, found {token}")


def text(quoted: str) -> str:
    """A string without its quotes."""
    return quoted[1:-1].replace("''", "'")


def instant(given: str, at: Spot) -> datetime:
    """The instant an ISO 8601 text names; UTC where it names no zone."""
    try:
        moment = datetime.fromisoformat(given.replace(" ", "+").upper())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise at.problem(f"'{given[:40]}' is no date and time") from None


def number(token: Token) -> int | Decimal:
    """A number; refused where no column could hold it."""
    if len(token.text) > 40 or not isfinite(float(token.text)):
        raise token.at.problem(f"{token} is out of range")
    return int(token.text) if token.text.lstrip("+-").isdigit() else Decimal(token.text)


def is_number(given: str) -> bool:
    """Whether a string has the form of a number."""
    return len(given) <= 40 and _NUMBER.fullmatch(given) is not None


def duration(given: str, at: Spot) -> Duration:
    """The duration that an ISO 8601 text such as P1DT12H names."""
    match = _DURATION.fullmatch(given)
    if match is None:
        raise at.problem(f"'{given[:40]}' is no duration such as P1DT12H")
    part = {
        name: Decimal(found or 0) for name, found in match.groupdict().items() if name != "sign"
    }
    sign = -1 if match["sign"] == "-" else 1
    return Duration(
        months=sign * int(part["years"] * 12 + part["months"]),
        days=sign * int(part["weeks"] * 7 + part["days"]),
        seconds=sign * (part["hours"] * 3600 + part["minutes"] * 60 + part["seconds"]),
    )


def _clock(token: Token) -> time:
    try:
        return time.fromisoformat(token.text)
    except ValueError:
        raise token.at.problem(f"{token} is no time of day") from None


def _interval(token: Token) -> Interval:
    first, last = (_bound(one, token.at) for one in token.text.split("/"))
    if isinstance(first, Duration) and isinstance(last, Duration):
        raise token.at.problem(f"{token} has neither a start nor an end")
    if isinstance(first, datetime) and isinstance(last, datetime) and last < first:
        raise token.at.problem(f"{token} ends before it starts")
    return Interval(start=first, end=last)


def _bound(given: str, at: Spot) -> datetime | Duration:
    return duration(given, at) if "P" in given else instant(given, at)
