"""Numbers and lengths of time as sentences want them."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel.alerts.subjects import Measured

HOUR, DAY = 60, 1440


def number(value: float | None) -> str:
    """As few decimals as it needs, in the reader's way."""
    if value is None:
        return "–"
    text = f"{value:.4f}".rstrip("0")
    return number_format(value, decimal_pos=len(text.partition(".")[2]), use_l10n=True)


def with_unit(value: float | None, what: Measured) -> str:
    """A value with the unit of what is measured."""
    return f"{number(value)} {what.unit}".strip()


def lasting(minutes: int) -> str:
    """Minutes in their largest whole unit."""
    if minutes and minutes % DAY == 0:
        return ngettext("%(n)d day", "%(n)d days", minutes // DAY) % {"n": minutes // DAY}
    if minutes and minutes % HOUR == 0:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // HOUR) % {"n": minutes // HOUR}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def for_longer_than(words: str, minutes: int) -> str:
    """With how long it has to last."""
    if not minutes:
        return words
    return _("%(words)s for longer than %(time)s") % {"words": words, "time": lasting(minutes)}
