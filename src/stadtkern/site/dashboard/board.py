"""The dashboard: themes, a map, and a panel that begins with what matters now."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from stadtkern.kernel.contract import Pin
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.site import basemap
from stadtkern.site.dashboard import themes, tiles
from stadtkern.site.dashboard.pins import pins
from stadtkern.site.dashboard.themes import Layer
from stadtkern.site.dashboard.words import sort_key

IN_PANEL = 12
IN_MAP = 25
URGENCY = {"bad": 0, "tight": 1, "good": 2, "info": 3, "none": 4}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A line of the themes' menu."""

    title: str | Promise
    url: str
    count: int
    current: bool


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """A layer with its pins."""

    layer: Layer
    pins: list[Pin]

    @property
    def shown(self) -> list[Pin]:
        """As many as fit into the map's list, of small ones none; the list page has them all."""
        if len(self.pins) > IN_MAP and all(pin.small for pin in self.pins):
            return []
        return sorted(self.pins, key=lambda pin: sort_key(pin.name))[:IN_MAP]

    @property
    def url(self) -> str:
        """The list of this layer."""
        return f"{reverse('dashboard-list')}?layer={self.layer.key}"


@public
@require_safe
@one_page()
def board(request: HttpRequest, theme: str = "") -> HttpResponse:
    """Everything, or one theme."""
    if theme and theme not in themes.shown():
        raise Http404
    drawn = [Drawn(layer=layer, pins=pins(layer)) for layer in themes.layers()]
    mine = [one for one in drawn if not theme or one.layer.layer.theme == theme]
    shown = tiles.tiles(theme)
    places = _places(mine)
    return render(request, "site/dashboard.html", {
        "theme": theme,
        "title": themes.TITLES[theme] if theme else "",
        "rail": _rail(drawn, theme),
        "drawn": mine,
        "tiles": shown,
        "places": places[:IN_PANEL],
        "count": len(places),
        "fresh": sum(not pin.stale for pin in places),
        "cut": tiles.cut(shown),
        "datastreams": tiles.datastreams(shown),
        "list_url": reverse("dashboard-list") + (f"?theme={theme}" if theme else ""),
        "bounds": basemap.bounds(),
    })  # fmt: skip


def _places(drawn: Iterable[Drawn]) -> list[Pin]:
    """Places without the small ones, the most urgent first."""
    return sorted(_big(drawn).values(), key=lambda pin: (URGENCY[pin.state], sort_key(pin.name)))


def _big(drawn: Iterable[Drawn]) -> dict[UUID, Pin]:
    found = chain.from_iterable(one.pins for one in drawn)
    return {pin.place: pin for pin in found if not pin.small}


def _rail(drawn: list[Drawn], theme: str) -> list[Entry]:
    return [
        Entry(
            title=themes.TITLES[one],
            url=reverse("dashboard-theme", args=[one]),
            count=len(_big(d for d in drawn if d.layer.layer.theme == one)),
            current=one == theme,
        )
        for one in themes.shown()
    ]
