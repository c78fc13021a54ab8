"""How a staff page of the forum is answered, and who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.kernel.people.models import Account


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `digital_forum/staff/<name>.html`; never kept by a shared cache."""
    who = person(request)
    may = {f"may_{verb}": who.may(f"digital_forum.{verb}") for verb in ("run", "assist", "manage")}
    answer = render(request, f"digital_forum/staff/{name}.html", {**may, **said}, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user
