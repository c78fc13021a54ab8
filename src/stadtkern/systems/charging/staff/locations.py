"""Locations and their points: the list, one location's facts, and faults that people reported."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.systems.charging.logic import reading
from stadtkern.systems.charging.models import (
    Connector,
    Evse,
    FaultReport,
    Location,
    RegisterRecord,
    Tariff,
)
from stadtkern.systems.charging.models.register import OPEN
from stadtkern.systems.charging.staff.answer import page, person

PAGE = 50
if TYPE_CHECKING:
    LocationModelForm = forms.ModelForm[Location]
else:
    LocationModelForm = forms.ModelForm
# Fields that the register has too: set by hand, an import leaves them alone.
OF_REGISTER = {"operator": "operator", "opening_hours": "hours", "commissioned": "commissioned"}
KEPT = {
    "operator": gettext_lazy("Operator"),
    "hours": gettext_lazy("Opening hours"),
    "commissioned": gettext_lazy("In service since"),
    "points": gettext_lazy("Points"),
}
# What staff may say of a point; all else it tells itself.
BY_HAND = {"UNKNOWN": gettext_lazy("as the point tells"),
           "OUTOFORDER": gettext_lazy("out of order"),
           "INOPERATIVE": gettext_lazy("not in service"),
           "PLANNED": gettext_lazy("planned"), "REMOVED": gettext_lazy("removed")}  # fmt: skip


class LocationForm(LocationModelForm):
    """The facts of a location."""

    class Meta:
        model = Location
        fields = ("operator", "opening_hours", "public", "renewable", "accessible",
                  "site_limit_w", "commissioned", "note")  # fmt: skip
        labels = {
            "operator": gettext_lazy("Operator"),
            "opening_hours": gettext_lazy("Opening hours"),
            "public": gettext_lazy("Open to everybody"),
            "renewable": gettext_lazy("Electricity from renewable sources"),
            "accessible": gettext_lazy("Without barriers"),
            "site_limit_w": gettext_lazy("What the grid gives the location, in watt"),
            "commissioned": gettext_lazy("In service since"), "note": gettext_lazy("Note"),
        }  # fmt: skip
        help_texts = {
            "opening_hours": gettext_lazy("As OpenStreetMap writes them: 24/7, Mo-Sa 06:00-22:00"),
        }  # fmt: skip
        widgets = {"commissioned": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}

    def clean_opening_hours(self) -> str:
        said: str = self.cleaned_data["opening_hours"]
        return readable_hours(said) if said else said


def readable_hours(said: str) -> str:
    """The same, where they can be read. Raises ValidationError."""
    import opening_hours  # noqa: PLC0415  10 MB, rarely asked

    if not opening_hours.validate(said):
        raise forms.ValidationError(
            _("This cannot be read. Write it as in: Mo-Fr 08:00-18:00; Sa 09:00-14:00")
        )
    return said


@staff("charging.see")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All locations with their state; search, filter, file."""
    rows = Location.objects.all()
    if q := request.GET.get("q", "").strip():
        rows = rows.filter(
            Q(place__name__icontains=q) | Q(place__street__icontains=q)
            | Q(operator__icontains=q) | Q(uid__icontains=q)
        )  # fmt: skip
    found = reading.stations(rows)
    if (wanted := request.GET.get("state", "")) in ("good", "tight", "bad", "none"):
        found = [one for one in found if one.state == wanted]
    if request.GET.get("as") == "csv":
        return _csv(found)
    return page(
        request, "home", page=Paginator(found, PAGE).get_page(request.GET.get("page")), q=q,
        state=wanted, points=sum(one.all for one in found),
        faults=FaultReport.objects.filter(closed=None).count(),
        undecided=RegisterRecord.objects.filter(state__in=OPEN).count(),
    )  # fmt: skip


def _csv(found: list[reading.Station]) -> HttpResponse:
    heads = ("location", "name", "operator", "point", "evse_id", "status", "told", "kW")
    rows = [
        (one.location.uid, one.place.name, one.location.operator, point.evse.number,
         point.evse.evse_id, point.status, point.evse.told, point.max_watt / 1000)
        for one in found for point in one.points
    ]  # fmt: skip
    return csv_file("charging-points", heads, rows)


@staff("charging.see")
@require_http_methods(["GET", "HEAD", "POST"])
def location(request: HttpRequest, uid: str) -> HttpResponse:
    """One location; who may manage changes it."""
    row = get_object_or_404(Location.objects.select_related("place"), uid=uid)
    may = person(request).may("charging.manage")
    if request.method == "POST" and not may:
        return page(request, "location", status=403, **_shown(row, LocationForm(instance=row)))
    form = LocationForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        _save(request, form)
        messages.success(request, _("Saved. An import leaves what you set by hand alone."))
        return redirect("charging-staff:location", uid)
    return page(request, "location", status=422 if form.errors else 200, **_shown(row, form))


def _save(request: HttpRequest, form: LocationForm) -> None:
    row: Location = form.instance
    set_now = {OF_REGISTER[name] for name in form.changed_data if name in OF_REGISTER}
    row.kept, row.changed = sorted({*row.kept, *set_now}), clock.now()
    with transaction.atomic():
        form.save()
        record(person(request), "charging.location", row, fields=sorted(form.changed_data))


def _shown(row: Location, form: LocationForm) -> dict[str, Any]:
    evses = Evse.objects.filter(location=row).prefetch_related("connectors__tariff")
    return {
        "location": row, "form": form, "evses": evses, "tariffs": Tariff.objects.all(),
        "by_hand": BY_HAND, "records": row.records.select_related("edition"),
        "kept": [str(KEPT.get(name, name)) for name in row.kept],
        "faults": FaultReport.objects.filter(location=row).select_related("evse")[:20],
    }  # fmt: skip


@staff("charging.manage")
@require_http_methods(["POST"])
def point(request: HttpRequest, uid: str) -> HttpResponse:
    """A point's official number, its status by hand, and the price at its plugs."""
    row = get_object_or_404(Evse, uid=uid)
    status, evse_id = request.POST.get("status", ""), request.POST.get("evse_id", "").strip()
    tariff = Tariff.objects.filter(uid=request.POST.get("tariff", "")).first()
    if status and status not in BY_HAND:
        status = ""
    if evse_id and Evse.objects.exclude(pk=row.pk).filter(evse_id=evse_id).exists():
        messages.error(request, _("Another point has this official number already."))
        return redirect("charging-staff:location", row.location.uid)
    with transaction.atomic():
        row.evse_id, row.changed = evse_id[:48], clock.now()
        by_itself = row.told is not None and row.status not in reading.GONE
        if status and status != row.status and not (status == "UNKNOWN" and by_itself):
            row.status, row.status_at = status, clock.now()
        row.save()
        Connector.objects.filter(evse=row).update(tariff=tariff, changed=clock.now())
        record(person(request), "charging.point", row, status=row.status,
               tariff=tariff.uid if tariff else "")  # fmt: skip
    messages.success(request, _("Saved."))
    return redirect("charging-staff:location", row.location.uid)


@staff("charging.see")
@require_http_methods(["GET", "HEAD", "POST"])
def faults(request: HttpRequest) -> HttpResponse:
    """What people reported, the open ones first."""
    if request.method == "POST" and person(request).may("charging.control"):
        row = get_object_or_404(FaultReport, public_id=request.POST.get("report", ""))
        with transaction.atomic():
            FaultReport.objects.filter(pk=row.pk).update(
                closed=clock.now(), answer=request.POST.get("answer", "")[:300]
            )
            record(person(request), "charging.fault", row)
        messages.success(request, _("Closed."))
        return redirect("charging-staff:faults")
    rows = FaultReport.objects.select_related("location__place", "evse")
    if request.GET.get("all") != "1":
        rows = rows.filter(closed=None)
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return page(request, "faults", page=shown, all=request.GET.get("all") == "1")
