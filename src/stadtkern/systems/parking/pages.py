"""The public page of parking: the sites with their free bays, and every bay by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path

from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things import series
from stadtkern.systems.parking import layers, logic
from stadtkern.systems.parking.bays import AUDIENCES, MARKS, SITE, Bay
from stadtkern.systems.parking.logic import Site, Tally

ROOM = 0.02  # degrees


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Bays that are kept for somebody, and how many of them are free."""

    title: str
    mark: str
    count: Tally


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of bays."""

    letter: str
    bays: Sequence[Bay]
    count: Tally


@dataclass(frozen=True, kw_only=True)
class SiteCard:
    """A site as the page shows it."""

    site: Site
    word: str
    unknown_share: float
    trend: Sequence[float | None]
    audiences: Sequence[Audience]


@public
def home(request: HttpRequest) -> HttpResponse:
    """All sites, now."""
    return render(request, "parking/home.html", _shown(logic.sites()))


@public
def cards(request: HttpRequest) -> HttpResponse:
    """The sites alone: what the page fetches again when a count changes."""
    return render(request, "parking/cards.html", _shown(logic.sites()))


@public
def bay_grid(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One site with every bay, by row."""
    place = get_object_or_404(Place.objects.of_kind(SITE), public_id=public_id)
    site = next(iter(logic.sites([place])))
    return render(request, "parking/bays.html", {
        "site": site,
        "word": layers.word_of(site.state),
        "rows": _rows(site.bays),
        "kept": _audiences(site.bays),
        "stale_after": logic.stale_after(),
        "datastreams": [site.datastream] if site.datastream else [],
    })  # fmt: skip


def _shown(found: Sequence[Site]) -> dict[str, Any]:
    trends = series.trends([site.datastream for site in found if site.datastream])
    return {
        "cards": [_card(site, trends.get(site.datastream or 0, ())) for site in found],
        "pins": list(layers.pins_of(found)),
        "bounds": bounds([site.place for site in found]),
        "datastreams": [site.datastream for site in found if site.datastream],
        "stale_after": logic.stale_after(),
        "invented": any(site.place.invented for site in found),
    }


def bounds(places: Sequence[Place]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a map that shows all these places with some room."""
    spots = [(p.lon, p.lat) for p in places if p.lon is not None and p.lat is not None]
    if not spots:
        return None
    lons, lats = zip(*spots, strict=True)
    return min(lons) - ROOM, min(lats) - ROOM / 2, max(lons) + ROOM, max(lats) + ROOM / 2


def _card(site: Site, trend: Sequence[float | None]) -> SiteCard:
    return SiteCard(
        site=site,
        word=layers.word_of(site.state),
        unknown_share=site.count.unknown / site.count.capacity if site.count.capacity else 0,
        trend=trend,
        audiences=_audiences(site.bays),
    )


def _audiences(bays: Sequence[Bay]) -> list[Audience]:
    """Only those that somebody has a bay for here; bays for everybody are the rest."""
    named = [
        Audience(
            title=str(title),
            mark=MARKS[audience],
            count=logic.tally(b for b in bays if b.audience == audience),
        )
        for audience, title in AUDIENCES.items()
        if audience
    ]
    return [one for one in named if one.count.capacity]


def _rows(bays: Sequence[Bay]) -> list[Row]:
    return [
        Row(letter=letter, bays=(row := list(group)), count=logic.tally(row))
        for letter, group in groupby(bays, key=lambda bay: bay.row)
    ]


app_name = "parking"
urlpatterns = [
    path("", home, name="home"),
    path("cards/", cards, name="cards"),
    path("<uuid:public_id>/", bay_grid, name="bays"),
]
