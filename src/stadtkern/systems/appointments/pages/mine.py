"""The page of an appointment: what, when and where; change, cancel, an earlier slot."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.bookings import ical, links, waiting
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.formguard import mark_of, sender_of
from stadtkern.kernel.people.access import public
from stadtkern.kernel.post import transport
from stadtkern.systems.appointments.logic import fees, letters, limits, nearby, visits
from stadtkern.systems.appointments.pages.answer import booking_of, gone, private


@public
@never_cache
@require_safe
def mine(request: HttpRequest, token: str) -> HttpResponse:
    """Everything about one appointment; it prints on one sheet."""
    booking = booking_of(token, "manage")
    if booking is None:
        return gone(request)
    visit = visits.visit_of(booking)
    return private(
        request, "mine", visit=visit, booking=booking, token=token, office=visit.office,
        place=visit.office.resource.place, stops=nearby.stops(visit.office.resource.place),
        wish=visits.wish_of(booking), charge=fees.charge_of(booking),
        mails=transport.is_set_up(),
    )  # fmt: skip


@public
@never_cache
@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """The appointment for a calendar program."""
    booking = booking_of(token, "manage")
    if booking is None:
        return gone(request)
    text = ical.entry(booking, **letters.calendar_words(visits.visit_of(booking)))
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{booking.code}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once, then give it up; a second time changes nothing."""
    booking = booking_of(token, "manage")
    if booking is None:
        return gone(request)
    if request.method != "POST":
        return private(request, "cancel", visit=visits.visit_of(booking), token=token)
    try:
        visits.cancel(booking, by="person")
        messages.success(request, _("Your appointment is cancelled. Thank you for telling us."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("appointments:mine", token)


@public
@never_cache
@require_POST
def earlier(request: HttpRequest, token: str) -> HttpResponse:
    """On the list for an earlier slot, or off it."""
    booking = booking_of(token, "manage")
    if booking is None:
        return gone(request)
    try:
        wish = visits.wish_of(booking)
        if "off" in request.POST and wish:
            waiting.withdraw(wish)
            messages.success(request, _("You are not on the list any more."))
        elif "off" not in request.POST:
            visits.earlier(booking)
            messages.success(request, _("We write to you as soon as an earlier one is free."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("appointments:mine", token)


class Find(forms.Form):
    """What stands on the confirmation."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=12,
        help_text=gettext_lazy("Eight letters and digits. It stands on your confirmation."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """To the appointment by its code, for who has lost the link."""
    form = Find(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mark = mark_of(sender_of(request), "appointments.find")
            limits.check_sender(mark, limits.MOST_FINDS)
            found = visits.find(form.cleaned_data["code"], form.cleaned_data["name"])
            if found is not None:
                return redirect("appointments:mine", links.token(found, "manage"))
            form.add_error(None, _("We find no appointment with this code and name. "
                                   "Please look at your confirmation once more."))  # fmt: skip
        except Refused as refused:
            form.add_error(None, str(refused))
    return private(request, "find", form=form, status=422 if form.errors else 200)
