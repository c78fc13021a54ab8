"""All stations, one station, and its page for a screen on the spot."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import public
from stadtkern.systems.mobility_hubs import layers
from stadtkern.systems.mobility_hubs.logic import counting, departures, now
from stadtkern.systems.mobility_hubs.logic.forecast import Ahead
from stadtkern.systems.mobility_hubs.logic.now import KINDS, Element, Joint, Kind

# A screen on the spot is read from afar.
ON_A_SCREEN = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One kind of thing at a station: all together, each alone, and what is expected."""

    kind: Kind
    word: str
    free: int | None
    all: int | None
    elements: Sequence[Element]
    ahead: Ahead | None

    @property
    def share(self) -> float | None:
        """Free ones of all."""
        return None if self.free is None or not self.all else min(self.free / self.all, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A station in the list."""

    station: Joint
    parts: Sequence[Part]
    datastreams: Sequence[int]


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All stations with what is free now."""
    found = now.stations()
    ahead, streams = counting.ahead(found), counting.streams()
    cards = [
        Card(station=one, parts=parts(one, ahead),
             datastreams=list(streams.get(one.hub.place_id, {}).values()))
        for one in found
    ]  # fmt: skip
    return render(request, "mobility_hubs/home.html", {
        "cards": cards, "pins": list(layers.pins_of(found)),
        "bounds": layers.bounds([one.hub.place for one in found]),
        "datastreams": [pk for card in cards for pk in card.datastreams],
        "invented": any(one.hub.place.invented for one in found),
    })  # fmt: skip


def parts(one: Joint, ahead: dict[tuple[int, Kind], Ahead]) -> list[Part]:
    """What is there, by kind."""
    found = []
    for kind in KINDS:
        mine = [each for each in one.elements if each.kind == kind]
        if mine:
            found.append(Part(
                kind=kind, word=layers.word(kind), free=one.free(kind), all=one.all(kind),
                elements=mine, ahead=ahead.get((one.hub.pk, kind)),
            ))  # fmt: skip
    return found


def station_of(slug: str) -> Joint:
    """The station that is shown under this name. Raises Http404."""
    found = next((one for one in now.stations() if one.hub.slug == slug), None)
    if found is None:
        raise Http404
    return found


@public
@require_safe
def hub(request: HttpRequest, slug: str) -> HttpResponse:
    """A station: what is free, what leaves next, the way there."""
    one = station_of(slug)
    return render(request, "mobility_hubs/hub.html", told(one) | {
        "bounds": layers.bounds([one.hub.place]),
        "datastreams": list(counting.streams().get(one.hub.place_id, {}).values()),
        "sources": dict.fromkeys(each.source for each in one.elements if each.source),
    })  # fmt: skip


def told(one: Joint, most: int | None = None) -> dict[str, Any]:
    """What page and screen say of a station."""
    return {
        "station": one, "hub": one.hub, "parts": parts(one, counting.ahead([one])),
        "departures": departures.at(one.stops, most=most), "now": clock.now(),
        "credits": dict.fromkeys(stop.source.credit for stop in one.stops),
        "stops_invented": any(stop.source.invented for stop in one.stops),
    }  # fmt: skip


@public
@require_safe
@cache_control(max_age=15)
def departures_part(request: HttpRequest, slug: str) -> HttpResponse:
    """The departures alone: what the page fetches again."""
    return render(request, "mobility_hubs/departures.html", told(station_of(slug)))


@public
@require_safe
def kiosk(request: HttpRequest, slug: str) -> HttpResponse:
    """For a screen at the station: big, without links, anew every half minute."""
    return render(request, "mobility_hubs/kiosk.html", told(station_of(slug), ON_A_SCREEN))
