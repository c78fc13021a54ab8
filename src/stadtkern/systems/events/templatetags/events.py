"""How pages say when something takes place, and by which sign its state is known."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.systems.events.kinds import CATEGORIES, STATES

register = template.Library()


def _german() -> bool:
    return (get_language() or "de").startswith("de")


@register.filter
def day(at: datetime) -> str:
    """`Di 24.11.`; with the year where it is another one."""
    local = timezone.localtime(at)
    this_year = local.year == timezone.localtime(clock.now()).year
    german = "D j.n." if this_year else "D j.n.Y"
    return formats.date_format(local, german if _german() else "D j M" if this_year else "D j M Y")


@register.filter
def when(one: Any) -> str:
    """`Di 24.11., 19:00–21:00` of anything with `begins` and `ends`; whole days without times."""
    event = getattr(one, "event", one)
    first, last = timezone.localtime(one.begins), timezone.localtime(one.ends)
    if event.all_day:
        end = timezone.localtime(max(one.ends - timedelta(minutes=1), one.begins))
        return day(first) if first.date() == end.date() else f"{day(first)} – {day(end)}"
    times = f"{first:%H:%M}–{last:%H:%M}" if last > first else f"{first:%H:%M}"
    if first.date() == last.date() or last - first < timedelta(hours=14):
        return f"{day(first)}, {times}"
    return f"{day(first)}, {first:%H:%M} – {day(last)}, {last:%H:%M}"


@register.filter
def interest(slug: str) -> str:
    """A category in words."""
    return str(CATEGORIES[slug])


@register.filter
def state_sign(state: str) -> str:
    """The sign of an event's state on staff pages."""
    return STATES[state][0]


@register.filter
def state_word(state: str) -> str:
    """An event's state in words."""
    return str(STATES[state][1])


@register.filter
def foreign(one: Any, name: str) -> str:
    """`de` where an English reader gets the German text, for its `lang`; else nothing."""
    return "de" if get_language() == "en" and not getattr(one, f"{name}_en", "") else ""


@register.filter
def cost(event: Any) -> str:
    """What it costs, or that this is not known."""
    if event.free:
        return _("free of charge")
    return str(event.price) or _("not stated")
