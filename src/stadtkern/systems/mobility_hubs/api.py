"""The stations and their departures for programs."""

from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.feeds import described
from stadtkern.kernel.people.access import public
from stadtkern.systems.mobility_hubs.logic import departures, now
from stadtkern.systems.mobility_hubs.logic.departures import Departure
from stadtkern.systems.mobility_hubs.logic.now import Element, Joint
from stadtkern.systems.mobility_hubs.pages.finding import station_of

OPENAPI: Final = Path(__file__).with_name("openapi.json")


@public
@require_safe
@cache_control(public=True, max_age=30)
def hubs(request: HttpRequest) -> HttpResponse:
    """All stations with their parts; `free` is null where no current number is known."""
    return _answer({"at": clock.now(), "hubs": [_hub(one) for one in now.stations()]})


@public
@require_safe
@cache_control(public=True, max_age=15)
def leaving(request: HttpRequest, slug: str) -> HttpResponse:
    """The next departures at a station."""
    found = departures.at(station_of(slug).stops)
    return _answer({"at": clock.now(), "departures": [_departure(one) for one in found]})


def _answer(told: dict[str, Any]) -> HttpResponse:
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    answer["Access-Control-Allow-Origin"] = "*"
    return answer


def _hub(one: Joint) -> dict[str, Any]:
    place = one.hub.place
    return {
        "slug": one.hub.slug, "place": str(place.public_id), "name": place.name,
        "lon": place.lon, "lat": place.lat, "wifi": one.hub.wifi, "invented": place.invented,
        "free": now.describe(one), "elements": [_element(each) for each in one.elements],
        "stops": [{"id": stop.key[1], "name": stop.name,
                   "platform": stop.platform} for stop in one.stops],
    }  # fmt: skip


def _element(one: Element) -> dict[str, Any]:
    return {
        "kind": one.kind, "id": one.uid, "name": one.name, "free": one.free, "all": one.all,
        "at": one.at, "metres": one.metres, "invented": one.invented,
    }  # fmt: skip


def _departure(one: Departure) -> dict[str, Any]:
    return {
        "line": one.line, "kind": one.kind, "towards": one.towards, "stop": one.stop,
        "platform": one.platform, "planned": one.planned, "expected": one.expected,
        "cancelled": one.cancelled, "invented": one.invented,
    }  # fmt: skip


app_name = "mobility_hubs-api"
urlpatterns = [
    path("openapi.json", described.openapi(OPENAPI, "mobility_hubs"), name="openapi"),
    path("hubs", hubs, name="hubs"),
    path("hubs/", hubs),
    path("hubs/<slug:slug>/departures", leaving, name="departures"),
    path("hubs/<slug:slug>/departures/", leaving),
]
