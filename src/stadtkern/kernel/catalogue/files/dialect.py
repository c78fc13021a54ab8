"""How a text is a table: the sign between its values, and the line with the headings."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SIGNS: Final = (";", ",", "\t", "|")
LOOKED_AT: Final = 300
NUMBER: Final = re.compile(r"[+-]?[\d.,]*\d[\d.,]*\s*%?")
DATE: Final = re.compile(r"\d{1,4}[.\-/]\d{1,2}[.\-/]\d{1,4}(\D.*)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dialect:
    """The sign between values, how many values a row has, the line of the headings (from 1)."""

    sign: str
    width: int
    header: int


def dialect_of(text: str, header: int | None = None) -> Dialect:
    """What the first rows say; a person may name the line with the headings (0: none)."""
    start = text[:400_000]
    found = {sign: _rows(start, sign) for sign in SIGNS}
    sign = max(SIGNS, key=lambda one: _order(found[one]))
    rows = found[sign]
    width = _width(rows)
    return Dialect(
        sign=sign, width=width, header=header_of(rows, width) if header is None else header
    )


def _rows(start: str, sign: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=sign)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) == LOOKED_AT:
                break
    except csv.Error:
        pass
    return rows


def _order(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """The larger share of rows with the usual number of values, the better the sign."""
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    if not widths:
        return (0.0, 0)
    width, count = widths.most_common(1)[0]
    return (0.0, 0) if width < 2 else (count / widths.total(), width)


def _width(rows: Sequence[Sequence[str]]) -> int:
    widths = Counter(len(row) for row in rows if any(cell.strip() for cell in row))
    return widths.most_common(1)[0][0] if widths else 0


def header_of(rows: Sequence[Sequence[object]], width: int) -> int:
    """The line (from 1) of the headings: the first full row; 0 where it is data already."""
    for number, row in enumerate(rows, start=1):
        filled = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
        if len(row) >= width and len(filled) >= min(2, width):
            return number if _is_header(filled, rows[number:]) else 0
    return 1 if rows else 0


def _is_header(filled: Sequence[str], after: Sequence[Sequence[object]]) -> bool:
    """Headings are words; a row with numbers or dates that is like the next one is none."""
    if not any(_is_value(cell) for cell in filled):
        return True
    below = next((row for row in after if any(row)), [])
    like = sum(_is_value(str(cell or "").strip()) for cell in below)
    return sum(map(_is_value, filled)) < max(1, like) / 2


def _is_value(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell) or DATE.fullmatch(cell))
