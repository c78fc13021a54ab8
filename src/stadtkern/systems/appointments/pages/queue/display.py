"""The display of a hall: who is called, to which counter, and how long the wait is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import public
from stadtkern.systems.appointments.logic import queue_shown
from stadtkern.systems.appointments.logic.queue_entry import topic
from stadtkern.systems.appointments.models import Hall


@public
@require_safe
def display(request: HttpRequest, token: str) -> HttpResponse:
    """Large and dark; the page asks for itself again whenever the hall's bell rings."""
    hall = get_object_or_404(Hall, token=token)
    calls = queue_shown.shown(hall)
    first = calls[0] if calls and calls[0].waited_for else None
    answer = render(request, "appointments/queue/display.html", {
        "hall": hall, "first": first, "calls": [one for one in calls if one is not first],
        "waits": queue_shown.waits(hall), "topic": topic(hall.pk), "now": clock.now(),
    })  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer
