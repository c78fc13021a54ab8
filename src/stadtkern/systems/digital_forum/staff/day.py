"""A day in the forum: who is booked, who waits, who is being helped, how it ended."""

from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.people.access import staff
from stadtkern.systems.digital_forum.logic import DEVICE, SESSION, visits
from stadtkern.systems.digital_forum.models import DIGITAL, REASONS, STOPPED, Visit
from stadtkern.systems.digital_forum.staff.answer import page, person


class WalkIn(forms.Form):
    """Somebody without a booking."""

    name = forms.CharField(label=gettext_lazy("Name to call"), max_length=60, required=False)
    reason = forms.ChoiceField(
        label=gettext_lazy("What is it about?"), choices=list(REASONS.items())
    )


@staff("digital_forum.run")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Today, or another day."""
    return _page(request, _day(request), WalkIn())


def _day(request: HttpRequest) -> date:
    text = request.GET.get("d", "")
    try:
        return (parse_date(text) if text.isascii() else None) or visits.today()
    except ValueError:
        return visits.today()


def _page(request: HttpRequest, day: date, form: WalkIn, status: int = 200) -> HttpResponse:
    here = visits.visits_of(day)
    came = {one.booking_id for one in here}
    booked = visits.bookings_of(day)
    return page(
        request, "day", day=day, before=day - timedelta(days=1), after=day + timedelta(days=1),
        is_today=day == visits.today(), form=form, status=status,
        expected=[(one, REASONS.get(one.properties.get("reason", ""), one.subject))
                  for one in booked if one.pk not in came],
        waiting=[one for one in here if one.state == "waiting"],
        helped=[one for one in here if one.state == "here"],
        over=[one for one in here if one.state in ("done", "left")],
        digital=DIGITAL.items(), stopped=STOPPED.items(), kinds={SESSION, DEVICE}, session=SESSION,
    )  # fmt: skip


@staff("digital_forum.run")
@require_POST
def arrive(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody with a booking is here."""
    rows = Booking.objects.of_kind(SESSION, DEVICE).select_related("resource")
    try:
        visits.arrive(get_object_or_404(rows, pk=number), by=person(request))
    except visits.Refused as refused:
        messages.error(request, str(refused))
    return redirect("digital_forum-staff:home")


@staff("digital_forum.run")
@require_POST
def walk_in(request: HttpRequest) -> HttpResponse:
    """Onto the list."""
    form = WalkIn(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            visits.walk_in(said["name"], said["reason"], by=person(request))
            messages.success(request, _("On the list."))
            return redirect("digital_forum-staff:home")
        except visits.Refused as refused:
            form.add_error(None, str(refused))
    return _page(request, visits.today(), form, 422)


@staff("digital_forum.run")
@require_POST
def visit(request: HttpRequest, number: int) -> HttpResponse:
    """Their turn, finished, or gone."""
    get_object_or_404(Visit, pk=number)
    deed, who = request.POST.get("do", ""), person(request)
    try:
        if deed == "begin":
            visits.begin(number, by=who)
        elif deed == "finish":
            visits.finish(number, request.POST.get("digital", ""),
                          request.POST.get("stopped", ""), by=who)  # fmt: skip
        elif deed == "leave":
            visits.leave(number, by=who)
        else:
            raise Http404
    except visits.Refused as refused:
        messages.error(request, str(refused))
    return redirect("digital_forum-staff:home")
