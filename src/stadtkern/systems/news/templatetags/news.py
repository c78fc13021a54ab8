"""How pages say what news are about and in which language they stand."""

from typing import Any

from django import template
from django.utils.translation import get_language

from stadtkern.systems.news.kinds import THEMES

register = template.Library()


@register.filter
def theme(slug: str) -> str:
    """A theme in words."""
    return str(THEMES[slug])


@register.filter
def foreign(one: Any, name: str) -> str:
    """`de` where an English reader gets the German text, for its `lang`; else nothing."""
    return "de" if get_language() == "en" and not getattr(one, f"{name}_en", "") else ""
