"""What a drawing consists of: areas, lines and words in a box, each with a class for its look."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """An SVG path; `title` is what a pointer is told."""

    d: str
    look: str
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A text at a point; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    anchor: str = "middle"
    look: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A line of the legend."""

    look: str
    text: str


@dataclass(kw_only=True, slots=True)
class Drawing:
    """A picture: its size, what is in it, its legend, and what it says in one or two sentences."""

    width: float
    height: float
    summary: str
    title: str = ""
    paths: list[Path] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    keys: Sequence[Key] = ()
    note: str = ""

    def bar(self, x: float, y: float, width: float, height: float, look: str, title: str) -> None:
        """A filled rectangle; one without size is not drawn."""
        if width > 0.05 and height > 0.05:
            d = f"M{x:.1f} {y:.1f}h{width:.1f}v{height:.1f}h{-width:.1f}z"
            self.paths.append(Path(d=d, look=look, title=title))

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str = "grid") -> None:
        """A straight line."""
        self.paths.append(Path(d=f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}", look=look))

    def word(self, x: float, y: float, text: str, anchor: str = "middle", look: str = "") -> None:
        """A text."""
        self.words.append(Word(x=round(x, 1), y=round(y, 1), text=text, anchor=anchor, look=look))
