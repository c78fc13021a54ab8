"""Parking in all formats: reads the address, asks every system that is on, and writes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase

from stadtkern.kernel import clock, feeds, registry
from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.feeds.parking import Facility
from stadtkern.site.feeds import selection
from stadtkern.site.feeds.door import JSON, View, answer, feed
from stadtkern.site.feeds.publication import Publication
from stadtkern.site.feeds.writers import closures as atom
from stadtkern.site.feeds.writers import parkapi_v1, parkapi_v3

MOST: Final = 1000
Write = Callable[[Publication], bytes]


def of(found: Sequence[Facility], request: HttpRequest) -> Publication:
    """What a writer needs besides the records."""
    city = registry.city()
    return Publication(
        facilities=found, generated=clock.now(), base=request.build_absolute_uri("/").rstrip("/"),
        city=city.city.name, publisher=city.title, time_zone=city.city.time_zone,
    )  # fmt: skip


def view(write: Write, kind: str, *, purpose: str = "") -> View:
    """A view that gives the records that its address asks for, of one purpose or of all."""

    @feed
    def published(request: HttpRequest) -> HttpResponseBase:
        asked = selection.read(request.GET)
        if purpose:
            asked = replace(asked, purpose=purpose)
        publication = of(selection.chosen(feeds.records("parking"), asked), request)
        told = publication.facilities
        return answer(request, told, publication.changed, kind, lambda: write(publication))

    return published


@feed
def lots(request: HttpRequest, city: str = "", purpose: str = "CAR") -> HttpResponseBase:
    """ParkAPI v1: the lots of one list, `herne` or an outside source, or of all."""
    records = feeds.records("parking")
    cities = parkapi_v1.cities_of(records, registry.city().city.name)
    named = _list_named(city, cities)
    asked = replace(selection.read(request.GET), purpose=purpose, sources=named)
    publication = of(selection.chosen(records, asked), request)
    return answer(
        request, [publication.facilities, cities], publication.changed, JSON,
        lambda: parkapi_v1.lots(publication, cities),
    )  # fmt: skip


def _list_named(city: str, cities: dict[str, str]) -> tuple[str, ...]:
    if not city:
        return ()
    wanted = city.removesuffix(".json").casefold()
    for title, slug in cities.items():
        if wanted in (title.casefold(), slug):
            return (slug,)
    raise Refused("city", f"one of {', '.join(cities.values())}", status=404)


@feed
def sites(request: HttpRequest) -> HttpResponseBase:
    """ParkAPI v3: sites, page by page where `limit` says how many to a page."""
    found = selection.chosen(feeds.records("parking"), selection.read(request.GET))
    page, next_path = _page(found, request)
    publication = of(page, request)
    return answer(
        request, page, publication.changed, JSON,
        lambda: parkapi_v3.sites(publication, total=len(found), next_path=next_path),
    )  # fmt: skip


@feed
def spots(request: HttpRequest) -> HttpResponseBase:
    """ParkAPI v3: the single spaces of the sites that are asked for."""
    asked = replace(selection.read(request.GET), spaces=False)
    found = [one for one in selection.chosen(feeds.records("parking"), asked) if one.spots]
    page, next_path = _page(found, request)
    publication = of(page, request)
    total = sum(len(one.spots) for one in found)
    return answer(
        request, page, publication.changed, JSON,
        lambda: parkapi_v3.spots(publication, total=total, next_path=next_path),
    )  # fmt: skip


def _page(found: list[Facility], request: HttpRequest) -> tuple[list[Facility], str]:
    """From the site with the number `start` on, `limit` of them, and the way to those after.

    By number, as ParkAPI has it: what comes and goes meanwhile shifts no page.
    """
    limit, start = _whole(request, "limit", MOST), _whole(request, "start", 2**48)
    if limit is None and start is None:
        return found, ""
    ordered = sorted(found, key=lambda one: parkapi_v3.number(one.uid))
    rest = [one for one in ordered if parkapi_v3.number(one.uid) >= (start or 0)]
    page = rest[:limit]
    if len(page) == len(rest):
        return page, ""
    query = request.GET.copy()
    query["start"] = str(parkapi_v3.number(rest[len(page)].uid))
    return page, f"{request.path}?{urlencode(list(query.items()))}"


def _whole(request: HttpRequest, key: str, most: int) -> int | None:
    text = request.GET.get(key, "")
    if not text:
        return None
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= most:
        raise Refused(key, f"a whole number from 1 to {most}")
    return int(text)


@feed
def one_site(request: HttpRequest, uid: str) -> HttpResponseBase:
    """ParkAPI v3: one site, by number or uid."""
    found = [
        one for one in feeds.records("parking")
        if uid in (one.uid, str(parkapi_v3.number(one.uid)))
    ]  # fmt: skip
    if not found:
        raise Refused("id", "there is no such parking site", status=404)
    publication = of(found[:1], request)
    told, changed = publication.facilities, publication.changed
    return answer(request, told, changed, JSON, lambda: parkapi_v3.one_site(publication))


@feed
def closures(request: HttpRequest) -> HttpResponseBase:
    """Car parks that are closed now."""
    publication = of(
        selection.chosen(feeds.records("parking"), selection.read(request.GET)), request
    )
    shut = [one for one in publication.facilities if one.opening == "closed"]
    return answer(
        request, shut, publication.changed, "application/atom+xml; charset=utf-8",
        lambda: atom.closures(publication, request.build_absolute_uri()),
    )  # fmt: skip
