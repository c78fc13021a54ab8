"""Kinds of fields: how what people type becomes an answer, is checked, and is said again."""

from typing import Any, Final

from stadtkern.kernel.cases.forms.conditions import is_empty
from stadtkern.kernel.cases.forms.parts import Field
from stadtkern.kernel.cases.forms.values import (
    addresses,
    bank,
    dates,
    files,
    numbers,
    picks,
    texts,
    vehicles,
)
from stadtkern.kernel.cases.forms.values.kind import Handling, NotValid, Said, clean, texts_of

KINDS: Final[dict[str, Handling]] = {
    "text": texts.TEXT,
    "long_text": texts.LONG_TEXT,
    "email": texts.EMAIL,
    "phone": texts.PHONE,
    "postcode": texts.POSTCODE,
    "integer": numbers.INTEGER,
    "number": numbers.NUMBER,
    "money": numbers.MONEY,
    "date": dates.DATE,
    "time": dates.TIME,
    "boolean": picks.BOOLEAN,
    "choice": picks.CHOICE,
    "choices": picks.CHOICES,
    "file": files.FILE,
    "address": addresses.ADDRESS,
    "iban": bank.IBAN,
    "plate": vehicles.PLATE,
    "vin": vehicles.VIN,
}

__all__ = ["KINDS", "NotValid", "Said", "clean", "compared", "problem", "say", "texts_of"]


def problem(field: Field, value: Any) -> str:
    """What is wrong with an answer as it is kept, with how to repair it; empty where nothing is.

    In the language that is active. An empty answer is no fault of this kind.
    """
    if field.kind == "note" or is_empty(value):
        return ""
    try:
        KINDS[field.kind].check(field, value)
    except NotValid as refused:
        return str(refused)
    return ""


def say(field: Field, value: Any, language: str) -> str:
    """An answer in words; empty where there is none, and for what cannot be read."""
    if field.kind == "note" or is_empty(value) or problem(field, value):
        return str(value) if isinstance(value, str | int | float) else ""
    return KINDS[field.kind].say(field, value, language)


def compared(field: Field, value: Any) -> str:
    """An answer spelt as it is looked up: a plate without hyphen and spaces, the rest in capitals.

    For the subject of a permit: `HER-AB 123` becomes `HERAB123`.
    """
    text = "" if is_empty(value) else str(value)
    if field.kind in ("plate", "vin", "iban"):
        return vehicles.compared(text)
    return " ".join(text.split())
