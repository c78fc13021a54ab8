"""Runs over kept messages: the list, one with its progress, stopped, undone."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State
from stadtkern.kernel.devices.models import OPEN, Device, Redecoding, RunState
from stadtkern.kernel.devices.redecode import Blocked, stop, undo
from stadtkern.kernel.devices.redecode.run import queue
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, listed
from stadtkern.site.staff.page import page

COLUMNS = (
    Column(title=_("Begun"), sort=("created",)),
    Column(title=_("Status"), sort=("state",)),
    Column(title=_("Messages"), sort=("uplinks",), num=True),
    Column(title=_("Values changed"), sort=("changed",), num=True),
    Column(title=_("Failed"), sort=("failed",), num=True),
    Column(title=_("By"), sort=("author",)),
)
SIGNS: dict[str, State] = {
    "waiting": "info",
    "running": "good",
    "done": "good",
    "cancelled": "tight",
    "undoing": "info",
    "undone": "none",
}
NAMED = 5


@staff("devices.edit")
def runs(request: HttpRequest) -> HttpResponse:
    """All runs, the newest first."""
    found = listed(request, Redecoding.objects.all(), COLUMNS, default="-created")
    return page(request, "decoding/runs", listed=found, signs=SIGNS)


@staff("devices.edit")
def run(request: HttpRequest, number: int) -> HttpResponse:
    """One run: how far it has come, what it changed, and the way back."""
    one = get_object_or_404(Redecoding, pk=number)
    names = list(Device.objects.filter(id__in=one.devices[:NAMED]).values_list("name", flat=True))
    return page(
        request,
        "decoding/run",
        run=one,
        names=names,
        more=len(one.devices) - len(names),
        open=one.state in OPEN,
        share=share(one),
        stoppable=one.state in (RunState.WAITING, RunState.RUNNING) and not one.stop,
        undoable=undoable(one),
        signs=SIGNS,
    )


@staff("devices.edit")
@require_POST
def stop_run(request: HttpRequest, number: int) -> HttpResponse:
    """End a run after its present step."""
    one = get_object_or_404(Redecoding, pk=number)
    stop(one, actor=person(request))
    messages.info(request, _("The run ends after its present step. What it has done stays."))
    return redirect("staff-decode-run", number)


@staff("devices.edit")
@require_POST
def undo_run(request: HttpRequest, number: int) -> HttpResponse:
    """Take a run back."""
    one = get_object_or_404(Redecoding, pk=number)
    try:
        with transaction.atomic():
            queue(undo(one, actor=person(request)))
    except Blocked as blocked:
        messages.error(request, _why(blocked))
    else:
        messages.success(request, _("The run is being undone."))
    return redirect("staff-decode-run", number)


def _why(blocked: Blocked) -> Any:
    if not blocked.later:
        return _("This run can no longer be undone.")
    text = _("Later runs changed the same messages. Undo them first: %(numbers)s.")
    return text % {"numbers": ", ".join(map(str, reversed(blocked.later)))}


def share(one: Redecoding) -> float:
    """How much of a run is done, 0 to 1."""
    if one.state in (RunState.DONE, RunState.UNDONE):
        return 1.0
    return min(1.0, one.uplinks / one.total) if one.total else 0.0


def undoable(one: Redecoding) -> bool:
    """Whether what a run replaced is still kept."""
    ended = one.state in (RunState.DONE, RunState.CANCELLED)
    return ended and one.kept_until > clock.now() and one.reread.exists()
