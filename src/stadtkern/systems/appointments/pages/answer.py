"""How a public page of the appointments is answered."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from stadtkern.kernel.bookings import links
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `appointments/<name>.html`."""
    return render(request, f"appointments/{name}.html", said, status=status)


def private(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """As `page`, for what one person alone may see: kept nowhere, found by no search engine."""
    answer = page(request, name, status=status, **said)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "same-origin"
    return answer


def language() -> str:
    """The reader's language, for letters."""
    return (get_language() or "de")[:2]


def booking_of(token: str, purpose: str) -> Booking | None:
    """The booking of a link; None where it leads to none (any more)."""
    try:
        return links.read(token, purpose)
    except Refused:
        return None


def gone(request: HttpRequest) -> HttpResponse:
    """What is said of a link that leads nowhere, with what to do next."""
    return private(request, "gone", status=404)
