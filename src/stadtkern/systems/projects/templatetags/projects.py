"""How templates say what is kept in two languages, and dates that are only a year or a month."""

from datetime import date
from typing import Any

from django import template
from django.conf import settings
from django.urls import translate_url
from django.utils import formats
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.projects.content import STATUSES, Funding, Indicator

register = template.Library()
MILLION = 1_000_000


@register.filter
def said(one: Any, name: str) -> str:
    """A text in the reader's language; the German one where there is no English."""
    english = getattr(one, f"{name}_en", "") if get_language() == "en" else ""
    return str(english or getattr(one, name))


@register.filter
def foreign(one: Any, name: str) -> str:
    """`de` where an English reader gets the German text, for its `lang`; else nothing."""
    missing = get_language() == "en" and not getattr(one, f"{name}_en", "")
    return "de" if missing and getattr(one, name) else ""


@register.filter
def twin(url: str) -> str:
    """An address of our own in the reader's language; staff enter the German one."""
    language = get_language() or settings.LANGUAGE_CODE
    if not url.startswith("/"):
        return url
    with override(settings.LANGUAGE_CODE):
        return translate_url(url, language)


@register.filter
def when(partial: str) -> str:
    """`2023-01` as `Januar 2023`: no more exact than it is known."""
    if len(partial) < len("2023-01"):
        return partial
    if len(partial) == len("2023-01"):
        return formats.date_format(date.fromisoformat(f"{partial}-01"), "F Y")
    return formats.date_format(date.fromisoformat(partial), "j. F Y" if _german() else "j F Y")


def _german() -> bool:
    return (get_language() or "de").startswith("de")


@register.filter
def euros(amount: float | None) -> str:
    """`11,4 Mio. Euro`; small sums in full."""
    if amount is None:
        return _("amount not stated")
    if amount >= MILLION:
        return _("%(sum)s million euros") % {"sum": figure(amount / MILLION, 1)}
    return ngettext("%(sum)s euro", "%(sum)s euros", int(amount)) % {"sum": figure(amount)}


@register.filter
def sum_of(funding: Funding) -> str:
    """How much somebody gives."""
    return euros(funding.amount)


@register.filter
def value_of(indicator: Indicator) -> str:
    """The figure as people write it."""
    return figure(indicator.value, indicator.decimals)


@register.filter
def state_of(status: str) -> str:
    """The sign of a status."""
    return STATUSES[status][0]


@register.filter
def word_of(status: str) -> str:
    """A status in words."""
    return str(STATUSES[status][1])
