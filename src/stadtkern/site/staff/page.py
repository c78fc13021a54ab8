"""How a staff page is answered."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.site.staff import menu


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `staff/<name>.html` with the menu beside it; never kept by a shared cache."""
    context = {**menu.context(request), **said}
    response = render(request, f"staff/{name}.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
