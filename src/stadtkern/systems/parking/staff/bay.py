"""One bay for staff: take it out of service, or put it back."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.places.models import Place
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.bays import BAY, bays
from stadtkern.systems.parking.models import Closure, Fault
from stadtkern.systems.parking.staff.answer import page, person
from stadtkern.systems.parking.staff.forms import ClosureForm


@staff("parking.manage_sites")
@require_http_methods(["GET", "HEAD", "POST"])
def bay(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The bay with its faults and the form that closes it."""
    place = get_object_or_404(
        Place.objects.of_kind(BAY).select_related("parent"), public_id=public_id
    )
    closure = Closure.objects.filter(bay=place).first()
    form = ClosureForm(request.POST if "why" in request.POST else None)
    if request.method == "POST" and "open" in request.POST:
        opened(place, person(request))
        messages.success(request, _("The bay is in service again."))
        return redirect("parking-staff:bay", public_id=public_id)
    if request.method == "POST" and form.is_valid():
        closed(place, person(request), form.cleaned_data["why"], form.cleaned_data["until"])
        messages.success(request, _("The bay is out of service."))
        return redirect("parking-staff:bay", public_id=public_id)
    found = [one for one in bays([place.parent_id or 0]) if one.place == place.pk]
    return page(
        request, "bay", status=422 if form.errors else 200, form=form, place=place,
        bay=found[0] if found else None, faults=Fault.objects.filter(place=place, until=None),
        closure=closure if closure and (not closure.until or closure.until > clock.now()) else None,
    )  # fmt: skip


def closed(place: Place, actor: Account, why: str, until: object) -> None:
    """Out of service from now on; saying it again changes reason and end."""
    said = {"why": why, "until": until, "since": clock.now(), "by": f"account:{actor.pk}"}
    with transaction.atomic():
        Closure.objects.update_or_create(bay=place, defaults=said)
        record(actor, "parking.bay_close", place, why=why)
    _count(place)


def opened(place: Place, actor: Account) -> None:
    """In service again; nothing where it is already."""
    with transaction.atomic():
        if Closure.objects.filter(bay=place).delete()[0]:
            record(actor, "parking.bay_open", place)
    _count(place)


def _count(place: Place) -> None:
    if place.parent_id:
        logic.recount_site(place.parent_id)
