"""Cuts the text of a query option into tokens and remembers where each one stood."""

import re
from dataclasses import dataclass

from stadtkern.kernel.sensorthings.problem import Problem

LONGEST = 16_000
# Each word costs time to plan; a geometry, however long, is one.
MOST = 3_000
_NEAR = 30
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# A `+` that nobody encoded arrives as a space.
_TIME = (
    _DATE + r"(?:[Tt][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
    r"(?:[Zz]|[+\-][0-9]{2}:?[0-9]{2}|\ [0-9]{2}:[0-9]{2})?)?"
)
_SPAN = r"-?P[0-9YMWDTHS.]+"
_PATTERN = re.compile(
    rf"""
    (?P<space>\s+)
  | (?P<shape>(?:geography|geometry)'(?:[^']|'')*')
  | (?P<duration>duration'[^']*')
  | (?P<string>'(?:[^']|'')*')
  | (?P<interval>(?:{_TIME}|{_SPAN})/(?:{_TIME}|{_SPAN}))
  | (?P<time>{_TIME})
  | (?P<clock>[0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}(?:\.[0-9]+)?)?)
  | (?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
  | (?P<name>[$@]?[^\W\d][\w.@\-]*)
  | (?P<mark>[(),;=/:\[\]*\-])
    """,
    re.VERBOSE,
)
# Behind a slash stands a name, be it a key of JSON that begins with a digit or has a prefix.
_STEP = re.compile(r"(?P<name>[$@]?\w[\w.@\-]*(?::\w[\w.@\-]*)*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A place in the request, for messages; `near` is the text that begins there."""

    option: str
    position: int
    near: str = ""

    def problem(self, message: str) -> Problem:
        """A 400 that names the option and the position, counted from 1."""
        return Problem(
            400,
            f"{self.option}, position {self.position + 1}: {message}",
            option=self.option,
            position=self.position + 1,
            near=self.near,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """One word of an option; `kind` is that of the pattern it matched, or end."""

    kind: str
    text: str
    at: Spot
    stop: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.text[:40]}'"


def tokens(option: str, text: str) -> list[Token]:
    """The words of an option's text, closed by one of kind `end`."""
    if len(text) > LONGEST:
        raise Problem(400, f"{option} is longer than {LONGEST} characters", option=option)
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _match(text, position, found)
        at = Spot(option=option, position=position, near=text[position : position + _NEAR])
        if match is None:
            what = "a closing '" if text[position] == "'" else "a name, a literal or a bracket"
            raise at.problem(f"expected {what}, found {text[position : position + 10]!r}")
        position = match.end()
        if match.lastgroup != "space":
            found.append(Token(kind=match.lastgroup or "", text=match[0], at=at, stop=position))
        if len(found) > MOST:
            raise at.problem(f"more than {MOST} words")
    end = Spot(option=option, position=len(text))
    found.append(Token(kind="end", text="", at=end, stop=len(text)))
    return found


def _match(text: str, position: int, found: list[Token]) -> re.Match[str] | None:
    behind = bool(found) and found[-1].text == "/" and found[-1].stop == position
    return (_STEP.match(text, position) if behind else None) or _PATTERN.match(text, position)
