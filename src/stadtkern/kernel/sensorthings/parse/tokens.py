"""Cuts the text of a query option into tokens and remembers where each one stood."""

import re
from dataclasses import dataclass

from stadtkern.kernel.sensorthings.problem import Problem

LONGEST = 8_000
_PATTERN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<string>'(?:[^']|'')*')
  # A `+` that nobody encoded arrives as a space.
  | (?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}
      (?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?
        (?:Z|[+\-][0-9]{2}:?[0-9]{2}|\ [0-9]{2}:[0-9]{2})?)?)
  | (?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
  | (?P<name>[$@]?[^\W\d][\w.@\-]*)
  | (?P<mark>[(),;=/])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Spot:
    """A place in the request, for messages."""

    option: str
    position: int

    def problem(self, message: str) -> Problem:
        """A 400 that names the option and the position, counted from 1."""
        return Problem(400, f"{self.option}, position {self.position + 1}: {message}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """One word of an option; `kind` is string, time, number, name, mark or end."""

    kind: str
    text: str
    at: Spot
    stop: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.text[:40]}'"


def tokens(option: str, text: str) -> list[Token]:
    """The words of an option's text, closed by one of kind `end`."""
    if len(text) > LONGEST:
        raise Problem(400, f"{option} is longer than {LONGEST} characters")
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _PATTERN.match(text, position)
        at = Spot(option=option, position=position)
        if match is None:
            what = "a closing '" if text[position] == "'" else "a name, a literal or a bracket"
            raise at.problem(f"expected {what}, found {text[position : position + 10]!r}")
        position = match.end()
        if match.lastgroup != "space":
            found.append(Token(kind=match.lastgroup or "", text=match[0], at=at, stop=position))
    end = Spot(option=option, position=len(text))
    found.append(Token(kind="end", text="", at=end, stop=len(text)))
    return found
