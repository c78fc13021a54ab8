"""The page of a place, and the same in short for the panel beside the map."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Pin, PlaceKind, State
from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sharing import one_page
from stadtkern.kernel.things import visibility
from stadtkern.kernel.things.models import Thing
from stadtkern.kernel.things.visibility import PUBLIC
from stadtkern.site.dashboard import chart, readings, themes
from stadtkern.site.dashboard.pins import of_places
from stadtkern.site.dashboard.readings import Value
from stadtkern.site.dashboard.themes import Layer
from stadtkern.site.dashboard.words import sort_key

AROUND, NEAR = 0.02, 0.0012  # degrees
Pinned = dict[UUID, tuple[Layer, Pin]]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A place within this one, with its state where the map knows it."""

    place: Place
    title: str
    state: State
    text: str
    within: str

    @property
    def short(self) -> str:
        """The title without what all parts begin with: `A 1` for `Stellplatz A 1`."""
        return self.title.removeprefix(self.within)


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many of the parts are in one state."""

    state: State
    title: str
    count: int


@public
@require_safe
@one_page()
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything about one place."""
    place = _find(public_id)
    about = _about(place)
    context = {**about, **chart.context(request, about["values"])}
    small = about["pin"] is not None and about["pin"].small
    context["bounds"] = bounds(place, NEAR if small else AROUND)
    context["layers_query"] = f"?system={place.kind.partition('.')[0]}"
    return render(request, "site/place.html", context)


@public
@require_safe
@one_page()
def panel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The fragment that the map shows beside it."""
    place = _find(public_id)
    about = _about(place)
    numeric = [value for value in about["values"] if value.numeric]
    if numeric:
        about["chart_url"] = chart.data_url(str(numeric[0].stream.pk))
        about["chosen"] = numeric[0]
    return render(request, "site/panel.html", about)


def _find(public_id: UUID) -> Place:
    """The place; 404 as well where the system it belongs to is off, or it is not public."""
    seen = Thing.objects.filter(visibility.things(PUBLIC))
    things = Prefetch("things", seen.only("id", "name", "place_id"))
    query = Place.objects.filter(visibility.places(PUBLIC))
    query = query.select_related("parent").prefetch_related(things)
    place = get_object_or_404(query, public_id=public_id)
    slug = place.kind.partition(".")[0]
    if slug and slug in {one.slug for one in registry.installed()} and not registry.is_on(slug):
        raise Http404
    return place


def _about(place: Place) -> dict[str, Any]:
    shown = readings.values(place)
    seen = place.children.filter(visibility.places(PUBLIC))
    children = list(seen.only("public_id", "kind", "name", "name_en", "parent"))
    pinned = _pinned([place, *children])
    layer, pin = pinned.get(place.public_id, (None, None))
    parts = _parts(children, pinned)
    return {
        "place": place,
        "kind": kind(place),
        "layer": layer,
        "pin": pin,
        "values": shown,
        "newest": readings.newest(shown),
        "sources": readings.sources(shown),
        "parts": parts,
        "shares": _shares(parts, pinned),
        "parts_title": _parts_title(parts),
        "datastreams": _datastreams(shown, pin, parts, pinned),
    }


def kind(place: Place) -> PlaceKind | None:
    """The declared kind, where there is one."""
    return registry.place_kinds().get(place.kind)


def _pinned(places: Sequence[Place]) -> Pinned:
    """The pins of these places, as the layers of their systems show them."""
    systems = {place.kind.partition(".")[0] for place in places}
    layers = [layer for layer in themes.layers() if layer.system.slug in systems]
    return of_places({place.public_id for place in places}, layers)


def _parts(children: Sequence[Place], pinned: Pinned) -> list[Part]:
    """In the order in which people count: Stellplatz 2 before Stellplatz 10."""
    found = []
    titles = [child.title for child in children]
    within = _beginning(titles)
    for child, title in zip(children, titles, strict=True):
        _layer, pin = pinned.get(child.public_id, (None, None))
        found.append(Part(
            place=child, title=title, state=pin.state if pin else "none",
            text=pin.text if pin else "", within=within,
        ))  # fmt: skip
    return sorted(found, key=lambda part: sort_key(part.title))


def _beginning(titles: Sequence[str]) -> str:
    """The words that all of several titles begin with, but never the last one."""
    words = zip(*(title.split()[:-1] for title in titles), strict=False)
    same = takewhile(lambda column: len(set(column)) == 1, words)
    return "".join(f"{column[0]} " for column in same) if len(titles) > 1 else ""


def _shares(parts: Sequence[Part], pinned: Pinned) -> list[Share]:
    """The states of the parts in the words of their layer's legend."""
    if not parts:
        return []
    counts = Counter(part.state for part in parts)
    layers = [pinned[key][0] for part in parts if (key := part.place.public_id) in pinned]
    legend = layers[0].layer.legend if layers else ()
    return [
        Share(state=entry.state, title=str(entry.title), count=counts[entry.state])
        for entry in legend
    ]


def _parts_title(parts: Sequence[Part]) -> str:
    known = kind(parts[0].place) if parts else None
    return str(known.plural) if known else ""


def _datastreams(
    shown: Sequence[Value], pin: Pin | None, parts: Sequence[Part], pinned: Pinned
) -> list[int]:
    found = {value.stream.pk for value in shown} | set(pin.datastreams if pin else ())
    for part in parts:
        _layer, one = pinned.get(part.place.public_id, (None, None))
        found.update(one.datastreams if one else ())
    return sorted(found)


def bounds(place: Place, room: float = AROUND) -> list[float] | None:
    """A box around the place for its small map; a small place has its like around it."""
    if place.west is None or place.south is None or place.east is None or place.north is None:
        return None
    return [place.west - room, place.south - room / 2,
            place.east + room, place.north + room / 2]  # fmt: skip
