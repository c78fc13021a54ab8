"""How a staff page of the bike boxes is answered, and who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.kernel.people.models import Account

RIGHTS = ("open", "manage", "prices", "partners")


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `bike_boxes/staff/<name>.html`; never kept by a shared cache."""
    who = person(request)
    may = {f"may_{right}": who.may(f"bike_boxes.{right}") for right in RIGHTS}
    answer = render(request, f"bike_boxes/staff/{name}.html", {**may, **said}, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user
