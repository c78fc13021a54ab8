"""How pages of social benefits say their data."""

from django import template

from stadtkern.kernel.cases.forms.definition import Words
from stadtkern.systems.social_benefits.logic.benefits import in_words

register = template.Library()


@register.filter
def said(words: Words) -> str:
    """Words of the data in the reader's language."""
    return in_words(words)
