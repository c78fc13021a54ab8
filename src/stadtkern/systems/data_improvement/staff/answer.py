"""How a page of the workbench is answered, and who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.kernel.people.models import Account


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `data_improvement/staff/<name>.html`; never kept by a shared cache."""
    may = {"may_decide": person(request).may("data_improvement.decide")}
    answer = render(request, f"data_improvement/staff/{name}.html", {**may, **said}, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user
