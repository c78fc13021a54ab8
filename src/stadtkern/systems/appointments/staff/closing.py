"""Closures, extra hours and absences of counters, and what becomes of those concerned."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods
from psycopg.types.range import Range

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings import calendars
from stadtkern.kernel.bookings.models import Absence, Booking, Closure, Unit
from stadtkern.kernel.people.access import staff
from stadtkern.systems.appointments.logic import closing as rebooking
from stadtkern.systems.appointments.logic.closing import proposals
from stadtkern.systems.appointments.models import Office
from stadtkern.systems.appointments.staff.answer import office_of, page, person

MOST = 200
KINDS = (
    ("closed", gettext_lazy("The office is closed")),
    ("away", gettext_lazy("One counter does not work")),
    ("open", gettext_lazy("Open in addition")),
)


class Span(forms.Form):
    """What happens from when until when."""

    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=KINDS)
    unit = forms.ModelChoiceField(
        label=gettext_lazy("At counter"), queryset=Unit.objects.none(), required=False,
        help_text=gettext_lazy("Only if one counter does not work."),
    )  # fmt: skip
    first = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    begins = forms.TimeField(
        label=gettext_lazy("Time"), required=False, widget=forms.TimeInput({"type": "time"}),
        help_text=gettext_lazy("Empty: from the beginning of the day."),
    )  # fmt: skip
    last = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    ends = forms.TimeField(
        label=gettext_lazy("Time"), required=False, widget=forms.TimeInput({"type": "time"}),
        help_text=gettext_lazy("Empty: until the end of the day."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=200,
        help_text=gettext_lazy("Those concerned read it."),
    )  # fmt: skip

    def __init__(self, office: Office, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Unit.objects.filter(resource=office.resource_id)
        self.fields["unit"].queryset = rows  # type: ignore[attr-defined]
        self.zone = ZoneInfo(office.resource.calendar.zone if office.resource.calendar else "UTC")

    def clean(self) -> dict[str, Any]:
        """The span is in order, and a counter is named where one is away."""
        said = super().clean() or {}
        if {"first", "last"} <= said.keys() and self.span[1] <= self.span[0]:
            self.add_error("last", _("The end lies before the beginning."))
        if said.get("kind") == "away" and not said.get("unit"):
            self.add_error("unit", _("Please name the counter."))
        return said

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The instants, by the office's clock."""
        said = self.cleaned_data
        begins = datetime.combine(said["first"], said.get("begins") or time(0), self.zone)
        if said.get("ends"):
            return begins, datetime.combine(said["last"], said["ends"], self.zone)
        return begins, datetime.combine(said["last"] + timedelta(days=1), time(0), self.zone)


@staff("appointments.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def closures(request: HttpRequest, slug: str) -> HttpResponse:
    """What is closed, open in addition, and who is away from today on; a form for more."""
    office = office_of(request, slug)
    if request.method == "POST" and "remove" in request.POST:
        return _remove(request, office)
    form = Span(office, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _add(request, office, form)
    now = clock.now()
    ahead = {"during__overlap": Range(now, None)}
    shut = Closure.objects.filter(calendar=office.resource.calendar_id, **ahead)
    away = Absence.objects.filter(unit__resource=office.resource_id, **ahead)
    away = away.exclude(source__startswith="freed:").select_related("unit")
    return page(
        request, "closures", office=office, form=form, closures=shut[:MOST], absences=away[:MOST],
        tab="closures", status=422 if form.errors else 200,
    )  # fmt: skip


def _add(request: HttpRequest, office: Office, form: Span) -> HttpResponse:
    said, span = form.cleaned_data, form.span
    calendar = office.resource.calendar
    found: list[Booking] = []
    with transaction.atomic():
        if said["kind"] == "away":
            _made, found = calendars.block(said["unit"], span, said["reason"])
        elif calendar is not None and said["kind"] == "open":
            calendars.opening(calendar, span, said["reason"])
        elif calendar is not None:
            _shut, found = calendars.closing(calendar, span, said["reason"])
        when = {"begins": span[0].isoformat(), "ends": span[1].isoformat()}
        verb = f"appointments.{said['kind']}"
        record(person(request), verb, office, reason=said["reason"], **when)
    messages.success(request, _("Saved."))
    where = reverse("appointments-staff:closures", args=[office.slug])
    if found:
        where = reverse("appointments-staff:concerned", args=[office.slug])
    return redirect(where)


def _remove(request: HttpRequest, office: Office) -> HttpResponse:
    kind, _colon, number = request.POST["remove"].partition(":")
    rows: Any = Absence.objects.filter(unit__resource=office.resource_id)
    if kind == "closure":
        rows = Closure.objects.filter(calendar=office.resource.calendar_id)
    one = get_object_or_404(rows, pk=int(number) if number.isdecimal() else 0)
    with transaction.atomic():
        record(person(request), "appointments.reopen", office, reason=one.reason,
               during=str(one.during))  # fmt: skip
        one.delete()
    messages.success(request, _("Taken out."))
    return redirect("appointments-staff:closures", office.slug)


@staff("appointments.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def concerned(request: HttpRequest, slug: str) -> HttpResponse:
    """Appointments that cannot be kept, each with where it could go; move some or all of them."""
    office = office_of(request, slug)
    rows = rebooking.concerned(office)
    if request.method == "POST":
        chosen = {int(one) for one in request.POST.getlist("booking") if one.isdecimal()}
        why = request.POST.get("why", "").strip()[:200]
        some = [one for one in rows if one.pk in chosen]
        moved, left = rebooking.move_all(person(request), some, why)
        text = ngettext("%(n)s appointment was moved.", "%(n)s appointments were moved.", moved)
        messages.success(request, text % {"n": moved})
        if left:
            text = _("For %(n)s nothing is free in six weeks. Please call these people.")
            messages.warning(request, text % {"n": left})
        return redirect("appointments-staff:concerned", slug)
    return page(request, "concerned", office=office, found=proposals(rows[:MOST]),
                why=rebooking.reason(office), tab="closures")  # fmt: skip
