"""Which kind a column has, from what all of its values look like."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from stadtkern.kernel.contract import ColumnKind

# Keys are names, not numbers: nobody adds them up, and their zeros belong to them.
KEY: Final = re.compile(
    r"(ags|ars|rs|plz|postleitzahl|postcode|zip|gemeinde_?schluessel|regional_?schluessel|\w*schluessel"
    r"|schluessel\w*|telefon\w*|fax|tel|handy|iban|hausnummer|haus_?nr|hnr|isbn|gemarkung|flur"
    r"|flurstueck|schulnummer|kennziffer|wkn|nuts\w*|\w+_uuid|wahlkreis)"
)
# Digits that an official key has in Germany.
DIGITS: Final = {"ags": 8, "gemeindeschluessel": 8, "ars": 12, "plz": 5, "postleitzahl": 5}
DAYS: Final = re.compile(r"(.*_)?(date|datum|tag|day|stand)(_.*)?|.*(datum|date)")
WHOLE: Final = ("integer", "compact")
NUMBERS: Final = (*WHOLE, "point", "comma", "point3", "points", "commas")
# In a long column a few values may be wrong; they are told one by one.
TOLERATED, LONG = 0.01, 200


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A kind; the decimal sign of its numbers; whether points may separate thousands."""

    kind: ColumnKind
    decimal: Literal[".", ","] = "."
    ambiguous: bool = False


def is_key(slug: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether a column of this name holds keys."""
    return slug in more or KEY.fullmatch(slug) is not None


def kind_of(looks: Counter[str], slug: str, *, german: bool, key: bool) -> Guess:
    """The kind that fits; `german`: nothing else in the file has a decimal point."""
    filled = looks.total() - looks["empty"] - looks["missing"] - looks["error"]
    if filled == 0 or key or looks["zero"]:
        return Guess(kind="text")

    def fit(names: Iterable[str]) -> bool:
        wrong = filled - sum(looks[name] for name in names)
        return wrong == 0 or (filled >= LONG and wrong <= TOLERATED * filled)

    if fit(("boolean",)):
        return Guess(kind="boolean")
    if looks["compact"] and fit(("compact", "date")) and DAYS.fullmatch(slug):
        return Guess(kind="date")
    if fit(WHOLE):
        return Guess(kind="integer")
    if fit(NUMBERS):
        return _number(looks, german=german)
    if fit(("date",)):
        return Guess(kind="date")
    return Guess(kind="datetime" if fit(("datetime", "date")) else "text")


def _number(looks: Counter[str], *, german: bool) -> Guess:
    commas = looks["comma"] + looks["points"]
    points = looks["point"] + looks["commas"]
    if commas and points:
        return Guess(kind="text")
    if looks["point3"] and not points:
        if commas or german:
            kind: ColumnKind = "number" if looks["comma"] else "integer"
            return Guess(kind=kind, decimal=",", ambiguous=not commas)
        return Guess(kind="number", ambiguous=True)
    if not looks["comma"] and not looks["point"]:
        return Guess(kind="integer", decimal="," if looks["points"] else ".")
    return Guess(kind="number", decimal="," if commas else ".")
