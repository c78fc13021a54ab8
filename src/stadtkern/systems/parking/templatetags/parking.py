"""Words of parking's pages: moments, spans, money, weekdays and faults."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django import template
from django.utils import formats, timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock
from stadtkern.kernel.feeds import pages
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.parking.models import FAULTS, Fault

register = template.Library()
register.filter("here", pages.here)


@register.filter
def moment(at: datetime) -> str:
    """`22:00`, with the day where that is another one."""
    here, today = timezone.localtime(at), timezone.localtime(clock.now()).date()
    pattern = "H:i" if here.date() == today else "D, j.n., H:i"
    return formats.date_format(here, pattern)


@register.filter
def span(minutes: int) -> str:
    """`90 minutes`, `2 hours`."""
    if minutes % 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": figure(minutes)}
    hours = minutes // 60
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": figure(hours)}


@register.filter
def euro(cents: int) -> str:
    """`1,50 €`."""
    return f"{figure(cents / 100, 2)}\u00a0€"


@register.filter
def weekday(number: int) -> str:
    """The short name of a weekday, from Monday (0)."""
    return str(WEEKDAYS_ABBR[number])


@register.filter
def fault_words(faults: Iterable[Fault]) -> list[str]:
    """How many faults of each kind there are, for everybody: no bay is named."""
    counts = Counter(fault.kind for fault in faults)
    return [
        _("%(kind)s: %(count)s") % {"kind": str(FAULTS[kind]), "count": figure(count)}
        for kind, count in counts.most_common()
    ]
