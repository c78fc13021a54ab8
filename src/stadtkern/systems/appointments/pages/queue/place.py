"""My place in the queue, on the phone: position, how long it will take, where I am called to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.people.access import public
from stadtkern.systems.appointments.logic import queue_entry, waiting_now
from stadtkern.systems.appointments.models import QueueEntry
from stadtkern.systems.appointments.models.queue import IN_LINE, OPEN


@public
@require_safe
def place(request: HttpRequest, token: str) -> HttpResponse:
    """Only who has the ticket knows this address; it names a number and no person."""
    rows = QueueEntry.objects.select_related("hall", "queue__office__resource", "service")
    entry = get_object_or_404(rows, token=token)
    line = entry.state in IN_LINE
    spans = waiting_now.told(entry.queue.office).spans if line else {}
    call = entry.call_set.filter(ended=None).select_related("counter").first()
    answer = render(request, "appointments/queue/place.html", {
        "entry": entry, "line": line, "open": entry.state in OPEN, "call": call,
        "ahead": _ahead(entry) if line else 0, "span": spans.get(entry.pk),
        "topic": queue_entry.topic(entry.hall_id), "old": entry.day != queue_entry.today(),
    })  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def _ahead(entry: QueueEntry) -> int:
    """How many of the same queue are before them in the order of calling."""
    rows = QueueEntry.objects.filter(queue=entry.queue_id, day=entry.day).in_line()
    order = list(rows.values_list("pk", flat=True))
    return order.index(entry.pk) if entry.pk in order else 0


@public
@require_POST
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Give the place up."""
    entry = get_object_or_404(QueueEntry, token=token)
    queue_entry.leave(entry)
    return redirect("appointments:waiting", token)
