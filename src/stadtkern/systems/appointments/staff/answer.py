"""How a staff page of the appointments is answered, and who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from stadtkern.kernel.people.models import Account
from stadtkern.systems.appointments.logic.whose import offices_of
from stadtkern.systems.appointments.models import Office


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `appointments/staff/<name>.html`; never kept by a shared cache."""
    who = person(request)
    may = {
        "may_book": who.may("appointments.book"),
        "may_manage": who.may("appointments.manage"),
    }
    answer = render(request, f"appointments/staff/{name}.html", {**may, **said}, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user


def office_of(request: HttpRequest, slug: str) -> Office:
    """An office of whoever asks, open or not; for others it is not there."""
    joined = offices_of(person(request)).select_related("resource__place", "resource__calendar")
    return get_object_or_404(joined, slug=slug)
