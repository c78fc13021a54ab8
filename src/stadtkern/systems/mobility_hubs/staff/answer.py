"""How a staff page of the mobility stations is answered, and who asks."""

from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from stadtkern.kernel.people.models import Account

SEE: Final = "mobility_hubs.see"
MANAGE: Final = "mobility_hubs.manage"


def page(request: HttpRequest, name: str, /, *, status: int = 200, **said: Any) -> HttpResponse:
    """The template `mobility_hubs/staff/<name>.html`; never kept by a shared cache."""
    told = {"may_manage": person(request).may(MANAGE), **said}
    answer = render(request, f"mobility_hubs/staff/{name}.html", told, status=status)
    answer["Cache-Control"] = "private, no-store"
    return answer


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user


def problems(form: forms.BaseForm) -> list[tuple[str, str, str]]:
    """Faults of a form for the summary on top: id of the field, label, what to do."""
    return [
        (form[name].id_for_label, str(form[name].label), str(text))
        for name, texts in form.errors.items() if name in form.fields for text in texts
    ]  # fmt: skip
