"""The public pages: what the network is for, where it can be received, how to join."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.devices.coverage import load, signal
from stadtkern.kernel.people.access import public
from stadtkern.systems.lorawan_network import layers, logic, words

GEOJSON = "application/geo+json"


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What it is for, numbers, map and list, gateways, privacy."""
    gateways, found = logic.gateways(), logic.measured()
    numbers = load.numbers()
    return render(request, "lorawan_network/home.html", {
        "numbers": numbers,
        "doubled": None if numbers.doubled is None else 100 * numbers.doubled,
        "gateways": gateways,
        "receiving": sum(one.state == "good" for one in gateways),
        "pins": list(layers.pins_of(gateways)),
        "spots": logic.spots(found),
        "counts": [
            (state, title, sum(area.state == state for area in found))
            for state, title in signal.TITLES.items()
        ],
        "few": sum(area.few for area in found),
        "least": signal.FEW,
        "days": logic.settings().days,
        "uses": logic.uses(),
        "keep": registry.city().keep,
        "contact": logic.contact(),
        "invented": any(one.place.invented for one in gateways),
    })  # fmt: skip


@public
@require_safe
def join(request: HttpRequest) -> HttpResponse:
    """How a sensor gets in, and what is fair."""
    return render(request, "lorawan_network/join.html", {
        "contact": logic.contact(),
        "paces": logic.paces(),
        "fair": logic.settings().fair_seconds,
        "payload": logic.USUAL_PAYLOAD,
    })  # fmt: skip


@public
@require_safe
@cache_control(public=True, max_age=300)
def coverage(request: HttpRequest) -> JsonResponse:
    """The hexagons for the map, in the page's language."""
    return JsonResponse(words.collection(logic.measured()), content_type=GEOJSON)


app_name = "lorawan_network"
urlpatterns = [
    path("", home, name="home"),
    path("join/", join, name="join"),
    path("coverage.geojson", coverage, name="coverage"),
]
