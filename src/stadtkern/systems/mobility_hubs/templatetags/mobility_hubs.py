"""How stations and departures are written."""

from datetime import datetime

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel.contract import State
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.mobility_hubs.logic.departures import Departure
from stadtkern.systems.mobility_hubs.logic.now import Element, Joint
from stadtkern.systems.mobility_hubs.pages.finding import Part

register = template.Library()


@register.filter
def freshness(one: Joint) -> str:
    """`3 of 4 numbers are current`."""
    if not one.elements:
        return _("nothing is counted here")
    if one.freshness == "good":
        return _("all numbers are current")
    if one.freshness == "none":
        return _("no current data")
    figures = {"current": figure(one.current), "all": figure(len(one.elements))}
    return _("%(current)s of %(all)s numbers are current") % figures


@register.filter
def element_words(one: Element) -> str:
    """`4 of 15 free`, or that nothing current is known."""
    if one.free is None:
        return _("no current data")
    if one.all is None:
        return ngettext("%(count)s here", "%(count)s here", one.free) % {"count": figure(one.free)}
    return _("%(free)s of %(all)s free") % {"free": figure(one.free), "all": figure(one.all)}


@register.filter
def part_state(one: Part) -> State:
    """The best of its parts: one free bay is enough to get there."""
    states = [each.state for each in one.elements]
    for state in ("good", "tight", "bad"):
        if state in states:
            return state
    return "none"


@register.filter
def ahead_words(one: Part) -> str:
    """What is expected in half an hour, with its band."""
    look = one.ahead
    if look is None:
        return ""
    figures = {"free": figure(look.free), "low": figure(look.low), "high": figure(look.high)}
    if look.low == look.high:
        return _("in half an hour about %(free)s") % figures
    return _("in half an hour about %(free)s (%(low)s to %(high)s)") % figures


@register.filter
def minutes_until(one: Departure, now: datetime) -> str:
    """`now`, `5 min`, or nothing where the clock says it better."""
    left = int((one.leaves - now).total_seconds() // 60)
    if left <= 0:
        return _("now")
    return _("%(count)d min") % {"count": left} if left < 60 else ""


@register.filter
def vehicle(one: Departure) -> str:
    """What runs, in words."""
    words = {
        "bus": _("bus"), "tram": _("tram"), "subway": _("light rail"), "rail": _("train"),
        "ferry": _("ferry"),
    }  # fmt: skip
    return words[one.kind]
