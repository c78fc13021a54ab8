"""Fields with numbers: whole ones, others, and money in cents."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from stadtkern.kernel.cases.forms.parts import Field
from stadtkern.kernel.cases.forms.values.kind import Handling, NotValid, Said, one_input, text_of

GREATEST: Final = 10**11
# 1.234,56 as well as 1234.56: what stands last is the decimal sign.
THOUSANDS_DE: Final = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?", re.ASCII)
THOUSANDS_EN: Final = re.compile(r"-?\d{1,3}(,\d{3})+\.\d+", re.ASCII)
PLAIN: Final = re.compile(r"-?\d{1,12}([.,]\d{1,6})?", re.ASCII)


def amount(text: str) -> Decimal | None:
    """A number as people type it; None where it is none."""
    text = re.sub(r"[\s€'’]|EUR\b", "", text).replace("−", "-")
    if THOUSANDS_DE.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    elif THOUSANDS_EN.fullmatch(text):
        text = text.replace(",", "")
    elif not PLAIN.fullmatch(text):
        return None
    try:
        found = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return found if abs(found) <= GREATEST else None


def _integer(field: Field, said: Said) -> int | None:
    text = text_of(said, field.id)
    if not text:
        return None
    found = amount(text)
    if found is None or found != found.to_integral_value():
        raise NotValid(_("Write a whole number in digits, such as 3."))
    check_integer(field, int(found))
    return int(found)


def check_integer(field: Field, value: Any) -> None:
    """A whole number inside its limits."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotValid(_("Write a whole number in digits, such as 3."))
    _limits(field, float(value), lambda limit: plain(limit, get_language() or "de"))


def _number(field: Field, said: Said) -> float | None:
    text = text_of(said, field.id)
    if not text:
        return None
    found = amount(text)
    if found is None:
        raise NotValid(_("Write a number in digits, such as 72.5."))
    _check_number(field, float(found))
    return float(found)


def _check_number(field: Field, value: Any) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        raise NotValid(_("Write a number in digits, such as 72.5."))
    _limits(field, float(value), lambda limit: plain(limit, get_language() or "de"))


def _money(field: Field, said: Said) -> int | None:
    text = text_of(said, field.id)
    if not text:
        return None
    found = amount(text)
    if found is None or found != found.quantize(Decimal("0.01"), ROUND_HALF_UP):
        raise NotValid(_("Write the amount in euros, such as 1,234.50."))
    _check_money(field, int(found * 100))
    return int(found * 100)


def _check_money(field: Field, value: Any) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotValid(_("Write the amount in euros, such as 1,234.50."))
    language = get_language() or "de"
    _limits(field, value / 100, lambda limit: euros(round(limit * 100), language))


def _limits(field: Field, value: float, say: Any) -> None:
    if abs(value) > GREATEST:
        raise NotValid(_("This number is too long. Is there a digit too many?"))
    if field.low is not None and value < field.low:
        raise NotValid(_("This is too little; at least %(limit)s.") % {"limit": say(field.low)})
    if field.high is not None and value > field.high:
        raise NotValid(_("This is too much; at most %(limit)s.") % {"limit": say(field.high)})


def plain(value: float, language: str) -> str:
    """A number in figures of a language, without a useless end."""
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return _swapped(text) if language[:2] == "de" else text


def euros(cents: int, language: str) -> str:
    """An amount: `1.234,50 Euro`."""
    with override(language):
        text = f"{Decimal(cents) / 100:,.2f}"
        spelt = _swapped(text) if language[:2] == "de" else text
        return _("%(amount)s euros") % {"amount": spelt}


def _swapped(text: str) -> str:
    return text.translate(str.maketrans(",.", ".,"))


def _typed(value: Any) -> str:
    return plain(float(value), get_language() or "de") if isinstance(value, int | float) else ""


def _typed_money(value: Any) -> str:
    if not isinstance(value, int):
        return ""
    text = f"{Decimal(value) / 100:.2f}"
    return text.replace(".", ",") if (get_language() or "de")[:2] == "de" else text


INTEGER: Final = Handling(
    parse=_integer, check=check_integer, say=lambda field, value, language: plain(value, language),
    shown=one_input(lambda value: str(value)),
)  # fmt: skip
NUMBER: Final = Handling(
    parse=_number, check=_check_number, say=lambda field, value, language: plain(value, language),
    shown=one_input(_typed),
)  # fmt: skip
MONEY: Final = Handling(
    parse=_money, check=_check_money, say=lambda field, value, language: euros(value, language),
    shown=one_input(_typed_money),
)  # fmt: skip
