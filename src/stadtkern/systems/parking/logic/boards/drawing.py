"""A board as lamps: one path for all that are lit, drawn as a row of dots."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from stadtkern.systems.parking.logic.boards import font
from stadtkern.systems.parking.logic.boards.faces import Face, Line
from stadtkern.systems.parking.models import ARROWS

CELL, HEIGHT, ARROW = 6, 9, 8  # lamps for a letter, a line and an arrow, with the gaps
EDGE = 2
DIM = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """An SVG in lamps: `path` are the lit ones, `words` what is to be read, `dim` the night."""

    path: str
    width: int
    height: int
    words: str
    dim: bool


def draw(face: Face | None, width: int, lines: int) -> Drawing:
    """A board of so many characters and lines; one that told nothing is dark."""
    shown = face.lines if face is not None else ()
    rows = max(lines, len(shown), 1)
    return Drawing(
        path="".join(_line(line, i, width) for i, line in enumerate(shown)),
        width=width * CELL + ARROW + 2 * EDGE,
        height=rows * HEIGHT + 2 * EDGE - 2,
        words=said(face),
        dim=face is not None and face.brightness < DIM,
    )


def said(face: Face | None) -> str:
    """All lines with their arrows, in words."""
    if face is None:
        return _("The board has not told what it shows.")
    lines = [_spoken(line) for line in face.lines]
    return " / ".join(line for line in lines if line) or _("The board is dark.")


def _spoken(line: Line) -> str:
    text = " ".join(line.text.split())
    return f"{text} ({ARROWS[line.arrow]})" if line.arrow else text


def _line(line: Line, number: int, width: int) -> str:
    top = EDGE + number * HEIGHT
    parts = [
        _glyph(font.letter(sign), 5, EDGE + i * CELL, top)
        for i, sign in enumerate(line.text[:width])
    ]
    parts.append(_glyph(font.arrow(line.arrow), 7, EDGE + width * CELL + 1, top))
    return "".join(parts)


def _glyph(rows: list[int], wide: int, left: int, top: int) -> str:
    """Runs of lit lamps; a dash array makes dots of them."""
    parts = []
    for y, row in enumerate(rows):
        x = 0
        while x < wide:
            run = 0
            while x + run < wide and row >> (wide - 1 - x - run) & 1:
                run += 1
            if run:
                parts.append(f"M{left + x} {top + y}h{run - 1}.1")
            x += run + 1
    return "".join(parts)
