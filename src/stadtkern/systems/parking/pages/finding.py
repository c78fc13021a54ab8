"""The list of car parks: what is free where, for whom, and for how high a vehicle."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sharing import one_page
from stadtkern.kernel.things import series
from stadtkern.systems.parking import layers, logic
from stadtkern.systems.parking.bays import AUDIENCES, MARKS
from stadtkern.systems.parking.logic import Site, Tally

ROOM = 0.02  # degrees


class Filters(forms.Form):
    """By name, by whom the space is for, by height; only open ones, only such with free spaces."""

    q = forms.CharField(label=_("Name"), required=False, widget=forms.TextInput({"type": "search"}))
    kept = forms.ChoiceField(
        label=_("Spaces"), required=False,
        choices=[("", _("all")), *((key, title) for key, title in AUDIENCES.items() if key)],
    )  # fmt: skip
    height = forms.IntegerField(
        label=_("Height of the vehicle in cm"), required=False, min_value=50, max_value=500
    )
    free = forms.BooleanField(label=_("Only with free spaces"), required=False)

    def passes(self, site: Site) -> bool:
        """Whether a site is asked for; a filter that makes no sense lets everything pass."""
        said = self.cleaned_data
        height, limit = said.get("height"), site.facts.max_height_cm
        return (
            (said.get("q") or "").strip().lower() in site.place.title.lower()
            and (not height or limit is None or height <= limit)
            and self._fits(site, said.get("kept") or "", free=bool(said.get("free")))
        )

    def _fits(self, site: Site, kept: str, *, free: bool) -> bool:
        count = site.by_audience.get(kept) if kept else site.count
        if count is None:
            return False
        return not free or bool(site.free and site.free_of(kept))


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Bays that are kept for somebody; `free` is None where too few of them are known."""

    title: str
    mark: str
    count: Tally
    free: int | None


@dataclass(frozen=True, kw_only=True)
class SiteCard:
    """A site as the page shows it."""

    site: Site
    word: str
    unknown_share: float
    trend: Sequence[float | None]
    audiences: Sequence[Audience]


@public
@require_safe
@one_page()
def home(request: HttpRequest) -> HttpResponse:
    """All sites that the address asks for, now."""
    return render(request, "parking/home.html", _shown(request))


@public
@require_safe
@one_page()
def cards(request: HttpRequest) -> HttpResponse:
    """The sites alone: what the page fetches again when a count changes."""
    return render(request, "parking/cards.html", _shown(request))


def _shown(request: HttpRequest) -> dict[str, Any]:
    filters = Filters(request.GET)
    filters.is_valid()
    every = logic.sites()
    found = [site for site in every if filters.passes(site)]
    trends = series.trends([site.datastream for site in found if site.datastream])
    return {
        "filters": filters,
        "cards": [card(site, trends.get(site.datastream or 0, ())) for site in found],
        "pins": list(layers.pins_of(found)),
        "bounds": bounds([site.place for site in every]),
        "datastreams": [site.datastream for site in found if site.datastream],
        "stale_after": logic.stale_after(),
        "invented": any(site.place.invented for site in found),
        "asked": any(request.GET.get(name) for name in filters.fields),
    }


def bounds(places: Sequence[Place]) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a map that shows all these places with some room."""
    spots = [(p.lon, p.lat) for p in places if p.lon is not None and p.lat is not None]
    if not spots:
        return None
    lons, lats = zip(*spots, strict=True)
    return min(lons) - ROOM, min(lats) - ROOM / 2, max(lons) + ROOM, max(lats) + ROOM / 2


def card(site: Site, trend: Sequence[float | None]) -> SiteCard:
    """A site with its words."""
    return SiteCard(
        site=site,
        word=layers.word(site),
        unknown_share=site.unknown / site.capacity if site.capacity else 0,
        trend=trend,
        audiences=audiences(site),
    )


def audiences(site: Site) -> list[Audience]:
    """Only those that somebody has a bay for here; bays for everybody are the rest."""
    return [
        Audience(title=str(AUDIENCES[key]), mark=MARKS[key], count=count, free=site.free_of(key))
        for key, count in site.by_audience.items()
        if key
    ]
