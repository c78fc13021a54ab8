"""Today in all offices, and the search for an appointment."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.bookings.models.booking import STATES
from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.appointments.logic import earliest, times
from stadtkern.systems.appointments.logic.concern import names_of
from stadtkern.systems.appointments.logic.visits import KIND
from stadtkern.systems.appointments.logic.whose import offices_of, visits_of
from stadtkern.systems.appointments.models import Clerk, Office, Service
from stadtkern.systems.appointments.staff.answer import page, person

PER_PAGE = 50
COLUMNS = (
    gettext_lazy("Begins"), gettext_lazy("Ends"), gettext_lazy("Office"), gettext_lazy("Code"),
    gettext_lazy("Name"), gettext_lazy("E-mail"), gettext_lazy("Telephone"),
    gettext_lazy("Concern"), gettext_lazy("Counters"), gettext_lazy("State"),
)  # fmt: skip
ALL = ("", gettext_lazy("all"))


@staff("appointments.see")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Offices with what is booked today and when the next slot is free; mine come first."""
    mine = set(Clerk.objects.filter(account=person(request)).values_list("office", flat=True))
    counts = _today()
    free = {office.pk: at for office, at in earliest.by_office(earliest.all_of_them()).items()}
    rows = [
        {"office": one, "is_mine": one.pk in mine, "earliest": free.get(one.pk),
         **counts.get(one.resource_id, {})}
        for one in offices_of(person(request)).select_related("resource__place")
    ]  # fmt: skip
    rows.sort(key=lambda row: not row["is_mine"])
    return page(request, "home", rows=rows, filters=Filters(person(request)),
                no_office=not rows and Office.objects.exists())  # fmt: skip


def _today() -> dict[int, dict[str, Any]]:
    """By resource: how many come today, were served, did not come, and wait."""
    zone = city_zone()
    begins = datetime.combine(times.today(), datetime.min.time(), zone)
    rows = Booking.objects.of_kind(KIND).filter(
        begins__gte=begins, begins__lt=begins + timedelta(days=1)
    )
    counted = (
        rows.order_by()
        .values("resource")
        .annotate(
            booked=Count("pk", filter=Q(state__in=("booked", "arrived", "finished", "missed"))),
            served=Count("pk", filter=Q(state="finished")),
            here=Count("pk", filter=Q(state="arrived")),
            missed=Count("pk", filter=Q(state="missed")),
        )
    )
    return {int(row["resource"]): dict(row) for row in counted}


class Filters(forms.Form):
    """By name, code, e-mail or telephone; state, office and day."""

    q = forms.CharField(
        label=gettext_lazy("Name, code, e-mail or telephone"), required=False,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[ALL, *STATES.items()]
    )
    office = forms.ModelChoiceField(
        label=gettext_lazy("Office"), required=False, to_field_name="slug",
        queryset=Office.objects.none(), empty_label=gettext_lazy("all"),
    )  # fmt: skip
    day = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput({"type": "date"})
    )

    def __init__(self, who: Account, data: Any = None) -> None:
        super().__init__(data)
        rows = offices_of(who).select_related("resource")
        self.fields["office"].queryset = rows  # type: ignore[attr-defined]


@staff("appointments.see")
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Appointments that fit, the next ones first."""
    filters = Filters(person(request), request.GET)
    filters.is_valid()
    rows = _found(person(request), filters.cleaned_data).select_related("resource")
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    known = {one.slug: one for one in Service.objects.all()}
    shown = [(one, names_of(one.properties.get("services", ()), known)) for one in listed]
    return page(request, "search", filters=filters, listed=listed, rows=shown)


@staff("appointments.see")
@require_safe
def search_file(request: HttpRequest) -> HttpResponse:
    """What the filters find as a table; it leaves the system, so it is on record."""
    filters = Filters(person(request), request.GET)
    filters.is_valid()
    known = {one.slug: one for one in Service.objects.all()}
    found = _found(person(request), filters.cleaned_data).select_related("resource")[:LONGEST]
    rows = [
        (one.begins, one.ends, one.resource.title, one.code, one.name, one.email, one.phone,
         names_of(one.properties.get("services", ()), known), one.quantity, STATES[one.state])
        for one in found
    ]  # fmt: skip
    record(person(request), "appointments.export", rows=len(rows))
    return csv_file("termine", COLUMNS, rows)


def _found(who: Account, said: dict[str, Any]) -> Any:
    rows = visits_of(who).order_by("-begins", "pk")
    if words := (said.get("q") or "").strip():
        rows = rows.filter(
            Q(name__icontains=words) | Q(email__icontains=words) | Q(phone__icontains=words)
            | Q(code=words.upper().replace(" ", ""))
        )  # fmt: skip
    if said.get("state"):
        rows = rows.filter(state=said["state"])
    if said.get("office"):
        rows = rows.filter(resource=said["office"].resource_id)
    if said.get("day"):
        begins = datetime.combine(said["day"], datetime.min.time(), city_zone())
        rows = rows.filter(begins__gte=begins, begins__lt=begins + timedelta(days=1))
    return rows
