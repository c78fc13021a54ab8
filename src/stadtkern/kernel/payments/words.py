"""Amounts and ways to pay, in words."""

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.ui.numbers import MINUS, figure

METHODS: dict[str, str | Promise] = {
    "card": _("Card"),
    "creditcard": _("Card"),
    "girocard": _("girocard"),
    "cash": _("Cash"),
    "transfer": _("Bank transfer"),
    "giropay": _("Bank transfer"),
    "paydirect": _("Bank transfer"),
    "wallet": _("Wallet"),
    "paypal": _("PayPal"),
    "other": _("Other way"),
}


def euros(cents: int | None) -> str:
    """`12,50 €` in German, `€12.50` in English; a dash where missing."""
    if cents is None:
        return figure(None)
    text = figure(abs(cents) / 100, 2)
    sign = MINUS if cents < 0 else ""
    if (get_language() or "de").startswith("en"):
        return f"{sign}€{text}"
    return f"{sign}{text}\N{NO-BREAK SPACE}€"


def method(slug: str) -> str | Promise:
    """A way to pay, as a provider names it."""
    return METHODS.get(slug.lower(), slug)
