"""The addresses of OCPI 2.2.1: versions, locations, tariffs, sessions, bills."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from stadtkern.site.feeds.ocpi import objects, records
from stadtkern.site.feeds.ocpi.door import Caller, Page, Wrong, door, envelope, listed

VERSION = "2.2.1"
MODULES = ("locations", "tariffs", "sessions", "cdrs")


def base(request: HttpRequest) -> str:
    """The address that all others of this version begin with."""
    return request.build_absolute_uri(f"/api/ocpi/{VERSION}")


@door("GET", before_registration=True)
def versions(request: HttpRequest, **_who: Any) -> HttpResponse:
    """6.1: the one version that is spoken here."""
    return envelope([{"version": VERSION, "url": base(request)}])


@door("GET", before_registration=True)
def details(request: HttpRequest, **_who: Any) -> HttpResponse:
    """6.2: its modules. The role of `credentials` says nothing (6.2.4)."""
    address = base(request)
    endpoints = [{"identifier": "credentials", "role": "SENDER", "url": f"{address}/credentials"}]
    endpoints += [{"identifier": name, "role": "SENDER", "url": f"{address}/{name}"}
                  for name in MODULES]  # fmt: skip
    return envelope({"version": VERSION, "endpoints": endpoints})


def _part(
    request: HttpRequest, found: Sequence[Any], changed: Callable[[Any], datetime],
    write: Callable[[Any], Any],
) -> HttpResponse:  # fmt: skip
    page = Page(request)
    fitting = [one for one in found if page.takes(changed(one))]
    shown = fitting[page.offset : page.offset + page.limit]
    return listed(request, page, [write(one) for one in shown], len(fitting))


@door("GET")
def locations(request: HttpRequest, caller: Caller) -> HttpResponse:
    """8.2.1."""
    write = partial(objects.location, caller.desk)
    return _part(request, objects.locations(), objects.changed, write)


@door("GET")
def one(request: HttpRequest, caller: Caller, location: str, evse: str = "",
        connector: str = "") -> HttpResponseBase:  # fmt: skip
    """8.2.1.2: a location, one of its EVSEs, or one plug."""
    found = next((each for each in objects.locations() if each.uid == location), None)
    if found is None:
        raise Wrong(404, 2003, "this location is not known")
    if not evse:
        return envelope(objects.location(caller.desk, found))
    point = next((each for each in found.evses if each.uid == evse), None)
    if point is None:
        raise Wrong(404, 2003, "this EVSE is not known")
    if not connector:
        return envelope(objects.evse(point))
    plug = next((each for each in objects.plugs(point) if each.id == connector), None)
    if plug is None:
        raise Wrong(404, 2003, "this connector is not known")
    return envelope(objects.connector(plug))


@door("GET")
def tariffs(request: HttpRequest, caller: Caller) -> HttpResponse:
    """11.2.1."""
    found, write = objects.tariffs(objects.locations()), partial(objects.tariff, caller.desk)
    return _part(request, found, lambda each: each.updated, write)


@door("GET")
def sessions(request: HttpRequest, caller: Caller) -> HttpResponse:
    """9.2.1; `date_from` is required there."""
    page = Page(request)
    if page.since is None:
        raise Wrong(400, 2002, "date_from is required")
    shown, total = caller.desk.sessions(caller.partner, page.part)
    return listed(request, page, [records.session(caller.desk, each) for each in shown], total)


@door("GET")
def cdrs(request: HttpRequest, caller: Caller) -> HttpResponse:
    """10.2.1."""
    page = Page(request)
    shown, total = caller.desk.bills(caller.partner, page.part)
    return listed(request, page, [records.cdr(caller.desk, each) for each in shown], total)
