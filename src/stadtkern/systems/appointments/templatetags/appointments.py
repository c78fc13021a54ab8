"""How appointments write times, sums and texts of two languages."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from stadtkern.kernel.contract import State
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Charge
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.ui.numbers import figure

register = template.Library()
# Degrees around an office that its small map shows.
WIDE, HIGH = 0.008, 0.004
SIGNS: dict[str, State] = {
    "held": "tight", "booked": "info", "arrived": "good", "finished": "none", "missed": "bad",
    "cancelled": "none", "expired": "none",
}  # fmt: skip
WORDS = {
    "held": gettext_lazy("reserved"),
    "booked": gettext_lazy("booked"),
    "arrived": gettext_lazy("is here"),
    "finished": gettext_lazy("served"),
    "missed": gettext_lazy("not come"),
    "cancelled": pgettext_lazy("booking", "cancelled"),
    "expired": gettext_lazy("expired"),
}
DEEDS = {
    "appointments.book": gettext_lazy("booked"),
    "appointments.move": gettext_lazy("moved"),
    "appointments.cancel": pgettext_lazy("booking", "cancelled"),
    "appointments.arrive": gettext_lazy("was here"),
    "appointments.finish": gettext_lazy("done"),
    "appointments.miss": gettext_lazy("did not come"),
    "appointments.note": gettext_lazy("note changed"),
}


@register.filter
def said(one: Any, name: str) -> str:
    """A text in the reader's language."""
    return str(one.said(name))


@register.filter
def clock(at: datetime | None) -> str:
    """`10:20`, by the city's clock."""
    return f"{timezone.localtime(at):%H:%M}" if at else ""


@register.filter
def moment(at: datetime) -> str:
    """`Dienstag, 24. November, 10:20 Uhr`."""
    local = timezone.localtime(at)
    day = formats.date_format(local, _("l, j F"))
    return _("%(day)s, %(time)s") % {"day": day, "time": f"{local:%H:%M}"}


@register.filter
def euros(cents: int | None) -> str:
    """`46,00 Euro`."""
    return "" if cents is None else _("%(sum)s euros") % {"sum": figure(cents / 100, 2)}


@register.filter
def pay_page(charge: Charge) -> str:
    """Where a fee is paid."""
    return charges.page(charge)


@register.filter
def around(place: Place) -> list[float]:
    """West, south, east, north of a small map about a place."""
    lon, lat = place.lon or 0, place.lat or 0
    return [lon - WIDE, lat - HIGH, lon + WIDE, lat + HIGH]


@register.filter
def sign_of(state: str) -> State:
    """The sign of a booking's state."""
    return SIGNS.get(state, "none")


@register.filter
def state_word(state: str) -> str:
    """A booking's state as people at a counter say it."""
    return str(WORDS.get(state, state))


@register.filter
def of(names: dict[int, str], key: int) -> str:
    """One of a mapping."""
    return names.get(key, "")


@register.filter
def isoday(at: datetime) -> str:
    """The local day for an address."""
    return timezone.localtime(at).date().isoformat()


@register.filter
def deed(verb: str) -> str:
    """What staff did, in words."""
    return str(DEEDS.get(verb, verb))
