"""The page of one car park: what is free, when it is open, what it costs, how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sharing import one_page
from stadtkern.kernel.things import profiles, series
from stadtkern.kernel.things.series import city_zone
from stadtkern.kernel.ui.shapes import Line
from stadtkern.systems.parking import layers, logic
from stadtkern.systems.parking.bays import SITE, Bay
from stadtkern.systems.parking.logic import Site, Tally, hours
from stadtkern.systems.parking.logic.forecast import read
from stadtkern.systems.parking.logic.guidance import handover
from stadtkern.systems.parking.models import KINDS
from stadtkern.systems.parking.pages import finding

SHOWN = timedelta(days=1)
PROFILED = timedelta(days=56)
AHEAD = (15, 30, 60, 120, 240)
NEAR = 0.004  # degrees
# A week's profile in steps of two hours: what fits on a phone.
HOURS = tuple(range(0, 24, 2))


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of bays."""

    letter: str
    bays: Sequence[Bay]
    count: Tally


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Two hours of a weekday: usually free, and its share in five steps (0 none, 4 most)."""

    free: float | None
    step: int


@dataclass(frozen=True, kw_only=True)
class Weekday:
    """A weekday of the profile."""

    number: int
    cells: Sequence[Cell]


@public
@require_safe
@one_page()
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything about one car park; a fixed number of queries for any number of bays."""
    site = _find(public_id)
    context = {**about(site), **_ways(site), **_hours(site), **_history(site)}
    return render(request, "parking/site_page.html", context)


@public
@require_safe
@one_page()
def bay_grid(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One site with every bay, by row."""
    site = _find(public_id)
    context = {**about(site), "rows": _rows(site.bays), "kept": finding.audiences(site)}
    return render(request, "parking/bays.html", context)


@public
@require_safe
def ways(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The entrances as GeoJSON, for the map of the page and for everybody."""
    site = _find(public_id)
    features = [
        {
            "type": "Feature", "id": row.pk,
            "geometry": {"type": "Point", "coordinates": [row.lon, row.lat]},
            "properties": {
                "state": "info", "few": False, "kind": row.kind, "name": row.name,
                "max_height_cm": row.max_height_cm, "text": str(row),
            },
        }
        for row in site.facts.entrances.all()
    ]  # fmt: skip
    legend = [{"state": "info", "title": _("Entrance")}]
    said = {"type": "FeatureCollection", "title": _("Entrances"), "legend": legend}
    return JsonResponse({**said, "features": features}, content_type="application/geo+json")


def _find(public_id: UUID) -> Site:
    place = get_object_or_404(Place.objects.of_kind(SITE), public_id=public_id)
    return next(iter(logic.sites([place])))


def about(site: Site) -> dict[str, Any]:
    """What every page of a car park begins with."""
    card = finding.card(site, ())
    return {
        "site": site, "card": card, "word": card.word, "kind": KINDS[site.facts.kind],
        "stale_after": logic.stale_after(), "text": layers.text_of(site),
        "datastreams": [site.datastream] if site.datastream else [],
    }  # fmt: skip


def _ways(site: Site) -> dict[str, Any]:
    lon, lat = site.place.lon or 0, site.place.lat or 0
    return {
        "entrances": list(site.facts.entrances.all()),
        "prices": list(site.facts.prices.all()),
        "links": handover.links(lon, lat, site.place.title),
        "bounds": (lon - NEAR, lat - NEAR / 2, lon + NEAR, lat + NEAR / 2),
    }


def _hours(site: Site) -> dict[str, Any]:
    """The week ahead; nothing where the hours cannot be read."""
    now = clock.now()
    text = site.facts.opening_hours
    try:
        week = hours.week(text, now.astimezone(city_zone()).date()) if text else []
    except hours.NotUnderstood:
        week = []
    shut = site.closed_by_staff
    return {
        "week": week,
        "always": bool(week) and all(day.whole for day in week),
        "until": site.facts.closed_until if shut else hours.changes(text, now) if text else None,
    }


def _history(site: Site) -> dict[str, Any]:
    ahead = read.ahead(site.facts.pk, AHEAD)
    if site.datastream is None:
        return {"ahead": ahead}
    now = clock.now()
    found = series.series([site.datastream], now - SHOWN, now, 400)
    points = list(zip(found.times, found.lines[0].mean, strict=True))
    language = {"lang": "en"} if get_language() == "en" else {}
    query = urlencode({"datastreams": site.datastream, **language})
    return {
        "ahead": ahead,
        "lines": [Line(name=_("Free spaces"), unit="", decimals=0, points=points)],
        "begins": now - SHOWN, "ends": now,
        "chart_url": f"{reverse('series')}?{query}",
        "profile": _profile(site, now), "profile_hours": HOURS,
    }  # fmt: skip


def _profile(site: Site, now: datetime) -> list[Weekday]:
    """How many are usually free by weekday and hour, from eight weeks."""
    found = profiles.profile(site.datastream or 0, now - PROFILED, now)
    if not found.known or not site.capacity:
        return []
    return [
        Weekday(number=day, cells=[_cell(found.week[day], hour, site.capacity) for hour in HOURS])
        for day in range(7)
    ]


def _cell(day: Sequence[profiles.Hour | None], hour: int, capacity: int) -> Cell:
    known = [one.middle for one in day[hour : hour + 2] if one is not None]
    if not known:
        return Cell(free=None, step=-1)
    free = sum(known) / len(known)
    return Cell(free=free, step=min(int(free / capacity * 5), 4))


def _rows(bays: Sequence[Bay]) -> list[Row]:
    return [
        Row(letter=letter, bays=(row := list(group)), count=logic.tally(row))
        for letter, group in groupby(bays, key=lambda bay: bay.row)
    ]
