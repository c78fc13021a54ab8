"""Number plates: written one way, sealed at rest, found by a keyed digest."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator
from itertools import combinations
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from stadtkern.kernel import sealing

LONGEST: Final = 15
MOST_SUGGESTED: Final = 6
# Region, letters, digits, and E (electric) or H (historic). Where the region ends is not written.
GERMAN: Final = re.compile(r"[A-ZÄÖÜ]{1,3}[A-Z]{1,2}[1-9][0-9]{0,3}[EH]?")
# The months of a seasonal plate stand beside the number and are no part of it.
SEASON: Final = re.compile(
    r"([0-9]\s*[EH]?)[\s:|]+(?:0[1-9]|1[0-2])\s*[-/‐-―−\s]\s*(?:0[1-9]|1[0-2])$"
)
# Blanks, all sorts of dashes, and the dots where a plate's seals are.
BETWEEN: Final = re.compile(r"[\s\u200b.,:;·•/|_'-]|[‐-―−]")
# Greek and Cyrillic plates only have letters that look like Latin ones.
LATIN: Final = str.maketrans(
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕКМНОРСТУХІЈЅ",
    "ABEZHIKMNOPTYXABEKMHOPCTYXIJS",
)
LOOKS_LIKE: Final = {
    "O": "0", "0": "O", "I": "1", "1": "I", "B": "8", "8": "B",
    "U": "Ü", "Ü": "U", "A": "Ä", "Ä": "A", "Ö": "O",
}  # fmt: skip
MOST_SWAPPED: Final = 2
# The database makes a range of a key, which needs one number above it.
HIGHEST: Final = 2**63 - 2


class BadPlate(ValueError):
    """What was typed cannot be a number plate; the text says what to do."""


def normal(text: str) -> str:
    """A plate in capitals without blanks, dashes and dots: `her-ne 1e` is `HERNE1E`.

    Umlauts stay; foreign plates are taken as they are. Raises BadPlate.
    """
    said = unicodedata.normalize("NFKC", text[:80]).strip().upper()
    said = SEASON.sub(r"\1", said)
    plate = BETWEEN.sub("", said).translate(LATIN)
    if not 2 <= len(plate) <= LONGEST:
        raise BadPlate(_("Write the number plate with 2 to 15 letters and digits."))
    if not all(one.isalnum() and ord(one) < 0x600 for one in plate):
        raise BadPlate(_("Write only the letters and digits of the number plate."))
    return plate


def key_of(plate: str) -> int:
    """What finds a plate (as `normal` writes it): 64 bits, signed, of a keyed digest."""
    return _key(plate, settings.SECRET_KEY)


def keys_of(plate: str) -> list[int]:
    """The plate's key, and those it had under earlier secrets of the city."""
    secrets = (settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", ()))
    return [_key(plate, secret) for secret in secrets]


def _key(plate: str, secret: str) -> int:
    key = hashlib.sha256(b"plates:" + secret.encode()).digest()
    digest = hmac.new(key, plate.encode(), hashlib.sha256).digest()
    return min(int.from_bytes(digest[:8], "big", signed=True), HIGHEST)


def seal(plate: str) -> bytes:
    """The plate for a binary column."""
    return sealing.seal(plate)


def shown(sealed: bytes | memoryview | None) -> str:
    """The plate again; empty where it was forgotten. Raises ValueError as `sealing.unseal`."""
    return sealing.unseal(sealed)


def suggestions(text: str) -> list[str]:
    """German plates that look like what was typed; only ever offered, never taken by themselves.

    Raises BadPlate.
    """
    plate = normal(text)
    found = (one for one in _alike(plate) if GERMAN.fullmatch(one))
    return list(dict.fromkeys(found))[:MOST_SUGGESTED]


def _alike(plate: str) -> Iterator[str]:
    """The plate with one and two letters swapped for what they are taken for."""
    places = [at for at, one in enumerate(plate) if one in LOOKS_LIKE]
    for count in range(1, MOST_SWAPPED + 1):
        for chosen in combinations(places, count):
            swapped = (LOOKS_LIKE[c] if at in chosen else c for at, c in enumerate(plate))
            yield "".join(swapped)
