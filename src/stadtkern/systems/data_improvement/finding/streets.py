"""German street names: taken apart, written out, folded for comparing."""

import re
from dataclasses import dataclass
from typing import Final

# A short form at the end of a word or of its own: `Herner Str.`, `Bergstr.`, `Dr.-Ruer-Pl.`
SHORT: Final = re.compile(r"(?<![a-zäöüß])(?P<own>[Ss]tr(?:\.|\b))|(?P<tail>str(?:\.|(?=\s|$)))")
OTHERS: Final = ((re.compile(r"(?<=[\s-])Pl\.(?=\s|$)"), "Platz"),
                 (re.compile(r"(?<=[a-zäöüß])pl\.(?=\s|$)"), "platz"))  # fmt: skip
SWISS: Final = re.compile(r"([Ss])trasse\b")
# The ß of Straße was lost, or read as another sign.
DAMAGED: Final = re.compile(
    r"([Ss])tra(?!ß|ss|nd|ndb|h|uc|ub)[^\sß-]?(e)\b|(?<=[a-zäöü\s-])([Ss])tra$"
)
NUMBER: Final = re.compile(
    r"^(?P<street>.*?\D)\s*(?P<number>\d{1,4}\s?[a-zA-Z]?(?:\s?[-–/+]\s?\d{1,4}\s?[a-zA-Z]?)*)\s*$"
)
LOOKS: Final = re.compile(
    r"(str\.?|stra(ß|ss)e|weg|platz|allee|ring|gasse|ufer|damm|hof|markt|wall|pfad|steig|berg|"
    r"feld|kamp|busch|heide|tal|straat)(\s+\d.*)?$|^(am|an der|im|in der|auf der|auf dem|zum|zur|"
    r"unter|hinter)\s",
    re.IGNORECASE,
)
FOLD: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "-": " ", ".": " ", ",": " ", "'": None, "’": None}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A street and what follows it: `12 a`; empty where there is no number."""

    street: str
    number: str = ""

    def __str__(self) -> str:
        return f"{self.street} {self.number}".strip()


def parsed(text: str) -> Address:
    """`Bergstr. 27` as street and number; all of it is the street where no number ends it."""
    plain = " ".join(text.split())
    if found := NUMBER.match(plain):
        return Address(street=found["street"].strip(" ,"), number=found["number"].strip())
    return Address(street=plain)


def looks_like(text: str) -> bool:
    """Whether this could be a street with or without a number."""
    return bool(LOOKS.search(text.strip()))


def in_full(street: str) -> str:
    """`Herner Str.` as `Herner Straße`, `Bergstr` as `Bergstraße`; what is in full stays."""
    said = " ".join(street.split())
    said = SHORT.sub(lambda f: _word(f["own"]) if f["own"] else "straße", said)
    for pattern, word in OTHERS:
        said = pattern.sub(word, said)
    return SWISS.sub(lambda found: f"{found[1]}traße", said)


def _word(own: str) -> str:
    return "Straße" if own[0] == "S" else "straße"


def mended(street: str) -> str:
    """`Akademiestra?e` as `Akademiestraße`; the same where nothing is damaged."""
    return DAMAGED.sub(lambda found: f"{found[1] or found[3]}traße", street)


def folded(street: str) -> str:
    """One form for all ways to write a street: small letters, umlauts written out, one blank."""
    return " ".join(in_full(street).lower().translate(FOLD).split())
