"""One incident with its alerts."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.alerts import wording
from stadtkern.kernel.alerts.models import Alert, Incident
from stadtkern.kernel.devices.models import Gateway
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.alerts import deeds, signs
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, listed
from stadtkern.site.staff.page import page

COLUMNS = (
    Column(title=_("Alert"), sort=("rule__title",)),
    Column(title=_("State"), sort=("state",)),
    Column(title=_("Since"), sort=("since",)),
    Column(title=_("Until"), sort=("ended",)),
    Column(title=_("Place")),
)
ADVICE = {
    "all": _(
        "When nothing at all is heard, look at our own side first: is ingest running, does the"
        " broker answer, does the network server send?"
    ),
    "network": _("Look at the network server, and at what its page says about the last message."),
    "gateway": _("Look at the gateway's power and its connection to the network."),
    "place": _("Find out what happens at this place: power, building works, something in the way."),
}


@staff("alerts.see")
def incident(request: HttpRequest, number: int) -> HttpResponse:
    """What it is about, since when, and which alerts belong to it."""
    one = get_object_or_404(Incident.objects.select_related("acknowledged_by"), pk=number)
    found = listed(
        request, Alert.objects.to_show().filter(incident=one).order_by("state", "since"), COLUMNS
    )
    gateway = Gateway.objects.filter(eui=one.which).first() if one.cause == "gateway" else None
    counted = dict(one.alerts.order_by().values_list("state").annotate(n=Count("pk")))
    return page(
        request,
        "alerts/incident",
        incident=one,
        gateway=gateway,
        listed=found,
        shown=[(a, wording.subject_name(a), wording.place_of(a)) for a in found.page],
        advice=ADVICE[one.cause],
        firing=counted.get("firing", 0),
        over=counted.get("resolved", 0),
        **signs.words(request),
    )


@staff("alerts.edit")
@require_POST
def do(request: HttpRequest, number: int) -> HttpResponse:
    """Take the incident on, with all its alerts."""
    one = get_object_or_404(Incident, pk=number)
    deeds.acknowledge_incident(one, person(request), request.POST.get("text", "")[:1000])
    messages.success(request, _("The incident is taken on, with all its alerts."))
    return redirect("staff-incident", number)
