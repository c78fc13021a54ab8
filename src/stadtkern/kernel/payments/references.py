"""References that a payer can type: Kassenzeichen with check digits (ISO 11649)."""

import re
from typing import Final

from django.db import connection

from stadtkern.kernel import clock

LETTERS: Final = {chr(65 + place): str(10 + place) for place in range(26)}
SHAPE: Final = re.compile(r"RF\d{2}[0-9A-Z]{1,21}")
# In running text people and banks put spaces between, mostly after each fourth character.
WRITTEN: Final = re.compile(r"RF ?\d{2}(?: ?\d){11}", re.IGNORECASE)
# ISO 7064 MOD 97-10: the number with its check digits leaves 1 over.
MODULUS: Final = 97


def new() -> str:
    """The next reference, of 15 characters: `RF`, two check digits, year, running number."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval('payments_reference')")
        (number,) = cursor.fetchone()
    return with_check_digits(f"{clock.now():%y}{number:09d}")


def with_check_digits(number: str) -> str:
    """`539007547034` becomes `RF18539007547034`."""
    digits = 98 - int(_figures(f"{number}RF00")) % MODULUS
    return f"RF{digits:02d}{number}"


def is_sound(reference: str) -> bool:
    """Whether the check digits fit: a mistyped or swapped character does not pass."""
    text = reference.replace(" ", "").upper()
    if not SHAPE.fullmatch(text):
        return False
    return int(_figures(text[4:] + text[:4])) % MODULUS == 1


def found_in(text: str) -> list[str]:
    """Our references in what a payer wrote, without spaces, each once."""
    found = [one.group().replace(" ", "").upper() for one in WRITTEN.finditer(text)]
    return list(dict.fromkeys(one for one in found if is_sound(one)))


def _figures(text: str) -> str:
    return "".join(LETTERS.get(one, one) for one in text)
