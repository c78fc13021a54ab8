"""Levels as badges and bars, and texts of a model in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel.contract import State
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.digital_maturity import definition as documents
from stadtkern.systems.digital_maturity import probes
from stadtkern.systems.digital_maturity.definition import Definition
from stadtkern.systems.digital_maturity.picture import Distribution

# A number is drawn into its piece of a bar where it has this much room.
ROOM = 0.045

register = template.Library()
register.filter("say", documents.say)


@register.filter
def level_name(level: int | None, definition: Definition) -> str:
    """`Level 2 (form assistant)`; the letter where a scale has letters."""
    if level is None:
        return _("not assessed yet")
    found = definition.level(level)
    called = found.mark or str(level)
    return _("Level %(level)s: %(name)s") % {"level": called, "name": documents.say(found.name)}


@register.filter
def level_state(level: int | None, definition: Definition) -> State:
    """Good from conformity on; where a scale knows none, the state says nothing."""
    if level is None:
        return "none"
    if definition.conformity is None:
        return "info"
    if level >= definition.conformity:
        return "good"
    return "tight" if level > definition.bottom else "bad"


@register.filter
def criterion_title(number: int, definition: Definition) -> str:
    """`5 Paying`."""
    try:
        return f"{number} {documents.say(definition.criterion(number).title)}"
    except KeyError:
        return str(number)


@register.filter
def seen_words(entry: Mapping[str, Any]) -> str:
    """What the probe of an answer looked at."""
    saw = entry.get("saw") or {}
    return probes.words(saw.get("word", ""), saw.get("data")) if saw else ""


@register.filter
def at(found: Mapping[Any, Any], key: Any) -> Any:
    """What stands under this key."""
    return found.get(key)


@register.inclusion_tag("digital_maturity/stack.html")
def stack(of: Distribution, definition: Definition, weight: str = "services") -> dict[str, Any]:
    """A bar of one hundred per cent: its pieces are levels, by services or by cases a year."""
    pieces, x = [], 0.0
    for one in of.bars:
        share = one.case_share if weight == "cases" else one.share
        count = one.cases if weight == "cases" else one.services
        label = "–" if one.level is None else definition.level(one.level).mark or str(one.level)
        if share:
            pieces.append({
                "x": round(100 * x, 3), "width": round(100 * share, 3), "label": label,
                "middle": round(100 * (x + share / 2), 3), "told": share >= ROOM,
                "kind": "none" if one.level is None else _step(one.level, definition),
                "text": f"{level_name(one.level, definition)}: {figure(count)}",
            })  # fmt: skip
        x += share
    summary = "; ".join(str(one["text"]) for one in pieces)
    return {"pieces": pieces, "summary": summary or _("no values")}


def _step(level: int, definition: Definition) -> int:
    """Five tones for scales of any length, from the lightest to the darkest."""
    span = definition.top - definition.bottom or 1
    return round(4 * (level - definition.bottom) / span)


@register.filter
def step(level: int | None, definition: Definition) -> str:
    """The tone of a level."""
    return "none" if level is None else str(_step(level, definition))


@register.filter
def cases(number: int | None) -> str:
    """Cases a year in words."""
    if number is None:
        return _("not known")
    text = ngettext("%(n)s a year", "%(n)s a year", number)
    return text % {"n": figure(number)}
