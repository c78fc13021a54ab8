"""Find a point: list and map with what is free and what it costs; one location in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dates import WEEKDAYS
from django.views.decorators.http import require_safe

from stadtkern.kernel.contract import State
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.systems.charging import layers
from stadtkern.systems.charging.logic import live, prices, profile, reading
from stadtkern.systems.charging.logic.prices import Car, Cost
from stadtkern.systems.charging.logic.reading import Point, Station
from stadtkern.systems.charging.pages.asking import SearchForm, car_of, chosen, plugs

PAGE = 20
ROOM = 0.006  # degrees


@dataclass(frozen=True, kw_only=True)
class Card:
    """A location on the page, with the cheapest way to charge this car there."""

    one: Station
    cost: Cost | None
    datastream: int | None

    @property
    def state(self) -> State:
        """As colour and shape."""
        return self.one.state


@dataclass(frozen=True, kw_only=True)
class Row:
    """One point on its location's page, with what this car pays at each plug."""

    point: Point
    plugs: Sequence[tuple[Any, Cost | None]]


def station_or_404(uid: str) -> Station:
    """A public location with points."""
    found = reading.one(uid)
    if found is None or not found.points:
        raise Http404
    return found


@public
@require_safe
@one_page()
def home(request: HttpRequest) -> HttpResponse:
    """All locations that fit; a fixed number of queries for any number of them."""
    form = SearchForm(request.GET)
    said = form.cleaned_data if form.is_valid() else {}
    car_form, car = car_of(request.GET)
    found = [one for one in reading.stations(reading.public()) if one.points]
    fitting = sorted(chosen(found, said), key=lambda one: (not one.free, not one.known))
    page = Paginator(fitting, PAGE).get_page(request.GET.get("page"))
    streams = live.streams()
    return render(request, "charging/home.html", {
        "form": form, "car_form": car_form, "car": car, "page": page,
        "cards": _cards(page.object_list, car, streams, said),
        "pins": list(layers.pins_of(fitting)),
        "bounds": bounds(fitting or found), "narrowed": len(fitting) < len(found),
        "points": sum(one.all for one in found), "locations": len(found),
        "free": sum(one.free for one in found), "known": sum(one.known for one in found),
        "invented": any(one.place.invented for one in found), "car_query": _car_query(request),
        "sources": sorted({(one.place.source, one.place.licence) for one in found
                           if one.place.source}),
        "datastreams": list(streams.values()),
    })  # fmt: skip


def _car_query(request: HttpRequest) -> str:
    kept = {key: request.GET[key] for key in ("kwh", "ac", "dc", "parked") if key in request.GET}
    return f"?{urlencode(kept)}" if kept else ""


def _cards(
    found: Any, car: Car, streams: dict[int, int], said: dict[str, Any]
) -> list[Card]:  # fmt: skip
    known: dict[Any, Cost | None] = {}
    return [
        Card(one=one, cost=prices.best(plugs(one, said), car, known),
             datastream=streams.get(one.place.pk))
        for one in found
    ]  # fmt: skip


def bounds(found: Sequence[Station]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a map that shows these with some room."""
    spots = [(p.lon, p.lat) for one in found
             if (p := one.place).lon is not None and p.lat is not None]  # fmt: skip
    if not spots:
        return None
    lons, lats = [s[0] or 0 for s in spots], [s[1] or 0 for s in spots]
    return min(lons) - ROOM, min(lats) - ROOM / 2, max(lons) + ROOM, max(lats) + ROOM / 2


@public
@require_safe
@one_page()
def place(request: HttpRequest, uid: str) -> HttpResponse:
    """One location: each point with status, plug and price; when it is usually free."""
    one = station_or_404(uid)
    car_form, car = car_of(request.GET)
    stream = live.streams().get(one.place.pk)
    return render(request, "charging/place.html", {
        "one": one, "location": one.location, "place": one.place, "car_form": car_form,
        "car": car, "rows": [_row(point, car) for point in one.points],
        "tariffs": list({plug.tariff_id: plug.tariff for plug in one.connectors
                         if plug.tariff is not None}.values()),
        "week": [(WEEKDAYS[day - 1], blocks) for day, blocks in _week(stream, one.all)],
        "bounds": bounds([one]), "datastreams": [stream] if stream else [], "stream": stream,
        "silent": any(point.silent for point in one.points),
    })  # fmt: skip


def _week(stream: int | None, points: int) -> list[Any]:
    return profile.week(stream, points) if stream else []


def _row(point: Point, car: Car) -> Row:
    return Row(point=point, plugs=[(plug, prices.cost(plug, car)) for plug in point.connectors])
