"""How a page of harvesting is answered, and who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from stadtkern.kernel.catalogue.models import Source
from stadtkern.kernel.people.models import Account


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `open_data/harvesting/<name>.html`; never kept by a shared cache."""
    said["may_change"] = person(request).may("datasets.publish")
    response = render(request, f"open_data/harvesting/{name}.html", said, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user


def source_of(number: int) -> Source:
    """The source at this address."""
    return get_object_or_404(Source.objects.select_related("publisher"), pk=number)
