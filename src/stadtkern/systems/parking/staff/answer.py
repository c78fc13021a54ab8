"""How a staff page of parking is answered, and who asks."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from stadtkern.kernel.people.models import Account
from stadtkern.kernel.places.models import Place
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.bays import SITE
from stadtkern.systems.parking.models import Site

RIGHTS = ("manage_sites", "count", "manage_sources")


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `parking/staff/<name>.html`; never kept by a shared cache."""
    who = person(request)
    may = {f"may_{right}": who.may(f"parking.{right}") for right in RIGHTS}
    answer = render(request, f"parking/staff/{name}.html", {**may, **said}, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user


def facts_or_404(public_id: UUID) -> Site:
    """The facts of the car park at this place, with the place."""
    place = get_object_or_404(Place.objects.of_kind(SITE), public_id=public_id)
    row = logic.facts_of([place])[place.pk]
    row.place = place
    return row
