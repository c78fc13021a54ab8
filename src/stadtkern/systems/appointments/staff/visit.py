"""One appointment for staff: what is known, and what can be done about it."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from stadtkern.kernel.audit.models import Entry, record
from stadtkern.kernel.bookings import changes
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.people.access import staff
from stadtkern.systems.appointments.logic import times, visits
from stadtkern.systems.appointments.logic.whose import offices_of, visits_of
from stadtkern.systems.appointments.staff.answer import page, person
from stadtkern.systems.appointments.staff.day import day_of

DEEDS = {
    "arrive": changes.arrive,
    "finish": changes.finish,
    "miss": changes.miss,
}


@staff("appointments.see")
@require_safe
def visit(request: HttpRequest, number: int) -> HttpResponse:
    """What was booked by whom; looking at it is recorded, as at all personal data."""
    booking = _booking(request, number)
    record(person(request), "appointments.look", booking)
    target = f"bookings.booking:{booking.pk}"
    history = Entry.objects.filter(target=target).exclude(verb="appointments.look")
    counters = [one.unit for one in booking.occupancies.select_related("unit")]
    return page(request, "visit", booking=booking, visit=visits.visit_of(booking),
                history=history[:30], counters=counters, wish=visits.wish_of(booking))  # fmt: skip


def _booking(request: HttpRequest, number: int) -> Booking:
    """One of the offices of whoever asks."""
    rows = visits_of(person(request)).select_related("resource__calendar", "follows")
    return get_object_or_404(rows, pk=number)


@staff("appointments.book")
@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """It came, is done, did not come, is cancelled, or gets a note."""
    booking, deed = _booking(request, number), request.POST.get("do", "")
    try:
        with transaction.atomic():
            _done(request, booking, deed)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Saved."))
    return redirect("appointments-staff:visit", number)


def _done(request: HttpRequest, booking: Booking, deed: str) -> None:
    who = person(request)
    if deed in DEEDS:
        DEEDS[deed](booking)
        record(who, f"appointments.{deed}", booking)
    elif deed == "cancel":
        reason = request.POST.get("reason", "").strip()[:200]
        visits.cancel(booking, by=f"account:{who.pk}", reason=reason)
        record(who, "appointments.cancel", booking, reason=reason)
    elif deed == "note":
        note = request.POST.get("note", "").strip()[:500]
        Booking.objects.filter(pk=booking.pk).update(note=note)
        record(who, "appointments.note", booking)
    else:
        raise PermissionDenied


@staff("appointments.book")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, number: int) -> HttpResponse:
    """Another time at one of one's own offices; the old one is given up when the new is sure."""
    booking = _booking(request, number)
    known = visits.visit_of(booking)
    mine = set(offices_of(person(request)).values_list("pk", flat=True))
    offers = known.concern.offers(online=False) if known.concern else []
    offers = [one for one in offers if one.office.pk in mine]
    problem = ""
    if request.method == "POST" and known.concern:
        try:
            _move(request, booking, known, {one.office.slug: one for one in offers})
            messages.success(request, _("The appointment has a new time."))
            return redirect("appointments-staff:visit", number)
        except Refused as refused:
            problem = str(refused)
    first = day_of(request.GET.get("d", ""))
    last = first + times.DAYS_SHOWN
    found = (
        times.free(known.concern, offers, first, last, audience="internal") if known.concern else []
    )
    shown = times.by_day(found)[: times.DAYS_LISTED]
    later = (shown[-1][0] if shown else last) + timedelta(days=1)
    return page(request, "move", booking=booking, visit=known, found=shown, first=first,
                later=later, problem=problem, status=409 if problem else 200)  # fmt: skip


def _move(request: HttpRequest, booking: Booking, known: visits.Visit, offers: Any) -> None:
    chosen = times.read_value(request.POST.get("slot", ""))
    if chosen is None or chosen[0] not in offers or known.concern is None:
        raise Refused(_("Please choose a time first."))
    why = request.POST.get("why", "").strip()[:200]
    with transaction.atomic():
        visits.move(booking, offers[chosen[0]], known.concern, chosen[1],
                    audience="internal", why=why)  # fmt: skip
        record(person(request), "appointments.move", booking, to=request.POST["slot"], why=why)
