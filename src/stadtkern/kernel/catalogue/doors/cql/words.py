"""CQL2 text cut into words: names, texts, numbers, signs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from stadtkern.kernel.catalogue.doors.answers import Refused

LONGEST: Final = 10_000
PATTERN: Final = re.compile(
    r"""\s*(?:
    (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |'(?P<text>(?:[^'\\]|''|\\.)*)'
    |"(?P<quoted>[^"]+)"
    |(?P<name>[^\W\d][\w:.]*)
    |(?P<sign><=|>=|<>|[=<>+\-*/%^(),])
    )""",
    re.VERBOSE,
)
Kind = Literal["number", "text", "name", "sign", "end"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word and where it begins; `said` is a name in capitals, for comparing keywords."""

    kind: Kind
    text: str
    place: int
    quoted: bool = False

    @property
    def said(self) -> str:
        """A keyword or sign; nothing of a name in quotes or of a text."""
        return self.text.upper() if self.kind in ("name", "sign") and not self.quoted else ""


def words(text: str) -> Iterator[Word]:
    """All words, and one that says that there is no other."""
    if len(text) > LONGEST or "\x00" in text:
        raise Refused("filter", f"at most {LONGEST} letters, and no null among them")
    place = 0
    while text[place:].strip():
        match = PATTERN.match(text, place)
        if match is None:
            raise Refused("filter", f"cannot read “{text[place : place + 30].strip()}”")
        yield _word(match)
        place = match.end()
    yield Word(kind="end", text="", place=len(text))


def _word(match: re.Match[str]) -> Word:
    kind = str(match.lastgroup)
    text, place = match[kind], match.start(kind)
    if kind == "quoted":
        return Word(kind="name", text=text, place=place, quoted=True)
    if kind == "text":
        plain = re.sub(r"''|\\'", "'", text)
        return Word(kind="text", text=plain, place=place)
    if kind == "number":
        return Word(kind="number", text=text, place=place)
    return Word(kind="sign" if kind == "sign" else "name", text=text, place=place)
