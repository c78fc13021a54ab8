"""Open the door from the phone: the wish, then what the controller makes of it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.links import BadLink
from stadtkern.kernel.people.access import public
from stadtkern.systems.bike_boxes.logic import granting, opening
from stadtkern.systems.bike_boxes.models import Command
from stadtkern.systems.bike_boxes.pages.rental import gone, opened


@public
@require_POST
def start(request: HttpRequest, token: str) -> HttpResponse:
    """Tell the controller to open."""
    try:
        _booking, access = opened(token)
    except BadLink:
        return gone(request)
    if access is None:
        return redirect("bike_boxes:rental", token)
    try:
        command = opening.unlock(access)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("bike_boxes:rental", token)
    return redirect("bike_boxes:opening", token, command.public_id)


@public
@require_safe
def progress(request: HttpRequest, token: str, command: UUID) -> HttpResponse:
    """Whether it is open; without JavaScript the page loads itself anew."""
    try:
        booking, access = opened(token)
    except BadLink:
        return gone(request)
    found = Command.objects.filter(public_id=command, booking=booking).select_related("box")
    one = found.first()
    if one is None:
        raise Http404
    one = opening.look(one)
    answer = render(request, "bike_boxes/opening.html", {
        "command": one, "token": token, "access": access, "advice": opening.advice(one),
        "offline_code": granting.offline_code_of(access) if access else "",
        "pin": granting.pin_of(access) if access else "",
    })  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer
