"""How pages of one person are answered: kept by no cache, their address told to nobody."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language


def private(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `digital_forum/<name>.html`."""
    answer = render(request, f"digital_forum/{name}.html", said, status=status)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "same-origin"
    return answer


def gone(request: HttpRequest, problem: str = "") -> HttpResponse:
    """A link or code that leads nowhere any more."""
    return private(request, "gone", status=404, problem=problem)


def language() -> str:
    """The reader's language, as letters and forms have it."""
    return (get_language() or "de")[:2]
