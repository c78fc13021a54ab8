"""The way from a reserved time to an appointment: details, summary, code."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.bookings import links
from stadtkern.kernel.bookings.errors import HoldOver, Refused
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.bookings.wanted import Person
from stadtkern.kernel.formguard import GuardedForm
from stadtkern.kernel.payments import charges
from stadtkern.kernel.people.access import public
from stadtkern.systems.appointments.logic import fees, visits
from stadtkern.systems.appointments.logic.limits import PHONE
from stadtkern.systems.appointments.pages.answer import booking_of, gone, language, private
from stadtkern.systems.appointments.pages.choosing import again


class Details(GuardedForm):
    """Who comes, and how to reach them."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=120,
        widget=forms.TextInput({"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False,
        help_text=gettext_lazy("We send the confirmation and a reminder there."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), required=False, max_length=30, validators=[PHONE],
        help_text=gettext_lazy("You need one of both: e-mail or telephone."),
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip

    def clean(self) -> dict[str, object]:
        """Somebody who cannot be reached cannot be told that an office closes."""
        said = super().clean()
        if not (said.get("email") or said.get("phone") or self.errors):
            self.add_error(
                "email", _("Please enter an e-mail address or a telephone number.")
            )  # fmt: skip
        return said


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, token: str) -> HttpResponseBase:
    """The few things we need to know; the slot is kept meanwhile."""
    booking = booking_of(token, "hold")
    if booking is None or booking.state == "cancelled":
        return gone(request)
    if booking.state not in ("held", "expired"):
        return _done(booking)
    visit = visits.visit_of(booking)
    given = {"name": booking.name, "email": booking.email, "phone": booking.phone}
    form = Details(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid():
        person = Person(**{key: form.cleaned_data[key] for key in given}, language=language())
        try:
            visits.sign(booking, person)
        except Refused as refused:
            form.add_error("email", str(refused))
        else:
            return redirect("appointments:summary", token)
    return private(request, "details", form=form, visit=visit, token=token,
                   status=422 if form.errors else 200)  # fmt: skip


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def summary(request: HttpRequest, token: str) -> HttpResponseBase:
    """Everything on one page, then it is booked."""
    booking = booking_of(token, "hold")
    if booking is None or booking.state == "cancelled":
        return gone(request)
    if booking.state not in ("held", "expired"):
        return _done(booking)
    if not booking.name:
        return redirect("appointments:details", token)
    visit = visits.visit_of(booking)
    if request.method == "POST":
        return _confirm(request, visit, token)
    return private(request, "summary", visit=visit, token=token)


def _confirm(request: HttpRequest, visit: visits.Visit, token: str) -> HttpResponseBase:
    try:
        return _on(visit.booking, token, visits.confirm(visit.booking))
    except HoldOver as over:
        return _lost(request, visit, str(over))
    except Refused as refused:
        return private(request, "summary", visit=visit, token=token, problem=str(refused),
                       status=409)  # fmt: skip


def _on(booking: Booking, token: str, what: str) -> HttpResponseBase:
    """Where it goes on after the appointment was confirmed, or needs something first."""
    if what == "code":
        return redirect("appointments:code", token)
    charge = fees.charge_of(booking) if what == "pay" else None
    return redirect(charges.page(charge)) if charge else _done(booking)


def _lost(request: HttpRequest, visit: visits.Visit, why: str) -> HttpResponseBase:
    """Somebody else has the time now: choose another one, what was typed is kept."""
    if visit.concern is None:
        return gone(request)
    kept = _("What you have typed is kept.")
    messages.error(request, f"{why} {kept}")
    return redirect(again(visit.concern, visit.booking))


def _done(booking: Booking) -> HttpResponse:
    return redirect("appointments:mine", links.token(booking, "manage"))


@public
@never_cache
@require_POST
def extend(request: HttpRequest, token: str) -> HttpResponseBase:
    """More time for the form (WCAG 2.2.1)."""
    booking = booking_of(token, "hold")
    if booking is None:
        return gone(request)
    try:
        visits.extend(booking)
        messages.success(request, _("The time is kept for you longer."))
    except HoldOver as over:
        return _lost(request, visits.visit_of(booking), str(over))
    except Refused as refused:
        messages.error(request, str(refused))
    back = "appointments:summary" if booking.name and "summary" in request.POST else None
    return redirect(back or "appointments:details", token)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, token: str) -> HttpResponseBase:
    """Enter the code that was mailed; until then the appointment does not count."""
    booking = booking_of(token, "hold")
    if booking is None or booking.state == "cancelled":
        return gone(request)
    if booking.state not in ("held", "expired"):
        return _done(booking)
    visit = visits.visit_of(booking)
    problem = ""
    if request.method == "POST":
        try:
            what = visits.confirm_with_code(booking, request.POST.get("code", "")[:20])
            return _on(booking, token, what)
        except HoldOver as over:
            return _lost(request, visit, str(over))
        except Refused as refused:
            problem = str(refused)
    return private(request, "code", visit=visit, token=token, problem=problem,
                   status=422 if problem else 200)  # fmt: skip
