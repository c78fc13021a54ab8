"""Permits that the city gives: plates or a permit's number, an area, a time."""

from datetime import datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import permits as giving
from stadtkern.systems.parking_tickets.logic.permits import New, Span
from stadtkern.systems.parking_tickets.models import (
    PERMIT_KINDS,
    Permit,
    PermitArea,
    PermitIn,
    PermitSeries,
    PermitSubject,
)
from stadtkern.systems.parking_tickets.staff.control import page, person

PER_PAGE: Final = 50
MOST_PLATES: Final = 20
ALL: Final = ("", gettext_lazy("all"))
DATE: Final = {"type": "date"}


class PermitForm(forms.Form):
    """A new permit. A badge that goes with a person is found by its number."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(PERMIT_KINDS.items()))
    plates = forms.CharField(
        label=gettext_lazy("Number plates"), required=False, max_length=600,
        widget=forms.Textarea({"rows": 3}), help_text=gettext_lazy("One a line."),
    )  # fmt: skip
    number = forms.CharField(
        label=gettext_lazy("Number of the permit"), required=False, max_length=40,
        help_text=gettext_lazy("For permits that go with a person and not with a car."),
    )  # fmt: skip
    areas = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Areas for permits"), queryset=PermitArea.objects.filter(active=True),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    first = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(DATE))
    last = forms.DateField(label=gettext_lazy("Last day"), widget=forms.DateInput(DATE))

    def clean_plates(self) -> list[str]:
        lines = [one for one in str(self.cleaned_data["plates"]).splitlines() if one.strip()]
        if len(lines) > MOST_PLATES:
            raise forms.ValidationError(_("Write at most %s plates.") % MOST_PLATES)
        try:
            return [plates.normal(one) for one in lines]
        except plates.BadPlate as error:
            raise forms.ValidationError(str(error)) from None

    def clean_number(self) -> str:
        said = str(self.cleaned_data["number"])
        try:
            return plates.normal(said) if said.strip() else ""
        except plates.BadPlate:
            raise forms.ValidationError(_("Write 2 to 15 letters and digits.")) from None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and not said["plates"] and not said["number"]:
            self.add_error("plates", _("Write a number plate or the number of the permit."))
        first, last = said.get("first"), said.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day must not be before the first."))
        return said


@staff("parking_tickets.permits")
@require_http_methods(["GET", "HEAD", "POST"])
def permits(request: HttpRequest) -> HttpResponse:
    """The newest permits, or those of a plate that was sent; sent otherwise, a new one."""
    finding = request.method == "POST" and "find" in request.POST
    form = PermitForm(None if finding or request.method != "POST" else request.POST)
    if form.is_bound and form.is_valid():
        _give(form.cleaned_data, request)
        return redirect("parking_tickets-staff:permits")
    rows = Permit.objects.select_related("series__operator").prefetch_related(
        "subjects", "areas__area")  # fmt: skip
    kind = request.GET.get("kind", "")
    if kind in PERMIT_KINDS:
        rows = rows.filter(kind=kind)
    found = request.POST.get("find", "")[:40]
    listed = Paginator(_of_plate(rows, found) if finding else rows, PER_PAGE).get_page(
        request.GET.get("page"))  # fmt: skip
    return page(
        request, "permits", form=form, listed=listed, kind=kind, kinds=[ALL, *PERMIT_KINDS.items()],
        found=found, rows=[_row(one) for one in listed], status=422 if form.errors else 200,
    )  # fmt: skip


def _of_plate(rows: QuerySet[Permit], typed: str) -> QuerySet[Permit]:
    try:
        plate = plates.normal(typed)
    except plates.BadPlate:
        return rows.none()
    keys = [*plates.keys_of(plate), *plates.keys_of(f"{giving.NUMBER}{plate}")]
    return rows.filter(Q(subjects__plate_key__in=keys)).distinct()


def _row(one: Permit) -> dict[str, Any]:
    subjects, areas, now = list(one.subjects.all()), list(one.areas.all()), clock.now()
    ends = max((s.during.upper for s in subjects if s.during.upper), default=None)
    holds = one.series.active and any(now in s.during for s in subjects)
    return {"permit": one, "plates": [giving.shown(s) for s in subjects], "ends": ends,
            "areas": sorted({a.area.code for a in areas}), "holds": holds,
            "giver": one.series.operator}  # fmt: skip


def _give(said: dict[str, Any], request: HttpRequest) -> None:
    here = timezone.get_default_timezone()
    begins = datetime.combine(said["first"], time(), here)
    ends = datetime.combine(said["last"] + timedelta(days=1), time(), here)
    subjects = [Span(what=one, begins=begins, ends=ends) for one in said["plates"]]
    if said["number"]:
        subjects.append(Span(what=said["number"], begins=begins, ends=ends, number=True))
    areas = [Span(what=str(one.pk), begins=begins, ends=ends) for one in said["areas"]]
    with transaction.atomic():
        series = own_series()
        row = giving.save(New(series=series, kind=said["kind"], subjects=subjects, areas=areas))
        record(person(request), "parking_tickets.permit", row, kind=row.kind)
    messages.success(request, _("The permit holds."))


def own_series() -> PermitSeries:
    """The city's own series, always active."""
    row = PermitSeries.objects.filter(operator=None, active=True).order_by("pk").first()
    return row or PermitSeries.objects.create(active=True, name="city")


@staff("parking_tickets.permits")
@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """A permit of the city ends now."""
    row = get_object_or_404(Permit, pk=number, series__operator=None)
    now = clock.now()
    with transaction.atomic():
        for model in (PermitSubject, PermitIn):
            rows = model.objects.filter(permit=row)
            rows.filter(during__startswith__gte=now).delete()
            for one in rows.filter(during__contains=now):
                one.during = (one.during.lower, now)
                one.save(update_fields=["during"])
        record(person(request), "parking_tickets.permit_end", row)
    messages.success(request, _("The permit has ended."))
    return redirect("parking_tickets-staff:permits")
