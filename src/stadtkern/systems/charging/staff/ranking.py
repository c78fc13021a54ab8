"""Counts of electric cars and charging points, entered with what was counted and by whom."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.charging.models import FleetCount
from stadtkern.systems.charging.staff.answer import page, person

if TYPE_CHECKING:
    CountModelForm = forms.ModelForm[FleetCount]
else:
    CountModelForm = forms.ModelForm


class CountForm(CountModelForm):
    """A number is nothing without its definition and source."""

    class Meta:
        model = FleetCount
        fields = ("area", "area_key", "cars", "cars_rule", "cars_day", "cars_source", "points",
                  "points_rule", "points_day", "points_source", "note")  # fmt: skip
        labels = {
            "area": gettext_lazy("District or city"),
            "area_key": gettext_lazy("Official key of the area, where known"),
            "cars": gettext_lazy("Electric cars"),
            "cars_rule": gettext_lazy("Counted as electric cars"),
            "cars_day": gettext_lazy("Cars as of"),
            "cars_source": gettext_lazy("Source of the cars"),
            "points": gettext_lazy("Charging points"),
            "points_rule": gettext_lazy("Counted as points"),
            "points_day": gettext_lazy("Points as of"),
            "points_source": gettext_lazy("Source of the points"), "note": gettext_lazy("Note"),
        }  # fmt: skip
        widgets = {
            name: forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            for name in ("cars_day", "points_day")
        }

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        points = said.get("points")
        if points == 0:
            self.add_error("points", _("With no points there is no ratio. Leave it empty."))
        if points and not said.get("points_source"):
            self.add_error("points_source", _("Please name the source of the points."))
        return said


@staff("charging.see")
@require_http_methods(["GET", "HEAD", "POST"])
def counts(request: HttpRequest) -> HttpResponse:
    """All counts; one more by form, one less where it was wrong."""
    who = person(request)
    sent = request.method == "POST" and who.may("charging.manage")
    if sent and (number := request.POST.get("remove", "")):
        return _removed(request, number)
    form = CountForm(request.POST if sent else None)
    if sent and form.is_valid():
        with transaction.atomic():
            form.save()
            record(who, "charging.count", form.instance, cars=form.instance.cars)
        messages.success(request, _("Saved. It stands on the public page."))
        return redirect("charging-staff:counts")
    return page(request, "counts", form=form, counts=FleetCount.objects.all(),
                status=422 if form.errors else 200)  # fmt: skip


def _removed(request: HttpRequest, number: str) -> HttpResponse:
    row = get_object_or_404(FleetCount, pk=int(number) if number.isdecimal() else 0)
    with transaction.atomic():
        record(person(request), "charging.count", row, removed=True, cars=row.cars)
        row.delete()
    messages.success(request, _("Removed."))
    return redirect("charging-staff:counts")
