"""The button “Test the connection”."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.devices.ingest.broker import broker_of
from stadtkern.kernel.devices.models import Network
from stadtkern.kernel.devices.networks import trial, words
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.networks.pages import shown


@staff("networks.edit")
@require_POST
def test(request: HttpRequest, number: int) -> HttpResponse:
    """Connect with these settings and subscribe; nothing is changed."""
    network = get_object_or_404(Network.objects.filter(way="mqtt"), pk=number)
    try:
        problem = trial.attempt(broker_of(network))
    except ValueError:
        problem = "sealed"
    said, detail = words.said(problem) if problem else (_("The connection works."), "")
    return shown(request, network, tested=said, tested_detail=detail, works=not problem)
