"""The desk: whom this counter has called, what they booked, who waits, and what to do next."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Unit
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.appointments.logic import queue_calls, queue_desk, waiting_now
from stadtkern.systems.appointments.logic.concern import Concern
from stadtkern.systems.appointments.logic.queue_desk import VERBS, Asked
from stadtkern.systems.appointments.logic.queue_entry import topic
from stadtkern.systems.appointments.logic.queue_refused import NotSignedIn
from stadtkern.systems.appointments.logic.queue_visit import concern_of_booking
from stadtkern.systems.appointments.logic.whose import offices_of
from stadtkern.systems.appointments.models import Call, Desk, Office, OfficeService, Queue
from stadtkern.systems.appointments.staff.queue import seat

SHOWN = 50


def person(request: HttpRequest) -> Account:
    """Who is signed in, on a page behind a door."""
    assert isinstance(request.user, Account)
    return request.user


def desk_of(request: HttpRequest) -> Desk | None:
    """The counter at which somebody sits, while its office is one of theirs."""
    who = person(request)
    rows = Desk.objects.select_related("counter__resource")
    mine = offices_of(who).values("resource")
    return rows.filter(account=who, counter__resource__in=mine).first()


@staff("appointments.call")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The counter's page; without a counter, the choice of one."""
    one = desk_of(request)
    if one is None:
        return seat.choose(request)
    answer = render(request, "appointments/queue/desk.html", _shown(one))
    answer["Cache-Control"] = "private, no-store"
    return answer


def _shown(one: Desk) -> dict[str, Any]:
    counter, now = one.counter, clock.now()
    office = Office.objects.select_related("resource").filter(resource=counter.resource_id).first()
    if office is None:
        raise Http404
    queues = list(Queue.objects.filter(office=office).select_related("hall"))
    call = queue_calls.opened(counter)
    line = queue_calls.line_of(counter, now).select_related("service", "booking")
    return {
        "desk": one, "counter": counter, "office": office, "call": call, "now": now,
        "concern": _concern(call), "line": line[:SHOWN], "waiting": line.count(),
        "spans": waiting_now.told(office).spans,
        "parked": queue_calls.parked(counter).select_related("service"),
        "alarms": queue_desk.alarms(counter), "queues": queues,
        "topics": ",".join(topic(one.hall_id) for one in queues),
        "elsewhere": _elsewhere(counter, queues),
        "services": OfficeService.objects.filter(office=office, service__active=True)
        .select_related("service").order_by("service__weight", "service__name"),
    }  # fmt: skip


def _concern(call: Call | None) -> Concern | None:
    """What they booked or chose, with what they should bring."""
    if call is None:
        return None
    entry = call.entry
    booked = concern_of_booking(entry.booking) if entry.booking else None
    return booked or (Concern((entry.service,), entry.persons) if entry.service else None)


def _elsewhere(counter: Unit, queues: list[Queue]) -> dict[str, Any]:
    """Where somebody can be sent: other counters of this office, other queues of all halls."""
    halls = {one.hall_id for one in queues}
    rows = Queue.objects.exclude(pk__in=[one.pk for one in queues])
    others = rows.select_related("office__resource", "hall").order_by("hall__name", "letter")
    return {
        "counters": Unit.objects.filter(resource=counter.resource_id, active=True)
        .exclude(pk=counter.pk),
        "queues": [one for one in others if one.hall_id in halls],
        "away": [one for one in others if one.hall_id not in halls],
    }  # fmt: skip


@staff("appointments.call")
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """One deed of the desk; sent twice with one key, it is done once."""
    one = desk_of(request)
    verb, key = request.POST.get("verb", ""), request.POST.get("key", "")
    if one is None:
        messages.error(request, str(NotSignedIn()))
    elif verb not in VERBS or not 8 <= len(key) <= 60:
        raise Http404
    else:
        counter, asked = _asked(request, one.counter, verb, key)
        answer = queue_desk.do(counter, asked)
        if answer.problem:
            messages.warning(request, answer.problem)
        elif asked.queue:
            _tell_number(request, asked)
    return redirect("appointments-staff:desk")


def _tell_number(request: HttpRequest, asked: Asked) -> None:
    """Who was sent to another hall has to be told the number that they have there."""
    call = Call.objects.filter(pk=asked.call).select_related("entry__hall").first()
    near = Queue.objects.filter(office__resource=call.counter.resource_id) if call else []
    if call and call.entry.hall_id not in {one.hall_id for one in near}:
        said = {"hall": call.entry.hall, "number": call.entry.shown}
        messages.info(request, _("In %(hall)s the number is %(number)s. Please say so.") % said)


def _asked(request: HttpRequest, counter: Unit, verb: str, key: str) -> tuple[Unit, Asked]:
    """The deed; `calm` is about the counter that it names."""
    to, _colon, number = request.POST.get("to", "").partition(":")
    queue = Queue.objects.filter(pk=_number(number)).first() if to == "queue" else None
    target = Unit.objects.filter(pk=_number(number)).first() if to == "counter" else None
    if verb == "forward" and queue is None and target is None:
        raise Http404
    if verb == "calm" and target:
        counter = target
    asked = Asked(
        verb=verb, key=key, call=_number(request.POST.get("call", "")),
        entry=_number(request.POST.get("entry", "")), queue=queue, target=target,
    )  # fmt: skip
    return counter, asked


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0
