"""Electric cars per charging point, with the definition and the sources beside every number."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock, registry
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.people.access import public
from stadtkern.systems.charging.logic import ranking as rules
from stadtkern.systems.charging.models import FleetCount


@public
@require_safe
def ranking(request: HttpRequest) -> HttpResponse:
    """What is stored as its sources have it, and what follows from our own register."""
    stored = rules.stored()
    points, stations = rules.public_points()
    keys = FleetCount.objects.exclude(cars_day=None).values_list("area_key", "area")
    name = registry.city().city.name
    own = next((key for key, area in keys if area == name), "")
    longest = max((one.value for one in stored), default=1.0)
    return render(request, "charging/ranking.html", {
        "ratios": [(one, one.value / longest) for one in stored],
        "today": rules.today(own) if own else [],
        "cars_alone": FleetCount.objects.filter(points=None), "points": points,
        "stations": stations, "now": clock.now(),
        "example": next((one for one in stored if one.cars == 550 and one.points == 62), None),
    })  # fmt: skip


@public
@require_safe
def ranking_csv(request: HttpRequest) -> HttpResponse:
    """All counts as a file."""
    rows = rules.rows()
    heads = list(rows[0]) if rows else ["area"]
    return csv_file("cars-per-point", heads, [list(row.values()) for row in rows])
