"""Cells: what one looks like, and its value once the kind of its column is known."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

# How tables say that there is no value; statistics offices use the single signs.
MISSING: Final = frozenset(
    ("-", "–", "—", "--", "---", ".", "..", "...", "…", "/", "n/a", "#n/a", "na", "n.a.", "n. a.",
     "k.a.", "k. a.", "keine angabe", "null", "none", "nan", "x", "?")
)  # fmt: skip
ERRORS: Final = frozenset(
    ("#N/A", "#NV", "#DIV/0!", "#WERT!", "#VALUE!", "#BEZUG!", "#REF!", "#NAME?", "#NUM!", "#ZAHL!")
)
BOOLEANS: Final[dict[str, bool]] = {
    "ja": True, "nein": False, "wahr": True, "falsch": False, "true": True, "false": False,
    "yes": True, "no": False, "j": True, "n": False,
}  # fmt: skip

INTEGER = re.compile(r"[+-]?\d{1,15}")
ZERO = re.compile(r"0\d+")
COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
POINT = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?\.\d+([eE][+-]?\d+)?|[+-]?\d+[eE][+-]?\d+")
POINT_3 = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3}){2,}")
COMMAS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3}){2,}")
DAY = r"(?:(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|" \
      r"(?P<d2>\d{1,2})\.\s?(?P<m2>\d{1,2})\.\s?(?P<y2>\d{4}|\d{2}))"  # fmt: skip
CLOCK = (
    r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s?(?P<z>Z|UTC|[+-]\d{2}:?\d{2})?(?:\s?Uhr)?"
)
DATE = re.compile(DAY)
DATETIME = re.compile(rf"{DAY}(?:T|,?\s+){CLOCK}")
COMPACT = re.compile(r"(?P<y>(?:18|19|20|21)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])")
QUOTED = re.compile(r"'(.*)'", re.DOTALL)
# Two digits: years up to this many ahead belong to this century.
AHEAD = 30


class Unfit(ValueError):
    """A cell has no value of its column's kind."""


@lru_cache(maxsize=100_000)
def look(text: str) -> str:
    """What a stripped text looks like, in one word; the empty text is `empty`."""
    if not text:
        return "empty"
    if text in ERRORS:
        return "error"
    small = text.lower()
    if small in MISSING:
        return "missing"
    if text[0].isdigit() or text[0] in "+-.":
        return _number_look(text)
    return "boolean" if small in BOOLEANS else "text"


def _number_look(text: str) -> str:
    for name, pattern in (
        ("zero", ZERO), ("compact", COMPACT), ("integer", INTEGER), ("point3", POINT_3),
        ("points", POINTS), ("commas", COMMAS), ("comma", COMMA), ("point", POINT),
    ):  # fmt: skip
        if pattern.fullmatch(text):
            return name
    for name, pattern in (("date", DATE), ("datetime", DATETIME)):
        if found := pattern.fullmatch(text):
            return name if _is_day(found) else "text"
    return "text"


def _is_day(found: re.Match[str]) -> bool:
    try:
        _day(found)
    except ValueError:
        return False
    return True


def look_of(cell: Any) -> str:
    """The same for a cell of a workbook or a geo file, which has a type already."""
    if cell is None:
        return "empty"
    if isinstance(cell, str):
        return look(cell.strip())
    if isinstance(cell, bool):
        return "boolean"
    if isinstance(cell, int):
        return "integer"
    if isinstance(cell, float):
        return "empty" if math.isnan(cell) else ("integer" if cell.is_integer() else "point")
    if isinstance(cell, datetime):
        return "date" if cell.time() == time.min and cell.tzinfo is None else "datetime"
    return "date" if isinstance(cell, date) else "text"


def text_of(cell: Any) -> str | None:
    """The cell as text; None where it is empty."""
    if isinstance(cell, str):
        return cell or None
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, list) and all(isinstance(one, str | int) for one in cell):
        return ", ".join(map(str, cell)) or None
    if isinstance(cell, dict | list):
        return msgspec.json.encode(cell).decode()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def number_of(cell: Any, decimal: str = ".") -> float:
    """A finite number; the other sign than `decimal` separates thousands."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = float(cell)
    else:
        text = str(cell)
        value = _float(text, COMMA if decimal == "," else POINT, decimal)
    if not math.isfinite(value):
        raise Unfit
    return value


def _float(text: str, pattern: re.Pattern[str], decimal: str) -> float:
    thousands = "." if decimal == "," else ","
    whole = re.fullmatch(rf"[+-]?(\d{{1,3}}(\{thousands}\d{{3}})+|\d+)", text)
    if not (whole or pattern.fullmatch(text)):
        raise Unfit
    return float(text.replace(thousands, "").replace(decimal, "."))


def integer_of(cell: Any, decimal: str = ".") -> int:
    """A whole number that the database can hold."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        value = cell
    elif isinstance(cell, str) and re.fullmatch(r"[+-]?\d{1,19}", cell):
        value = int(cell)
    else:
        number = number_of(cell, decimal)
        if not number.is_integer():
            raise Unfit
        value = int(number)
    if abs(value) >= 2**63:
        raise Unfit
    return value


def boolean_of(cell: Any, decimal: str = ".") -> bool:
    """Yes or no, in German and English; 1 and 0 too."""
    if isinstance(cell, bool):
        return cell
    word = str(cell).lower()
    if word in ("1", "0"):
        return word == "1"
    if word not in BOOLEANS:
        raise Unfit
    return BOOLEANS[word]


def date_of(cell: Any, decimal: str = ".") -> date:
    """A day; of a time stamp its day."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = DATE.fullmatch(str(cell)) or COMPACT.fullmatch(str(cell))
    if found is None:
        raise Unfit
    return _day(found)


def _day(found: re.Match[str]) -> date:
    parts = found.groupdict()
    year = parts.get("y") or parts.get("y2") or ""
    month, day = parts.get("m") or parts.get("m2"), parts.get("d") or parts.get("d2")
    number = int(year)
    if len(year) == 2:
        latest = (date.today().year + AHEAD) % 100  # noqa: DTZ011  only its century counts
        number += 2000 if number <= latest else 1900
    try:
        return date(number, int(month or 0), int(day or 0))
    except ValueError:
        raise Unfit from None


def moment_of(cell: Any, zone: ZoneInfo) -> datetime:
    """An instant; where no zone is named, the city's local time."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)
    if isinstance(cell, date):
        return datetime.combine(cell, time.min, zone)
    text = str(cell)
    found = DATETIME.fullmatch(text)
    if found is None:
        return datetime.combine(date_of(text), time.min, zone)
    return _moment(found, zone)


def _moment(found: re.Match[str], zone: ZoneInfo) -> datetime:
    hour, minute, second = int(found["H"]), int(found["M"]), int(found["S"] or 0)
    day, micro = _day(found), int(((found["f"] or "") + "000000")[:6])
    if (hour, minute, second) == (24, 0, 0):
        day, hour = day + timedelta(days=1), 0
    try:
        naive = datetime(day.year, day.month, day.day, hour, minute, second, micro)  # noqa: DTZ001
    except ValueError:
        raise Unfit from None
    named = found["z"]
    if named is None:
        return naive.replace(tzinfo=zone)
    return datetime.fromisoformat(
        naive.isoformat() + ("+00:00" if named in ("Z", "UTC") else named)
    )


def exists(moment: datetime) -> bool:
    """False for local times that were skipped when the clocks were put forward."""
    if not isinstance(moment.tzinfo, ZoneInfo):
        return True
    there = moment.astimezone(ZoneInfo("UTC")).astimezone(moment.tzinfo)
    return there.replace(tzinfo=None) == moment.replace(tzinfo=None)


OF: Final[dict[str, Callable[..., Any]]] = {
    "integer": integer_of, "number": number_of, "boolean": boolean_of, "date": date_of,
}  # fmt: skip
