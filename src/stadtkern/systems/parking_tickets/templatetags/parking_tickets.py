"""How pages write lines of a price."""

from django import template
from django.utils.translation import gettext as _

from stadtkern.kernel.payments.words import euros
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.parking_tickets.logic.words import span

register = template.Library()
register.filter("euros", euros)
register.filter("minutes_words", span)


@register.filter
def milli(value: int) -> str:
    """Thousandths of a cent as euros; more places only where they are needed."""
    if value % 1000 == 0:
        return euros(value // 1000)
    return f"{figure(value / 100_000, 4)}\N{NO-BREAK SPACE}€"


@register.filter
def rule_words(rule: str) -> str:
    """The name of a line's rule."""
    words = {"free": _("free minutes"), "least": _("up to the least price"),
             "rest": _("coins that were left over"), "day": _("charging hours"),
             "evening": _("evening"), "saturday": _("Saturday")}  # fmt: skip
    return words.get(rule, rule)


@register.filter
def duration(seconds: int) -> str:
    """`1 h 05 min`, with seconds where there are some."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes or not (hours or left) else []
    return " ".join([*parts, *([f"{left} s"] if left else [])])
