"""How pages say seats, scores and states."""

from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from stadtkern.systems.esports.layers import free_words, moment
from stadtkern.systems.esports.models import Match

register = template.Library()
register.filter("moment", moment)
register.filter("free_words", free_words)


@register.filter
def score(match: Match) -> str:
    """`3:1`, or how it ended without a score."""
    if match.state != "done":
        return "–:–"
    if match.how == "bye":
        return _("bye")
    if match.how == "walkover":
        return _("walkover")
    return f"{match.score_a}:{match.score_b}"


@register.filter
def sign_of(state: str) -> str:
    """The sign of a match's state."""
    return {"open": "none", "claimed": "info", "disputed": "bad"}.get(state, "good")


@register.filter
def foreign(one: Any, name: str) -> str:
    """`de` where an English reader gets the German text, for its `lang`; else nothing."""
    return "de" if get_language() == "en" and not getattr(one, f"{name}_en", "") else ""
