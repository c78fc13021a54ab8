"""How a page of the catalogue is answered, and which other systems it may point to."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from stadtkern.kernel import registry


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `service_portal/catalogue/<name>.html`."""
    return render(request, f"service_portal/catalogue/{name}.html", said, status=status)


def language() -> str:
    """The reader's language, as texts are stored by it."""
    return (get_language() or "de")[:2]


def neighbour(system: str, name: str, *args: object) -> str:
    """A page of another system; empty while it is off or has no such page."""
    if not registry.is_on(system):
        return ""
    try:
        return reverse(f"{system}:{name}", args=args)
    except NoReverseMatch:
        return ""
