"""A thing with its datastreams: what of it everybody may see."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Datastream, Thing
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page


@staff("things.see")
def thing(request: HttpRequest, number: int) -> HttpResponse:
    """Its datastreams with their newest values, public or not."""
    one = get_object_or_404(Thing.objects.select_related("project", "place"), pk=number)
    streams = Datastream.everything.filter(thing=one).to_show().order_by("name", "pk")
    may_edit = person(request).may("things.edit")
    return page(request, "thing", thing=one, streams=streams, may_edit=may_edit)


@staff("things.edit")
@require_POST
def share(request: HttpRequest, number: int) -> HttpResponse:
    """Which of its datastreams are public: those that were ticked."""
    one = get_object_or_404(Thing, pk=number)
    ticked = {int(text) for text in request.POST.getlist("public") if text.isdecimal()}
    with transaction.atomic():
        for stream in Datastream.everything.select_for_update().filter(thing=one):
            _set(request, stream, public=stream.pk in ticked)
    messages.success(request, _("It is saved who sees the datastreams."))
    return redirect("staff-thing", number)


def _set(request: HttpRequest, stream: Datastream, *, public: bool) -> None:
    if stream.public == public:
        return
    stream.public = public
    stream.save(update_fields=["public"])
    record(person(request), "things.share", stream, name=stream.name, public=public)
