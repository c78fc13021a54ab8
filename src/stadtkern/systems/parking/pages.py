"""The public page of parking: the sites with their free bays, and every bay by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from stadtkern.kernel.people.access import public
from stadtkern.kernel.things import series
from stadtkern.systems.parking import layers, logic
from stadtkern.systems.parking.bays import AUDIENCES, Bay
from stadtkern.systems.parking.logic import Site, Tally


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Bays that are kept for somebody, and how many of them are free."""

    title: str
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
    rows: Sequence[Row]


@public
def home(request: HttpRequest) -> HttpResponse:
    """All sites, now."""
    found = logic.sites()
    trends = series.trends([site.datastream for site in found if site.datastream])
    return render(request, "parking/home.html", {
        "cards": [_card(site, trends.get(site.datastream or 0, ())) for site in found],
        "pins": list(layers.pins_of(found)),
        "datastreams": [site.datastream for site in found if site.datastream],
        "stale_after": logic.stale_after(),
        "invented": any(site.place.invented for site in found),
    })  # fmt: skip


def _card(site: Site, trend: Sequence[float | None]) -> SiteCard:
    return SiteCard(
        site=site,
        word=layers.word_of(site.state),
        unknown_share=site.count.unknown / site.count.capacity if site.count.capacity else 0,
        trend=trend,
        audiences=_audiences(site.bays),
        rows=_rows(site.bays),
    )


def _audiences(bays: Sequence[Bay]) -> list[Audience]:
    """Only those that somebody has a bay for here; bays for everybody are the rest."""
    named = [
        Audience(title=str(title), count=logic.tally(b for b in bays if b.audience == audience))
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
urlpatterns = [path("", home, name="home")]
