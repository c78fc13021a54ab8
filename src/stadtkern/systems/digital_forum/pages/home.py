"""What the forum is, where, when it is open, and the ways in."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from stadtkern.kernel.bookings.models import Rule
from stadtkern.kernel.people.access import public
from stadtkern.systems.digital_forum.logic import booking, visits
from stadtkern.systems.digital_forum.models import REASONS


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The next free times of both offers, the place, the hours."""
    offers = []
    for one in booking.OFFERS:
        found = booking.free(one)
        resource = booking.resource_of(one)
        offers.append({"offer": one, "next": found[0] if found else None, "resource": resource})
    place = booking.forum()
    around = None
    if place and place.lon and place.lat:
        around = (place.lon - 0.01, place.lat - 0.006, place.lon + 0.01, place.lat + 0.006)
    return render(request, "digital_forum/home.html", {
        "offers": offers, "place": place, "bounds": around, "layers_url": reverse("map-layers"),
        "hours": _hours(offers[0]["resource"]), "reasons": REASONS.values(),
    })  # fmt: skip


def _hours(resource: object) -> list[tuple[date, list[Rule]]]:
    """Each weekday (as a date of this week) with its opening rules."""
    calendar = getattr(resource, "calendar", None)
    rules = list(calendar.rules.order_by("begins")) if calendar else []
    today = visits.today()
    monday = today - timedelta(days=today.weekday())
    week = [monday + timedelta(days=n) for n in range(7)]
    open_then = [(day, [one for one in rules if day.isoweekday() in one.weekdays]) for day in week]
    return [(day, some) for day, some in open_then if some]
