"""A clerk lets somebody in: by the code of an appointment, or with a number without one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.people.access import staff
from stadtkern.systems.appointments.logic import queue_calls, queue_entry
from stadtkern.systems.appointments.logic.queue_refused import NoSuchCode
from stadtkern.systems.appointments.logic.whose import visits_of
from stadtkern.systems.appointments.models import Queue, Service
from stadtkern.systems.appointments.models.queue import PRIORITIES
from stadtkern.systems.appointments.staff.queue.desk import desk_of, person


@staff("appointments.call")
@require_POST
def check_in(request: HttpRequest) -> HttpResponse:
    """Somebody without a kiosk: the clerk types the code."""
    try:
        booking = queue_entry.by_code(request.POST.get("code", "")[:400])
        if not visits_of(person(request)).filter(pk=booking.pk).exists():
            raise NoSuchCode
        given = queue_entry.check_in(booking)
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        said = {"number": given.entry.shown}
        messages.success(request, _("The number is %(number)s.") % said)
        if given.late:
            messages.warning(request, _("The time of the appointment has passed: in line now."))
    return redirect("appointments-staff:desk")


@staff("appointments.call")
@require_POST
def number(request: HttpRequest) -> HttpResponse:
    """A number for somebody without an appointment, or straight to this counter."""
    one = desk_of(request)
    queues = Queue.objects.select_related("office__resource")
    own = queues.filter(office__resource=one.counter.resource_id) if one else queues.none()
    queue = get_object_or_404(own, pk=_digits(request.POST.get("queue", "")))
    service = Service.objects.filter(pk=_digits(request.POST.get("service", ""))).first()
    priority = int(_digits(request.POST.get("priority", "3")))
    try:
        given = queue_entry.walk_in(
            queue, service, key=request.POST.get("key", "")[:60],
            priority=priority if priority in PRIORITIES else 3,
        )  # fmt: skip
        if one and "straight" in request.POST and given.entry.state == "waiting":
            queue_calls.serve(one.counter, queue_calls.call_this(one.counter, given.entry.pk).pk)
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The number is %(number)s.") % {"number": given.entry.shown})
    return redirect("appointments-staff:desk")


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdecimal() and len(text) < 18 else "0"
