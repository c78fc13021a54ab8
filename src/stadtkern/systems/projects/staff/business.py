"""What investors read: sites, settlements and facts, each in one form."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import models, transaction
from django.forms import modelform_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.projects.models import Fact, Site
from stadtkern.systems.projects.staff.answer import page, person

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[models.Model]
else:
    ModelForm = forms.ModelForm

MODELS: dict[str, type[Site | Fact]] = {"site": Site, "fact": Fact}
DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


@staff("projects.edit")
@require_safe
def business(request: HttpRequest) -> HttpResponse:
    """All of them, public or not."""
    return page(request, "business", sites=Site.objects.all(), facts=Fact.objects.all())


@staff("projects.publish")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, kind: str, number: int | None = None) -> HttpResponse:
    """One of them; what it was before stands in the audit log."""
    model = MODELS.get(kind)
    if model is None:
        raise Http404
    one = get_object_or_404(model, pk=number) if number is not None else model()
    made = modelform_factory(model, form=ModelForm, exclude=("changed",), widgets={"as_of": DAY})
    form = made(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        _save(request, form, kind)
        messages.success(request, _("Saved."))
        return redirect("projects-staff:business")
    return page(request, "business_edit", form=form, kind=kind, number=number,
                status=422 if form.errors else 200)  # fmt: skip


def _save(request: HttpRequest, form: Any, kind: str) -> None:
    before = {name: str(form.initial.get(name) or "") for name in form.changed_data}
    with transaction.atomic():
        one = form.save(commit=False)
        one.changed = clock.now()
        one.save()
        record(person(request), f"projects.{kind}", one, title=one.title, before=before)
