"""Book for somebody on the telephone or at the counter: concern, time, name, on one page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.appointments.logic import times, visits
from stadtkern.systems.appointments.logic.concern import Concern, concern_of
from stadtkern.systems.appointments.logic.limits import PHONE
from stadtkern.systems.appointments.logic.whose import visits_of
from stadtkern.systems.appointments.models import Office, Service
from stadtkern.systems.appointments.staff.answer import office_of, page, person
from stadtkern.systems.appointments.staff.day import day_of

AUDIENCES = {
    "phone": gettext_lazy("on the telephone"),
    "internal": gettext_lazy("at the counter"),
}


class Asked(forms.Form):
    """What is wanted, and when."""

    s = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Concerns"), queryset=Service.objects.none(), to_field_name="slug",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    p = forms.IntegerField(
        label=gettext_lazy("Persons"), min_value=1, max_value=20, initial=1, required=False
    )
    d = forms.DateField(
        label=gettext_lazy("From the day"), required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    a = forms.ChoiceField(
        label=gettext_lazy("Booked"), choices=list(AUDIENCES.items()), initial="phone",
        required=False, help_text=gettext_lazy("Each has a share of the times of its own."),
    )  # fmt: skip

    def __init__(self, office: Office, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Service.objects.filter(active=True, offers__office=office)
        self.fields["s"].queryset = rows  # type: ignore[attr-defined]


class Who(forms.Form):
    """Whose appointment it is; a clerk may book for somebody without e-mail and telephone."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), required=False, max_length=30, validators=[PHONE]
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the counter"), required=False, max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip


@staff("appointments.book")
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, slug: str) -> HttpResponse:
    """The concern in the address, its free times below; a POST books one of them."""
    office = office_of(request, slug)
    before = _before(person(request), request.GET.get("follows", ""))
    asked = Asked(office, _said(request) if "s" in request.GET else None, initial=_usual())
    concern = None
    if asked.is_bound and asked.is_valid():
        slugs = [one.slug for one in asked.cleaned_data["s"]]
        concern = concern_of(slugs, asked.cleaned_data["p"] or 1)
    who = Who(request.POST or None, initial=_known(before))
    problem = ""
    if request.method == "POST" and concern is not None and who.is_valid():
        try:
            made = _booked(request, office, concern, who.cleaned_data, before, _audience(request))
            messages.success(request, _("Booked. The code is %(code)s.") % {"code": made.code})
            return redirect("appointments-staff:visit", made.pk)
        except Refused as refused:
            problem = str(refused)
    status = 409 if problem else 422 if who.errors else 200
    return page(request, "book", office=office, asked=asked, who=who, concern=concern, tab="book",
                found=_free(office, concern, request), problem=problem, follows=before,
                chosen=request.POST.get("slot", ""), status=status)  # fmt: skip


def _usual() -> dict[str, Any]:
    return {"p": 1, "d": times.today()}


def _said(request: HttpRequest) -> QueryDict:
    """What the address says, and one person from today on where it does not."""
    said = request.GET.copy()
    for key, value in _usual().items():
        said[key] = said.get(key) or str(value)
    return said


def _audience(request: HttpRequest) -> str:
    """Who is served: the address says so, so that the times shown are those that can be had."""
    asked = request.GET.get("a", "")
    return asked if asked in AUDIENCES else "phone"


def _before(who: Account, text: str) -> Booking | None:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    return visits_of(who).filter(pk=number).first()


def _known(before: Booking | None) -> dict[str, str]:
    """A follow-up appointment is the same person's."""
    if before is None:
        return {}
    return {"name": before.name, "email": before.email, "phone": before.phone}


def _free(office: Office, concern: Concern | None, request: HttpRequest) -> list[Any]:
    """The days with free times from the day asked for, at this office; staff see more of them."""
    offer = concern.at(office, online=False) if concern else None
    if concern is None or offer is None:
        return []
    first = day_of(request.GET.get("d", ""))
    found = times.free(
        concern, [offer], first, first + times.DAYS_SHOWN, audience=_audience(request)
    )
    return times.by_day(found)[: times.DAYS_LISTED]


def _booked(
    request: HttpRequest, office: Office, concern: Concern, said: dict[str, Any],
    before: Booking | None, audience: str,
) -> Booking:  # fmt: skip
    chosen = times.read_value(request.POST.get("slot", ""))
    offer = concern.at(office, online=False)
    if chosen is None or offer is None:
        raise Refused(_("Please choose a time first."))
    who = Person(name=said["name"], email=said["email"], phone=said["phone"])
    with transaction.atomic():
        made = visits.book(concern, offer, chosen[1], who, audience=audience,
                           source="staff", note=said["note"], follows=before)  # fmt: skip
        record(person(request), "appointments.book", made, audience=audience)
    return made
