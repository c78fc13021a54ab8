"""Filters for the staff's pages."""

import json as js
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel.things.models import Datastream
from stadtkern.kernel.ui.numbers import figure

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400


@register.filter
def at(words: Mapping[str, Any], key: str) -> Any:
    """What a mapping holds under this key; the key itself where it holds nothing."""
    return words.get(key, key)


@register.filter
def unit(stream: Datastream) -> str:
    """The unit of a datastream; a plain count has none."""
    return "" if stream.unit_symbol in (None, "1") else str(stream.unit_symbol)


@register.filter
def percentage(share: float | None) -> str:
    """A share of one in percent, with a decimal; a dash where none is known."""
    return "–" if share is None else f"{figure(100 * share, 1)} %"


@register.filter
def megahertz(hertz: int) -> str:
    """A frequency as radio people write it."""
    return figure(hertz / 1_000_000, 1)


@register.filter
def span(length: timedelta) -> str:
    """A length of time in its largest whole unit."""
    seconds = int(length.total_seconds())
    if seconds % DAY == 0:
        return ngettext("%(n)d day", "%(n)d days", seconds // DAY) % {"n": seconds // DAY}
    if seconds % HOUR == 0:
        return ngettext("%(n)d hour", "%(n)d hours", seconds // HOUR) % {"n": seconds // HOUR}
    minutes = max(round(seconds / MINUTE), 1)
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


@register.filter
def clock(cron: str) -> str:
    """The common schedules in words; others as they are."""
    minute, hour, *rest = cron.split()
    if rest != ["*"] * 3:
        return cron
    if hour == "*" and minute.startswith("*/"):
        return _("every %(n)s minutes") % {"n": minute[2:]}
    if hour == "*" and minute.isdigit():
        return _("every hour, at minute %(minute)s") % {"minute": minute}
    if hour.isdigit() and minute.isdigit():
        return _("every day at %(time)s") % {"time": f"{int(hour):02}:{int(minute):02}"}
    return cron


@register.filter
def json(value: Any) -> str:
    """JSON as people read it."""
    return js.dumps(value, ensure_ascii=False)


@register.filter
def said(details: Mapping[str, Any]) -> str:
    """The details of an audit entry, `name: value` in a row."""
    return "; ".join(
        f"{name}: {value if isinstance(value, str | int | float) else json(value)}"
        for name, value in details.items()
    )


@register.filter
def seconds(millis: float) -> str:
    """Milliseconds as seconds, with the unit."""
    return f"{figure(millis / 1000, 1)} s"


@register.filter
def percent(share: float) -> str:
    """A share from 0 to 1; what is more than nothing and all but everything stays so."""
    whole = round(100 * share)
    return f"{figure(min(max(whole, 1), 99) if 0 < share < 1 else whole)} %"
