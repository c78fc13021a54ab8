"""How a staff page of prices and money is answered, and who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.kernel.people.models import Account

RIGHTS = ("see", "prices", "money", "machines")


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `parking_tickets/staff/<name>.html`; never kept by a shared cache."""
    who = person(request)
    may = {f"may_{right}": who.may(f"parking_tickets.{right}") for right in RIGHTS}
    answer = render(request, f"parking_tickets/staff/{name}.html", {**may, **said}, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user
