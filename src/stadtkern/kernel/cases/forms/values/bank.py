"""Fields with an account number: IBAN by ISO 13616, checked with ISO 7064 MOD 97-10."""

import re
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.parts import Field
from stadtkern.kernel.cases.forms.values.kind import (
    Handling,
    NotValid,
    Said,
    is_text,
    one_input,
    text_of,
)

# Lengths in the countries of the SEPA area (IBAN registry of SWIFT).
LENGTHS: Final = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IS": 26, "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31,
    "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "VA": 22,
}  # fmt: skip
SHAPE: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", re.ASCII)


def remainder(iban: str) -> int:
    """What is left of the rearranged number modulo 97; 1 for a right one."""
    turned = iban[4:] + iban[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97


def _check(field: Field, value: Any) -> None:
    text = is_text(value)
    if not SHAPE.fullmatch(text) or text[:2] not in LENGTHS:
        raise NotValid(_("Write the IBAN like this: DE89 3704 0044 0532 0130 00"))
    wanted = LENGTHS[text[:2]]
    if len(text) != wanted:
        said = _("This IBAN has %(length)s characters, it should have %(wanted)s.")
        raise NotValid(said % {"length": len(text), "wanted": wanted})
    if remainder(text) != 1:
        raise NotValid(_("There is a mistake in this IBAN. Compare it digit by digit."))


def _parse(field: Field, said: Said) -> str | None:
    text = re.sub(r"[\s.-]", "", text_of(said, field.id)).upper()
    if text:
        _check(field, text)
    return text or None


def spaced(iban: Any) -> str:
    """In groups of four, as it is printed."""
    text = str(iban)
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


IBAN: Final = Handling(
    parse=_parse, check=_check, say=lambda field, value, language: spaced(value),
    shown=one_input(spaced),
)  # fmt: skip
