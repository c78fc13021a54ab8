"""How a page about an account is answered."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.kernel.identity.providers.protocol import Departure


def show(
    request: HttpRequest, name: str, /, *, status: int | None = None, **said: Any
) -> HttpResponse:
    """The template `identity/<name>.html`, kept by no cache; a faulty form answers 422."""
    form = said.get("form")
    if status is None:
        status = 422 if form is not None and form.errors else 200
    answer = render(request, f"identity/{name}.html", said, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def leading_to(departure: Departure, answer: HttpResponse) -> HttpResponse:
    """The same page, whose form may be sent to the provider and nowhere else."""
    parts = urlsplit(departure.url)
    answer._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    return answer
