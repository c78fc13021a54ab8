"""What stands on a board: lines of text with arrows, set into the room that it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stadtkern.systems.parking.logic.boards.rules import Said

ARROWS = frozenset((
    "", "ahead", "half_right", "right", "back_right", "back", "back_left", "left", "half_left",
))  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line: Latin-1 text, no longer than the board is wide, and an arrow or none."""

    text: str
    arrow: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """All lines of a board and how bright they are, in percent."""

    lines: tuple[Line, ...]
    brightness: int = 100

    def kept(self) -> dict[str, Any]:
        """For a JSON column."""
        lines = [{"text": one.text, "arrow": one.arrow} for one in self.lines]
        return {"lines": lines, "brightness": self.brightness}


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The words of a board; without a word for `low` the number is shown."""

    low: str
    full: str
    closed: str
    least: str


def face_of(kept: Mapping[str, Any]) -> Face | None:
    """The face of a JSON column, or of a board's answer; None where there is none."""
    lines = kept.get("lines")
    if not isinstance(lines, list):
        return None
    return Face(
        lines=tuple(
            Line(text=plain(str(one.get("text", ""))), arrow=_arrow(one.get("arrow")))
            for one in lines if isinstance(one, Mapping)
        ),
        brightness=_percent(kept.get("brightness")),
    )  # fmt: skip


def words_of(said: Said, words: Words, fallback: str, width: int) -> str:
    """The right side of a line; a number that would be cut short is never begun."""
    number = "" if said.number is None else str(said.number)
    if said.kind == "low":
        return words.low or number
    least = f"{words.least} {number}".strip()
    texts = {"full": words.full, "closed": words.closed, "static": fallback,
             "at_least": least if len(plain(least)) <= width else fallback}  # fmt: skip
    return texts.get(said.kind, number)


def composed(label: str, right: str, width: int) -> str:
    """The label on the left, the value on the right; the label is cut short, the value never.

    A value alone stands on the left. What is wider than the board is cut at its end.
    """
    label, right = plain(label), plain(right)
    if not label or not right:
        return (label or right)[:width].rstrip()
    room = width - len(right) - 1
    if room < 1:
        return right[:width]
    return f"{label[:room].rstrip():<{width - len(right)}}{right}"


def plain(text: str) -> str:
    """What a board can show: Latin-1 without control characters; others become “?”."""
    shown = "".join(one if one.isprintable() else " " for one in text)
    return shown.encode("latin-1", "replace").decode("latin-1").rstrip()


def same(one: Face | None, other: Face | None) -> bool:
    """Whether two boards show the same; brightness is not looked at, since lamps dim by steps."""
    return one is not None and other is not None and _texts(one) == _texts(other)


def _texts(face: Face) -> list[Line]:
    """Without empty lines at the end, which a board may add."""
    lines = [Line(text=plain(one.text), arrow=one.arrow) for one in face.lines]
    while lines and not lines[-1].text and not lines[-1].arrow:
        lines.pop()
    return lines


def _arrow(value: object) -> str:
    return value if isinstance(value, str) and value in ARROWS else ""


def _percent(value: object) -> int:
    return min(max(value, 0), 100) if isinstance(value, int) else 100
