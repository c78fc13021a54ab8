"""Sitting down at a counter, and standing up."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Unit
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.appointments.logic import queue_desk
from stadtkern.systems.appointments.logic.whose import offices_of
from stadtkern.systems.appointments.models import Clerk, Desk, Office


def choose(request: HttpRequest) -> HttpResponse:
    """The counters of the offices that have a queue; one's usual counter first."""
    assert isinstance(request.user, Account)
    offices = offices_of(request.user).filter(queues__isnull=False).distinct()
    offices = offices.select_related("resource")
    taken = set(Desk.objects.filter(account__isnull=False).values_list("counter_id", flat=True))
    usual = Clerk.objects.filter(account=request.user.pk).values_list("office_id", "counter_id")
    counters = {counter for _office, counter in usual if counter}
    shown: list[dict[str, Any]] = [
        {"office": office, "counters": [
            {"counter": one, "taken": one.pk in taken, "usual": one.pk in counters}
            for one in office.resource.units.all() if one.active
        ]}
        for office in offices.prefetch_related("resource__units")
    ]  # fmt: skip
    shown.sort(key=lambda one: not any(c["usual"] for c in one["counters"]))
    nobodys = not offices_of(request.user).exists() and Office.objects.exists()
    said = {"offices": shown, "no_office": nobodys}
    return render(request, "appointments/queue/seat.html", said)


@staff("appointments.call")
@require_POST
def sit(request: HttpRequest) -> HttpResponse:
    """Take a free counter."""
    number = request.POST.get("counter", "")
    assert isinstance(request.user, Account)
    mine = offices_of(request.user).values("resource")
    rooms = Unit.objects.filter(active=True, resource__kind__startswith="appointments.")
    counters = rooms.filter(resource__in=mine)
    counter = get_object_or_404(counters, pk=number if number.isdecimal() else 0)
    try:
        queue_desk.sign_in(request.user, counter)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("appointments-staff:desk")


@staff("appointments.call")
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Leave the counter; not while somebody stands there."""
    assert isinstance(request.user, Account)
    try:
        queue_desk.leave(request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("appointments-staff:desk")
