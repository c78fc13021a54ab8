"""How a staff page of the enforcement is answered, and who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.kernel.people.models import Account

RIGHTS = ("check", "permits", "fines", "operators")


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `parking_tickets/control/<name>.html`; never kept by any cache."""
    who = person(request)
    may = {f"may_{right}": who.may(f"parking_tickets.{right}") for right in RIGHTS}
    answer = render(request, f"parking_tickets/control/{name}.html", {**may, **said},
                    status=status)  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user
