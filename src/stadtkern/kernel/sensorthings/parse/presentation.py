"""How an answer is to look: `$resultFormat`, `$resultMetadata`, and how exactly it is to count."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_plus

from stadtkern.kernel.sensorthings.problem import Problem

FORMATS = ("JSON", "dataArray", "CSV", "GeoJSON")
# FROST's levels and those of OData; `none` is OData's name for `minimal`.
LEVELS = ("full", "minimal", "none", "off")
_FORMAT, _LEVEL = "$resultformat", "$resultmetadata"
_MAYBE = re.compile(rb"result(?:format|metadata)|estimate", re.I)


@dataclass(frozen=True, kw_only=True, slots=True)
class Presentation:
    """`links`: whether entities show their links; `pages`: whether the next page is linked."""

    format: str = "JSON"
    links: bool = True
    pages: bool = True
    estimate: bool = False


PLAIN = Presentation()


def presentation(query: bytes) -> tuple[Presentation, bytes]:
    """What a query string says of the form, and the rest of it, which says what is asked for.

    Raises Problem (400): a word that is not known, or an option given twice.
    """
    if not _MAYBE.search(query):
        return PLAIN, query
    given: dict[str, str] = {}
    rest: list[bytes] = []
    for part in query.split(b"&"):
        name, _, text = (unquote_plus(one, errors="replace") for one in _halves(part))
        name = name.lower()
        if name == "$count" and text == "estimate":
            rest.append(b"$count=true")
        elif name not in (_FORMAT, _LEVEL):
            rest.append(part)
            continue
        if name in given:
            raise Problem(400, f"{name} is given twice")
        given[name] = text
    return _read(given), b"&".join(rest)


def _halves(part: bytes) -> tuple[str, str, str]:
    return part.decode("latin-1").partition("=")


def _read(given: dict[str, str]) -> Presentation:
    level = _known("$resultMetadata", given.get(_LEVEL, "full"), LEVELS)
    return Presentation(
        format=_known("$resultFormat", given.get(_FORMAT, "JSON"), FORMATS),
        links=level == "full",
        pages=level != "off",
        estimate="$count" in given,
    )


def _known(option: str, text: str, words: Sequence[str]) -> str:
    """The word as we write it, whatever its case."""
    for word in words:
        if word.lower() == text.lower():
            return word
    raise Problem(400, f"{option} is one of {', '.join(words)}, not '{text[:40]}'", option=option)
