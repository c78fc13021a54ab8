"""The kiosk of a hall: check in with an appointment, or draw a number without one."""

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.formguard import mark_of, sender_of
from stadtkern.kernel.people.access import public
from stadtkern.systems.appointments.logic import limits, queue_entry, queue_shown
from stadtkern.systems.appointments.logic.queue_refused import NoSuchCode
from stadtkern.systems.appointments.models import Hall, OfficeService, Queue, QueueEntry, Service
from stadtkern.systems.appointments.pages.queue.codes import code_for

MOST_PERSONS = 6
# In an hour, from one connection: more than any entrance sees, and less than a program wants.
MOST_NUMBERS = 240
MOST_CODES = 240


@public
@require_safe
def start(request: HttpRequest, token: str) -> HttpResponse:
    """The two ways in, and how long each office's wait is."""
    hall = get_object_or_404(Hall, kiosk_token=token)
    return _page(request, "kiosk", hall, waits=queue_shown.waits(hall),
                 walk_ins=hall.queues.filter(walk_ins=True).exists())  # fmt: skip


@public
@require_http_methods(["GET", "HEAD", "POST"])
def with_appointment(request: HttpRequest, token: str) -> HttpResponse:
    """The code of the confirmation, typed or scanned."""
    hall = get_object_or_404(Hall, kiosk_token=token)
    code = request.POST.get("code", "").strip()[:400]
    problem: Refused | None = None
    if request.method == "POST":
        try:
            _slowly(request, "codes", MOST_CODES)
            given = queue_entry.check_in(queue_entry.by_code(code), hall)
        except Refused as refused:
            problem = refused
        else:
            answer = redirect("appointments:kiosk-ticket", token, given.entry.token)
            answer["Location"] += "?late" if given.late else "?again" if given.again else ""
            return answer
    known = isinstance(problem, NoSuchCode)
    return _page(request, "kiosk_code", hall, status=422 if problem else 200, problem=problem,
                 code=code if known else "")  # fmt: skip


@public
@require_http_methods(["GET", "HEAD", "POST"])
def without(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a concern and get a number; pressing twice gives one."""
    hall = get_object_or_404(Hall, kiosk_token=token)
    problem: Refused | None = None
    if request.method == "POST":
        try:
            _slowly(request, "numbers", MOST_NUMBERS)
            return _drawn(request, hall)
        except Refused as refused:
            problem = refused
    return _page(request, "kiosk_number", hall, status=422 if problem else 200, problem=problem,
                 queues=_choices(hall), waits=queue_shown.waits(hall), key=uuid4().hex,
                 most=range(1, MOST_PERSONS + 1))  # fmt: skip


def _slowly(request: HttpRequest, what: str, most: int) -> None:
    """Raises TooMany: a program tries codes, or draws numbers for people who are not there."""
    limits.check_sender(mark_of(sender_of(request), f"appointments.kiosk.{what}"), most)


def _drawn(request: HttpRequest, hall: Hall) -> HttpResponse:
    number, _dot, slug = request.POST.get("concern", "").partition(".")
    queues = hall.queues.filter(walk_ins=True).select_related("office__resource")
    queue = get_object_or_404(queues, pk=number if number.isdecimal() else 0)
    service = Service.objects.filter(slug=slug, offers__office=queue.office).first()
    persons = request.POST.get("persons", "1")
    given = queue_entry.walk_in(
        queue, service, persons=int(persons) if persons in "123456" and persons else 1,
        language=get_language() or "de", key=request.POST.get("key", "")[:60],
    )  # fmt: skip
    return redirect("appointments:kiosk-ticket", hall.kiosk_token, given.entry.token)


def _choices(hall: Hall) -> list[tuple[Queue, list[Service]]]:
    """Each queue with what is offered there to people without an appointment; two queries."""
    queues = list(hall.queues.filter(walk_ins=True).select_related("office__resource"))
    offered = OfficeService.objects.filter(
        office__in=[one.office_id for one in queues], service__active=True
    )
    by_office: dict[int, list[Service]] = {}
    for one in offered.select_related("service").order_by("service__weight", "service__name"):
        by_office.setdefault(one.office_id, []).append(one.service)
    return [(queue, by_office.get(queue.office_id, [])) for queue in queues]


@public
@require_safe
def ticket(request: HttpRequest, token: str, ticket: str) -> HttpResponse:
    """The number, to be printed or taken along by its QR code."""
    hall = get_object_or_404(Hall, kiosk_token=token)
    rows = QueueEntry.objects.select_related("queue__office__resource", "service")
    entry = get_object_or_404(rows, token=ticket, hall=hall)
    return _page(request, "ticket", hall, entry=entry, code=code_for(request, entry),
                 estimate=getattr(entry, "estimate", None), late="late" in request.GET,
                 again="again" in request.GET, fresh=entry.state == "waiting")  # fmt: skip


def _page(
    request: HttpRequest, name: str, hall: Hall, /, *, status: int = 200, **said: Any
) -> HttpResponse:
    answer = render(
        request, f"appointments/queue/{name}.html", {"hall": hall, **said}, status=status
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
