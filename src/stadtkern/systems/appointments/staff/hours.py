"""Opening hours of an office: the week at a glance, its rules, and how far ahead people book."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings import hours as kernel_hours
from stadtkern.kernel.bookings.models import Calendar, Rule, Unit
from stadtkern.kernel.people.access import staff
from stadtkern.systems.appointments.logic import openings, times
from stadtkern.systems.appointments.models import Office
from stadtkern.systems.appointments.staff.answer import office_of, page, person
from stadtkern.systems.appointments.staff.day import day_of

if TYPE_CHECKING:
    CalendarModel = forms.ModelForm[Calendar]
else:
    CalendarModel = forms.ModelForm

WEEKS = [("", gettext_lazy("every week of the month"))] + [
    (str(n), f"{n}.") for n in range(1, 5)
] + [("5", gettext_lazy("the last one"))]  # fmt: skip


class RuleForm(forms.Form):
    """Open on weekdays between two times."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    begins = forms.TimeField(label=gettext_lazy("From"), widget=forms.TimeInput({"type": "time"}))
    ends = forms.TimeField(label=gettext_lazy("Until"), widget=forms.TimeInput({"type": "time"}))
    valid_from = forms.DateField(
        label=gettext_lazy("Holds from"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Holds until"), required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )  # fmt: skip
    every_weeks = forms.IntegerField(
        label=gettext_lazy("Every so many weeks"), min_value=1, max_value=52, initial=1
    )
    week_of_month = forms.TypedChoiceField(
        label=gettext_lazy("Which one in the month"), choices=WEEKS, required=False, coerce=int,
        empty_value=None,
    )  # fmt: skip
    capacity = forms.IntegerField(
        label=gettext_lazy("Counters at once"), min_value=1, max_value=200, required=False,
        help_text=gettext_lazy("Empty: all."),
    )  # fmt: skip
    public_capacity = forms.IntegerField(
        label=gettext_lazy("Of these bookable online"), min_value=0, max_value=200, required=False,
        help_text=gettext_lazy("The others stay for telephone and counter."),
    )  # fmt: skip
    phone_capacity = forms.IntegerField(
        label=gettext_lazy("Of these bookable by telephone"), min_value=0, max_value=200,
        required=False,
        help_text=gettext_lazy("Empty: all that are left. The counter has no limit."),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [(n, openings.weekday(n)) for n in range(1, 8)]
        self.fields["weekdays"].choices = days  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Times in steps of five minutes, in order; no more online than at all."""
        said = super().clean() or {}
        begins, ends = said.get("begins"), said.get("ends")
        for name, at in (("begins", begins), ("ends", ends)):
            if at is not None and (at.minute % 5 or at.second):
                self.add_error(name, _("Please use steps of five minutes."))
        if begins and ends and ends <= begins and (ends.hour, ends.minute) != (0, 0):
            self.add_error("ends", _("The end lies before the beginning."))
        first, last = said.get("valid_from"), said.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The end lies before the beginning."))
        capacity = said.get("capacity")
        for name in ("public_capacity", "phone_capacity"):
            share = said.get(name)
            if capacity is not None and share is not None and share > capacity:
                self.add_error(name, _("That is more than there are at all."))
        return said


class CalendarForm(CalendarModel):
    """How slots are cut, and how far ahead the public books."""

    class Meta:
        model = Calendar
        fields = ("step_minutes", "notice_minutes", "ahead_days", "released_at", "on_holidays")
        labels = {
            "step_minutes": gettext_lazy("A time every so many minutes"),
            "notice_minutes": gettext_lazy("Online at the latest so many minutes before"),
            "ahead_days": gettext_lazy("Online so many days ahead"),
            "released_at": gettext_lazy("New days are released at"),
            "on_holidays": gettext_lazy("Open on public holidays"),
        }
        widgets = {"released_at": forms.TimeInput({"type": "time"}, "%H:%M")}

    def clean_step_minutes(self) -> int:
        """The kernel's grid."""
        step = int(self.cleaned_data["step_minutes"])
        if step % 5:
            raise forms.ValidationError(_("Please use steps of five minutes."))
        return step


@staff("appointments.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, slug: str) -> HttpResponse:
    """The week that the address asks for, the rules behind it, and forms to change them."""
    office = office_of(request, slug)
    calendar = office.resource.calendar
    assert calendar is not None
    sent, what = request.method == "POST", request.POST.get("do", "")
    if sent and what == "end":
        return _end(request, office)
    form = RuleForm(request.POST if what == "rule" else None, initial={"valid_from": times.today()})
    about = CalendarForm(request.POST if what == "calendar" else None, instance=calendar)
    if sent and what == "rule" and form.is_valid():
        return _add(request, office, form)
    if sent and what == "calendar" and about.is_valid():
        with transaction.atomic():
            about.save()
            record(person(request), "appointments.hours", office, changed=about.changed_data)
        messages.success(request, _("Saved."))
        return redirect("appointments-staff:hours", slug)
    monday = day_of(request.GET.get("d", ""))
    monday -= timedelta(days=monday.weekday())
    rows = [(rule, openings.lines([rule])) for rule in openings.rules_of(office)]
    wrong = form.errors or about.errors
    return page(request, "hours", office=office, form=form, about=about, rules=rows, tab="hours",
                week=week(office, monday), monday=monday, before=monday - timedelta(days=7),
                after=monday + timedelta(days=7), status=422 if wrong else 200)  # fmt: skip


def week(office: Office, monday: date) -> list[dict[str, Any]]:
    """Each day with its opening spans as they really are, closures told."""
    calendar = office.resource.calendar
    if calendar is None:
        return []
    zone = ZoneInfo(calendar.zone)
    begins = datetime.combine(monday, datetime.min.time(), zone)
    opening = kernel_hours.load([calendar.pk], begins, begins + timedelta(days=8))[calendar.pk]
    everyone = Unit.objects.filter(resource=office.resource_id, active=True).count()
    found: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for one in opening.spans(monday, monday + timedelta(days=6)):
        local = one.begins.astimezone(zone)
        shut = any(b < one.ends and e > one.begins for b, e in opening.closed)
        most = one.capacity if one.capacity is not None else len(one.units or ()) or everyone
        found[local.date()].append(
            {"begins": local, "ends": one.ends.astimezone(zone), "most": most,
             "public": most if one.public is None else min(most, one.public), "shut": shut}
        )  # fmt: skip
    days = [monday + timedelta(days=n) for n in range(7)]
    return [{"date": d, "spans": sorted(found[d], key=lambda s: s["begins"]),
             "holiday": kernel_hours.is_holiday(d)} for d in days]  # fmt: skip


def _add(request: HttpRequest, office: Office, form: RuleForm) -> HttpResponse:
    said = form.cleaned_data
    calendar = office.resource.calendar
    assert calendar is not None
    with transaction.atomic():
        made = Rule.objects.create(calendar=calendar, **said)
        record(person(request), "appointments.hours", office, rule=made.pk, hours=str(made))
    messages.success(request, _("Saved."))
    return redirect("appointments-staff:hours", office.slug)


def _end(request: HttpRequest, office: Office) -> HttpResponse:
    """A rule holds no longer from today on; the days before keep it."""
    rows = Rule.objects.filter(calendar=office.resource.calendar_id)
    number = request.POST.get("rule", "")
    rule = get_object_or_404(rows, pk=int(number) if number.isdecimal() else 0)
    yesterday = times.today() - timedelta(days=1)
    with transaction.atomic():
        record(person(request), "appointments.hours", office, ended=rule.pk, hours=str(rule))
        if rule.valid_from > yesterday:
            rule.delete()
        else:
            rule.valid_until = yesterday
            rule.save(update_fields=["valid_until"])
    messages.success(request, _("The rule holds no longer. What is booked stays booked."))
    return redirect("appointments-staff:hours", office.slug)
