"""Numbers as statistics offices write them: German or English, with signs and footnote markers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from stadtkern.systems.statistics import signs
from stadtkern.systems.statistics.reading.grid import Value

ALONE: Final = {
    "-": signs.NOTHING, "–": signs.NOTHING, "—": signs.NOTHING, "−": signs.NOTHING,
    ".": signs.SECRET, "·": signs.SECRET, "*": signs.SECRET,
    "...": signs.MISSING, "…": signs.MISSING, "n/a": signs.MISSING, "na": signs.MISSING,
    "n.a.": signs.MISSING, "k.a.": signs.MISSING, "k. a.": signs.MISSING, "": signs.MISSING,
    "x": signs.SENSELESS, "/": signs.UNCERTAIN,
}  # fmt: skip
MARKER: Final = r"(?:\s?(?:\d{1,2}\)|\*\)?|[¹²³⁴⁵⁶⁷⁸⁹]|[a-f]\)))"
WHOLE: Final = re.compile(
    rf"(?P<number>[-+−–]?\s?\d[\d.,\s\u00a0\u202f']*)(?P<percent>\s?%)?"
    rf"(?:\s?(?P<letter>[prs]))?(?P<note>{MARKER})?",
    re.IGNORECASE,
)
LIMITED: Final = re.compile(r"\(\s*(?P<inside>[^()]+)\s*\)")
LABEL_NOTE: Final = re.compile(r"(?<=\S)(?P<note>\s?\d{1,2}\)|\s?\*\)|[¹²³⁴⁵⁶⁷⁸⁹])\s*$")
SPACES: Final = re.compile(r"[\s\u00a0\u202f']")
GROUPS: Final = {
    ",": re.compile(r"\d{1,3}(\.\d{3})*(,\d+)?|\d+(,\d+)?"),
    ".": re.compile(r"\d{1,3}(,\d{3})*(\.\d+)?|\d+(\.\d+)?"),
}
FOUR: Final = Decimal("0.0001")
MOST: Final = Decimal(10) ** 14


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A cell's number with its sign, or the sign that stands in its place; `note` is a marker."""

    value: Decimal | None
    sign: str = ""
    note: str = ""


def parse(cell: Value, decimal: str) -> Number | None:
    """What this cell says; None where it is no number and no sign. `decimal` is `,` or `.`."""
    if isinstance(cell, int | float):
        return _number(Decimal(str(cell)))
    text = cell.strip()
    if (sign := ALONE.get(text.lower())) is not None:
        value = Decimal(0) if sign == signs.NOTHING else None
        return Number(value=value, sign=sign)
    if limited := LIMITED.fullmatch(text):
        inside = parse(limited["inside"], decimal)
        return inside and Number(value=inside.value, sign=signs.LIMITED, note=inside.note)
    found = WHOLE.fullmatch(text)
    if found is None:
        return None
    value = _decimal(found["number"], decimal)
    sign = (found["letter"] or "").lower()
    note = (found["note"] or "").strip()
    return None if value is None else _number(value, sign, note)


def _number(value: Decimal, sign: str = "", note: str = "") -> Number | None:
    if not value.is_finite() or abs(value) >= MOST:
        return None
    return Number(value=value.quantize(FOUR), sign=sign, note=note)


def _decimal(text: str, decimal: str) -> Decimal | None:
    plain = SPACES.sub("", text).replace("−", "-").replace("–", "-").lstrip("+")
    minus, digits = plain.startswith("-"), plain.lstrip("-")
    if not GROUPS[decimal].fullmatch(digits):
        return None
    other = "." if decimal == "," else ","
    value = Decimal(digits.replace(other, "").replace(decimal, "."))
    return -value if minus else value


def decimal_sign(cells: Iterable[Value]) -> str:
    """Which sign divides whole from part in these cells; German where nothing tells."""
    comma = dot = 0
    for cell in cells:
        if not isinstance(cell, str):
            continue
        text = SPACES.sub("", cell)
        if re.fullmatch(r"-?\d+(\.\d{3})*,\d+", text) and not re.fullmatch(
            r"-?\d{1,3},\d{3}", text
        ):
            comma += 1
        elif re.fullmatch(r"-?\d+(,\d{3})*\.\d+", text) and not re.fullmatch(
            r"-?\d{1,3}\.\d{3}", text
        ):
            dot += 1
    return "." if dot > comma else ","


def label(text: str) -> tuple[str, str]:
    """A heading without its footnote marker, and the marker."""
    found = LABEL_NOTE.search(text)
    if not found or found.start() == 0:
        return text.strip(), ""
    return text[: found.start()].strip(), found["note"].strip()
