"""Fields that staff pages of reuse share: amounts in euros that are kept in cents."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy

from stadtkern.systems.service_reuse.costs import PARTS

LABELS = {
    "one_off": gettext_lazy("Once"), "yearly": gettext_lazy("A year"),
    "per_case": gettext_lazy("A case"),
}  # fmt: skip
THOUSANDS = {sign: re.compile(rf"\d{{1,3}}(\{sign}\d{{3}})+") for sign in ".,"}
ENDS = {"low": gettext_lazy("at least"), "high": gettext_lazy("at most")}


class Euros(forms.DecimalField):
    """An amount in euros; its value is cents, or None where it is not known."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**{"required": False, "min_value": 0, "max_digits": 11,
                            "decimal_places": 2, "localize": True, **told})  # fmt: skip
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain(value) if isinstance(value, str) else value)

    def clean(self, value: Any) -> int | None:
        found: Decimal | None = super().clean(value)
        return None if found is None else int(found * 100)

    def prepare_value(self, value: Any) -> Any:
        shown = Decimal(value).scaleb(-2) if isinstance(value, int) else value
        return super().prepare_value(shown)


def plain(text: str) -> str:
    """`1.250,50 €` and `1,250.50` as `1250.50`: people write thousands as they are used to."""
    digits = "".join(sign for sign in text if sign not in " \u00a0\u202f€'")
    german = (get_language() or "de").startswith("de")
    group, point = (".", ",") if german else (",", ".")
    if point in digits or THOUSANDS[group].fullmatch(digits):
        digits = digits.replace(group, "").replace(point, ".")
    return digits


def amounts(prefix: str = "") -> dict[str, Euros]:
    """Six fields: once, a year and a case, from and to; by `<prefix><part>_<end>`."""
    return {
        f"{prefix}{part}_{end}": Euros(label=f"{LABELS[part]}, {word}")
        for part in PARTS for end, word in ENDS.items()
    }  # fmt: skip
