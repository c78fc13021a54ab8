"""Money, measures and ends of rentals, as pages write them."""

from datetime import datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.bike_boxes.models import Size

register = template.Library()


@register.filter
def euros(cents: int | None) -> str:
    """`15,00 €`."""
    return f"{figure(cents / 100, 2)}\N{NO-BREAK SPACE}€" if cents is not None else ""


@register.filter
def last_day_words(ends: datetime) -> str:
    """The day that an end belongs to: 24:00 is the end of the day before."""
    last = timezone.localtime(ends - timedelta(microseconds=1))
    return formats.date_format(last, "l, j. F Y")


@register.filter
def last_day_short(ends: datetime) -> str:
    """`23.11.` of a rental that ends at 24:00 of that day."""
    last = timezone.localtime(ends - timedelta(microseconds=1))
    return formats.date_format(last, "j.n.")


@register.filter
def end_short(ends: datetime) -> str:
    """`23.11.2026, 24:00`."""
    last = timezone.localtime(ends - timedelta(microseconds=1))
    return f"{formats.date_format(last, 'j.n.Y')}, {end_time(ends)}"


@register.filter
def end_time(ends: datetime) -> str:
    """`24:00` at midnight, else the time."""
    local = timezone.localtime(ends)
    return "24:00" if (local.hour, local.minute) == (0, 0) else formats.date_format(local, "H:i")


@register.filter
def until_words(kind: str) -> str:
    """When a rental of this kind is over."""
    words = {
        "day": _("until 24:00 of the same day"),
        "week": _("until 24:00 of the seventh day"),
        "month": _("until 24:00 of the day before the same day of the next month"),
        "year": _("until 24:00 of the day before the same day of the next year"),
    }
    return words.get(kind, "")


@register.filter
def inside(size: Size) -> str:
    """Length, width and height of the room inside."""
    said = _("%(length)s cm long, %(width)s cm wide, %(height)s cm high")
    return said % {"length": size.length, "width": size.width, "height": size.height}


@register.filter
def doorway(size: Size) -> str:
    """Width and height of the door's opening."""
    said = _("%(width)s cm wide, %(height)s cm high")
    return said % {"width": size.door_width, "height": size.door_height}
