"""Recording a measure, and changing what was recorded."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.effects.models import Intervention
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.effects.forms import MeasureForm
from stadtkern.site.staff.page import page


@staff("effects.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A measure that nobody has recorded yet; its series are chosen next."""
    form = MeasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            one = form.save()
            record(person(request), "effects.create", one, **_facts(one))
        messages.success(request, _("The measure is recorded. Now choose its series."))
        return redirect("staff-effect-series", one.pk)
    return page(request, "effects/form", form=form, status=422 if form.errors else 200)


@staff("effects.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """What was recorded; the window only until the analysis is laid down."""
    one = get_object_or_404(Intervention, pk=number)
    before = _facts(one)
    form = MeasureForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            record(
                person(request), "effects.change", one, before=before,
                fields=form.changed_data, **_facts(one),
            )  # fmt: skip
        messages.success(request, _("The measure is saved."))
        return redirect("staff-effects-one", number)
    return page(request, "effects/form", form=form, one=one, status=422 if form.errors else 200)


def _facts(one: Intervention) -> dict[str, Any]:
    return {"title": one.title, "begins": one.begins.isoformat(), "weeks_before": one.weeks_before,
            "weeks_after": one.weeks_after}  # fmt: skip
