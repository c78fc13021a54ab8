"""From lines of text in a photo to number plates that they may be."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from stadtkern.systems.parking_tickets import plates

MOST: Final = 4
# What is read less surely than this is dirt, glare or a grille.
LEAST_SCORE: Final = 0.5
LEFT_OUT: Final = re.compile(r"[^0-9A-ZÄÖÜ]")
# What a seal is taken for.
ROUND: Final = "O0Q8B6"
# A region has letters, a number digits: where one stands for the other, it is what it looks like.
AS_LETTER: Final = str.maketrans("01258", "OIZSB")
AS_DIGIT: Final = str.maketrans("OQDIZSBG", "00012586")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of text: how sure it is (0 to 1), and its box in pixels."""

    text: str
    score: float
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Of its letters, more or less."""
        return self.bottom - self.top


def plates_in(lines: Sequence[Line]) -> list[str]:
    """Plates as `plates.normal` writes them, the likeliest first: large letters, read surely."""
    found: dict[str, float] = {}
    for text, weight in _texts([one for one in lines if one.score >= LEAST_SCORE]):
        for step, plate in enumerate(_readings(text)):
            found[plate] = max(found.get(plate, 0.0), weight / (1 + step))
    return sorted(found, key=lambda one: -found[one])[:MOST]


def _texts(lines: Sequence[Line]) -> Iterator[tuple[str, float]]:
    """Lines, and neighbours as one: the seals part a plate in two."""
    for row in _rows(lines):
        yield "".join(one.text for one in row), _weight(row) * (1 + 0.2 * (len(row) > 1))
        if len(row) > 1:
            for one, other in pairwise(row):
                yield one.text + other.text, _weight((one, other))
            yield from ((one.text, _weight((one,))) for one in row)


def _weight(row: Iterable[Line]) -> float:
    parts = list(row)
    return max(one.height for one in parts) * min(one.score for one in parts)


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines side by side, of about one height, from left to right; two rows of a plate as well."""
    rows: list[list[Line]] = []
    for one in sorted(lines, key=lambda line: line.left):
        row = next((row for row in rows if _beside(row[-1], one)), None)
        if row is None:
            rows.append([one])
        else:
            row.append(one)
    return rows + [[upper, lower] for upper in lines for lower in lines if _below(upper, lower)]


def _beside(one: Line, other: Line) -> bool:
    middle = (other.top + other.bottom) / 2
    near = other.left - one.right < 2 * one.height
    return near and one.top < middle < one.bottom and 0.5 < other.height / one.height < 2


def _below(upper: Line, lower: Line) -> bool:
    near = 0 <= lower.top - upper.bottom + 0.3 * upper.height < upper.height
    over = upper.left < lower.right and lower.left < upper.right
    return near and over and 0.6 < lower.height / upper.height < 1.7


def _readings(text: str) -> Iterator[str]:
    """What a text may be, nearest first: itself, without the band's D, without one seal."""
    whole = LEFT_OUT.sub("", text.upper())
    yield from _shaped(whole)
    if whole.startswith("D"):
        yield from _shaped(whole[1:])
    for at in range(1, len(whole) - 1):
        if whole[at] in ROUND:
            yield from _shaped(whole[:at] + whole[at + 1 :])


def _shaped(text: str) -> Iterator[str]:
    """German plates that this is, letters and digits set right at each place of the border."""
    if plates.GERMAN.fullmatch(text):
        yield text
    if not 4 <= len(text) <= 9:
        return
    for border in range(2, 6):
        letters, digits = text[:border].translate(AS_LETTER), text[border:]
        last = digits[-1:] if digits[-1:] in ("E", "H") else ""
        number = (digits[: len(digits) - len(last)]).translate(AS_DIGIT) + last
        if plates.GERMAN.fullmatch(letters + number):
            yield letters + number
