"""The home page: one search, what is asked for most, what the city is like right now."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from stadtkern.kernel import registry
from stadtkern.kernel.contract import Service, System
from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sharing import one_page
from stadtkern.site.dashboard import tiles

SHORTCUTS = TILES = 6


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A service that can be opened."""

    system: System
    service: Service
    url: str


@dataclass(frozen=True, kw_only=True)
class Stock:
    """How many places of a kind there are."""

    title: str | Promise
    count: int
    url: str


@public
@require_safe
@one_page()
def home(request: HttpRequest) -> HttpResponse:
    """The first page of the city."""
    shown, offered = [one.shown() for one in tiles.offered()[:TILES]], list(offers())
    return render(request, "site/home.html", {
        "tiles": shown,
        "cut": tiles.cut(shown),
        "datastreams": tiles.datastreams(shown),
        "shortcuts": offered[:SHORTCUTS],
        "systems": [
            (system, [offer for offer in offered if offer.system is system])
            for system in registry.active()
        ],
        "stock": list(stock()),
    })  # fmt: skip


def offers() -> Iterator[Offer]:
    """Services of the systems that are on, one of each system in turn, so that none crowds out."""
    rows = [[(system, one) for one in system.services] for system in registry.active()]
    longest = max((len(row) for row in rows), default=0)
    for i in range(longest):
        for system, service in (row[i] for row in rows if i < len(row)):
            if url := _address(service.page):
                yield Offer(system=system, service=service, url=url)


def _address(name: str) -> str:
    """Empty where no page has this name: the contract test is what refuses such a service."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def stock() -> Iterator[Stock]:
    """What stands in the city, by kinds of the systems that are on."""
    rows = Place.objects.order_by().values_list("kind").annotate(n=Count("id"))
    counts: dict[str, int] = dict(rows)
    for system in registry.active():
        for kind in system.place_kinds:
            if count := counts.get(f"{system.slug}.{kind.slug}"):
                yield Stock(
                    title=kind.title if count == 1 else kind.plural,
                    count=count,
                    url=reverse("dashboard-theme", args=[system.theme]),
                )
