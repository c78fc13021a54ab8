"""The page of an event, and the same as a preview of what nobody sees yet."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.kernel.ui.structured import script
from stadtkern.systems.events import finding
from stadtkern.systems.events.models import Event, Occasion
from stadtkern.systems.events.told import as_schema

DATES = 12


@public
@require_safe
@one_page()
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """A public event; a cancelled one says so."""
    found = get_object_or_404(_rows().public(), slug=slug)
    said = shown(request, found)
    said["json_ld"] = script(as_schema(found, said["next"], request.build_absolute_uri()))
    return render(request, "events/event.html", said)


@public
@require_safe
@one_page()
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """How it will look, for whoever has the link; no search engine keeps it."""
    found = get_object_or_404(_rows(), token=token)
    answer = render(request, "events/event.html", {**shown(request, found), "preview": True})
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _rows() -> Any:
    return Event.objects.select_related("place", "area").defer("large", "small", "words")


def shown(request: HttpRequest, found: Event) -> dict[str, Any]:
    """What the page says."""
    coming = list(found.occasions.filter(ends__gte=clock.now())[: DATES + 1])
    for one in coming:
        one.event = found
    last = found.occasions.order_by("-begins").first()
    here = coming[0] if coming else last
    if here is not None:
        here.event = found
    return {
        "one": found,
        "next": here,
        "over": not coming and last is not None,
        "coming": coming[:DATES],
        "more": len(coming) > DATES,
        "origins": list(found.origins.select_related("source")),
        "layers_url": reverse("map-layers"),
        "bounds": _around(found),
        "address": request.build_absolute_uri(request.path),
        "near": _near(found, here),
    }


def _around(found: Event) -> tuple[float, float, float, float] | None:
    """A few streets about the place: west, south, east, north."""
    lon, lat = (found.place.lon, found.place.lat) if found.place else (None, None)
    if lon is None or lat is None:
        return None
    return (lon - 0.01, lat - 0.006, lon + 0.01, lat + 0.006)


def _near(found: Event, here: Occasion | None) -> list[Occasion]:
    """What else is on at about that time."""
    if here is None:
        return []
    rows = finding.public().filter(begins__gte=max(here.begins, clock.now()))
    return list(rows.exclude(event=found).order_by("begins")[:3])
