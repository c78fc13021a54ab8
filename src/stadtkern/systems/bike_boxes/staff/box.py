"""One box: who has it, what its door told, and what can be done with it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.systems.bike_boxes.logic import boxes, moving, opening, troubles
from stadtkern.systems.bike_boxes.models import BOX_STATES, Access, Box, Command, Trouble
from stadtkern.systems.bike_boxes.staff.answer import page, person

EVENTS, RENTALS = 30, 10
# Which right a deed needs.
DEEDS = {"open": "open", "state": "manage", "close": "manage", "move": "manage"}


class OpenForm(forms.Form):
    """Why a door is opened: it stands in the audit log."""

    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=200)


class StateForm(forms.Form):
    """In service or not, and why."""

    state = forms.ChoiceField(label=gettext_lazy("State"), choices=list(BOX_STATES.items()))
    note = forms.CharField(label=gettext_lazy("Note"), max_length=200, required=False)


def box_or_404(slug: str, number: int) -> Box:
    """A box with all that its page shows of it."""
    rows = Box.objects.select_related("facility__place", "size", "unit__resource")
    return get_object_or_404(rows, facility__slug=slug, number=number)


@staff("bike_boxes.see")
@require_safe
def box(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """How it stands, and its history without names."""
    found = box_or_404(slug, number)
    return _page(request, found, OpenForm(), StateForm(initial={"state": found.state,
                                                                "note": found.note}))  # fmt: skip


def _page(
    request: HttpRequest, found: Box, opens: OpenForm, states: StateForm, status: int = 200
) -> HttpResponse:
    wall = next(one for one in boxes.wall([found.facility]) if one.box.pk == found.pk)
    accesses = Access.objects.filter(box=found).select_related("booking")[:RENTALS]
    commands = [opening.look(one) for one in Command.objects.filter(box=found)[:5]]
    return page(
        request, "box", box=found, wall=wall, opens=opens, states=states, accesses=accesses,
        events=found.events.all()[:EVENTS], commands=commands, now=clock.now(),
        troubles=Trouble.objects.filter(box=found)[:10], status=status,
        waits=any(one.is_open for one in commands),
    )  # fmt: skip


@staff("bike_boxes.see")
@require_POST
def act(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Open, change the state, close a trouble, move the rental to another box."""
    found, who = box_or_404(slug, number), person(request)
    deed = request.POST.get("do", "")
    if deed not in DEEDS or not who.may(f"bike_boxes.{DEEDS[deed]}"):
        messages.error(request, _("Your roles do not allow this. Ask who may."))
        return redirect("bike_boxes-staff:box", slug, number)
    opens = OpenForm(request.POST if deed == "open" else None)
    states = StateForm(request.POST if deed == "state" else None,
                       initial={"state": found.state, "note": found.note})  # fmt: skip
    if (deed == "open" and not opens.is_valid()) or (deed == "state" and not states.is_valid()):
        return _page(request, found, opens, states, 422)
    said = {"open": opens, "state": states}.get(deed)
    _done(request, found, who, deed, said.cleaned_data if said else {})
    return redirect("bike_boxes-staff:box", slug, number)


def _done(request: HttpRequest, found: Box, who: Account, deed: str, said: dict[str, Any]) -> None:
    if deed == "open":
        opening.unlock_by_staff(found, who, said["reason"])
        messages.success(request, _("The door is told to open. Below you see whether it did."))
    elif deed == "state":
        troubles.set_state(found, said["state"], who, said["note"])
        messages.success(request, _("Saved."))
        _tell_of_rentals(request, found, said["state"])
    elif deed == "close":
        trouble = get_object_or_404(Trouble, pk=request.POST.get("trouble"), box=found)
        troubles.close(trouble, who, request.POST.get("note", ""))
        messages.success(request, _("Closed."))
    else:
        _move(request, found)


def _tell_of_rentals(request: HttpRequest, found: Box, state: str) -> None:
    later = Access.objects.filter(box=found, live=True, ends__gt=clock.now()).count()
    if state != "ok" and later:
        said = _("%(count)d rentals have this box. Move them to another one below.")
        messages.warning(request, said % {"count": later})


def _move(request: HttpRequest, found: Box) -> None:
    access = get_object_or_404(Access, public_id=request.POST.get("access"), box=found, live=True)
    other = moving.rehouse(access)
    if other is None:
        messages.error(request, _("No other box is free for this rental."))
    else:
        said = _("The rental now has box %(number)s, and its renter has a mail.")
        messages.success(request, said % {"number": other.number})
