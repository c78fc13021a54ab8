"""How a staff page of charging is answered, and who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.kernel.people.models import Account

RIGHTS = ("see", "control", "manage")


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `charging/staff/<name>.html`; never kept by a shared cache."""
    who = person(request)
    may = {f"may_{right}": who.may(f"charging.{right}") for right in RIGHTS}
    answer = render(request, f"charging/staff/{name}.html", {**may, **said}, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user
