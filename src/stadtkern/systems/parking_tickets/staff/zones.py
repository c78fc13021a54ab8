"""Zones with what holds now, and one zone with all versions of its prices."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets.logic import revenue, settlements, tariffs, words, zones
from stadtkern.systems.parking_tickets.models import Tariff, Zone
from stadtkern.systems.parking_tickets.staff.answer import page


@staff("parking_tickets.see")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Zones, and what the running month has earned in them."""
    month = settlements.month_of(clock.now())
    earned = {one.zone: one for one in revenue.of_month(month)}
    found = [(one, earned.get(one.zone.number)) for one in zones.all_zones()]
    return page(request, "home", zones=found, month=month)


@staff("parking_tickets.see")
@require_safe
def zone(request: HttpRequest, number: str) -> HttpResponse:
    """The versions of a zone's prices, the newest first, in words."""
    row = get_object_or_404(Zone.objects.select_related("place"), number=number)
    now = clock.now()
    versions = [
        (one, words.sentences(tariffs.read(one.rules)), one.published and now in one.during)
        for one in Tariff.objects.filter(zone=row).select_related("published_by")
    ]
    return page(request, "zone", zone=row, versions=versions)
