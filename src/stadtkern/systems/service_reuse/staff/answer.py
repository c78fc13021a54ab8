"""How a staff page of reuse is answered, and who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.kernel.people.models import Account

RIGHTS = ("edit", "decide")


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `service_reuse/staff/<name>.html`; never kept by a shared cache."""
    who = person(request)
    may = {f"may_{right}": who.may(f"service_reuse.{right}") for right in RIGHTS}
    answer = render(request, f"service_reuse/staff/{name}.html", {**may, **said}, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user


def number_of(text: str) -> int:
    """A row's number as a browser sends it; -1 fits none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1
