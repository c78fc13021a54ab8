"""Fields about vehicles: German number plates, and vehicle identification numbers."""

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

# Area, letters, digits without a zero in front, and E (electric) or H (historic); in all at most
# eight characters (§ 9 FZV and its annex).
PARTED: Final = re.compile(r"([A-ZÄÖÜ]{1,3})[\s-]+([A-Z]{1,2})[\s-]*([1-9]\d{0,3})\s*([EH]?)")
LONGEST_PLATE: Final = 8
# ISO 3779: 17 characters without I, O and Q, which look like 1 and 0.
VIN_SHAPE: Final = re.compile(r"[A-HJ-NPR-Z0-9]{17}", re.ASCII)


def compared(text: str) -> str:
    """Without hyphens and spaces, in capitals."""
    return re.sub(r"[\s-]", "", text.upper())


def plate_of(text: str) -> str | None:
    """A plate as it is printed, `HER-AB 123E`; None where it is none.

    Without a hyphen or space it is taken apart where only one way is possible.
    """
    text = text.strip().upper()
    found = PARTED.fullmatch(text)
    parts = found.groups() if found else _only_way(text)
    if parts is None:
        return None
    area, letters, digits, ending = parts
    if len(area + letters + digits + ending) > LONGEST_PLATE:
        return None
    return f"{area}-{letters} {digits}{ending}"


def _only_way(text: str) -> tuple[str, ...] | None:
    found = re.fullmatch(r"([A-ZÄÖÜ]{2,5}) ?([1-9]\d{0,3})([EH]?)", text)
    if found is None:
        return None
    heads = found[1]
    ways = [
        (heads[:at], heads[at:])
        for at in range(1, min(3, len(heads) - 1) + 1)
        if len(heads) - at <= 2 and re.fullmatch(r"[A-Z]{1,2}", heads[at:])
    ]
    return (*ways[0], found[2], found[3]) if len(ways) == 1 else None


def _check_plate(field: Field, value: Any) -> None:
    if plate_of(is_text(value)) != value:
        raise NotValid(_("Write the number plate with a hyphen, like this: HER-AB 123"))


def _plate(field: Field, said: Said) -> str | None:
    text = text_of(said, field.id)
    if not text:
        return None
    plate = plate_of(text)
    _check_plate(field, plate or text)
    return plate


def _check_vin(field: Field, value: Any) -> None:
    text = is_text(value)
    if VIN_SHAPE.fullmatch(text):
        return
    if set("IOQ") & set(text):
        raise NotValid(_("This number has no I, O or Q. Are they 1 and 0?"))
    if len(text) != 17:
        said = _("The number has 17 characters; these are %(length)s.")
        raise NotValid(said % {"length": len(text)})
    raise NotValid(_("The number has letters and digits only."))


def _vin(field: Field, said: Said) -> str | None:
    text = compared(text_of(said, field.id))
    if text:
        _check_vin(field, text)
    return text or None


PLATE: Final = Handling(
    parse=_plate, check=_check_plate, say=lambda field, value, language: str(value),
    shown=one_input(str),
)  # fmt: skip
VIN: Final = Handling(
    parse=_vin, check=_check_vin, say=lambda field, value, language: str(value),
    shown=one_input(str),
)  # fmt: skip
