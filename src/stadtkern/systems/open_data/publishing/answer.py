"""How a page of publishing is answered, and who asks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from stadtkern.kernel.catalogue.models import Dataset, Upload
from stadtkern.kernel.people.models import Account


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `open_data/publishing/<name>.html`; never kept by a shared cache."""
    may = {
        "may_edit": person(request).may("datasets.edit"),
        "may_publish": person(request).may("datasets.publish"),
    }
    response = render(request, f"open_data/publishing/{name}.html", {**may, **said}, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user


def dataset_of(slug: str) -> Dataset:
    """The dataset at this address."""
    return get_object_or_404(Dataset.objects.select_related("publisher"), slug=slug)


def own_dataset(slug: str) -> Dataset:
    """The same, where people publish it; systems and harvesters describe theirs themselves."""
    return get_object_or_404(Dataset, slug=slug, origin=Dataset.UPLOADED)


def upload_of(number: int) -> Upload:
    """An upload without the bytes of its file."""
    rows = Upload.objects.select_related("file", "dataset", "resource").defer("file__content")
    return get_object_or_404(rows, pk=number)
