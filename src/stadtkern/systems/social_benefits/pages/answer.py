"""How a page that shows answers of a person is answered: kept by no cache, told to nobody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language


def private(
    request: HttpRequest, name: str, /, *, status: int = 200, **said: Any
) -> HttpResponse:  # fmt: skip
    """The template `social_benefits/<name>.html`."""
    answer = render(request, f"social_benefits/{name}.html", said, status=status)
    answer["Cache-Control"] = "private, no-store"
    answer["Referrer-Policy"] = "same-origin"
    return answer


def language() -> str:
    """The reader's language, as forms have it."""
    return (get_language() or "de")[:2]
