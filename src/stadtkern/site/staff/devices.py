"""The devices in the field: the list, and one device with what it sends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Datastream, Latest
from stadtkern.site.dashboard import history
from stadtkern.site.staff.device_state import LOW_BATTERY, SIGNS, TITLES
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.fleet import health, listing, many, panels, saved, signal, words
from stadtkern.site.staff.fleet.acts import ACTS
from stadtkern.site.staff.fleet.export import as_file
from stadtkern.site.staff.fleet.filters import FleetFilters, fleet
from stadtkern.site.staff.lists import ordered
from stadtkern.site.staff.page import page
from stadtkern.site.staff.uplinks import SIGNS as UPLINK_SIGNS

LAST_MESSAGES = 20


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The newest value of a datastream, if it has one, and whether it is too old."""

    stream: Datastream
    value: float | None
    at: datetime | None
    stale: bool


@staff("devices.see")
def devices(request: HttpRequest) -> HttpResponse:
    """The devices that pass the filters: as a table, on a map, or as a file."""
    found = listing.asked(FleetFilters(request))
    if (kind := request.GET.get("format", "")) in ("csv", "xlsx"):
        sort = request.GET.get("sort", "name")
        return as_file(ordered(found.rows, listing.COLUMNS, sort), kind)
    may_edit = person(request).may("devices.edit")
    query = saved.plain(request.GET)
    return page(
        request,
        "devices",
        found=found,
        filters=found.filters,
        listed=listing.paged(request, found),
        query=query,
        filtered=bool(query),
        view="map" if request.GET.get("view") == "map" else "table",
        saved=list(saved.offered(request)),
        save_form=saved.SaveForm(initial={"query": query}),
        acts=list(ACTS.values()) if may_edit else [],
        last_change=many.last_change(request) if may_edit else None,
        **_words(request),
    )


@staff("devices.see")
def device(request: HttpRequest, number: int) -> HttpResponse:
    """One device: how it is, its values, how it is heard, its last messages."""
    one = get_object_or_404(fleet().defer(None).defer("profile__codec", "keys"), pk=number)
    days = health.days_of(one)
    shown = values(one)
    span = signal.chosen(request, days)
    end = clock.now()
    start = end - history.RANGES[span][1]
    return page(
        request,
        "device",
        device=one,
        sentence=health.sentence(one),
        every=health.rhythm(one.expected),
        silent_words=health.silent_words(one) if one.last_seen else "",
        battery=health.battery_of(one, days),
        low_battery=one.battery is not None and one.battery < LOW_BATTERY,
        losses=health.losses(days),
        drift=health.drift(one),
        drawn=signal.lines(signal.heard(one, start, end)[1]),
        start=start,
        end=end,
        span=span,
        ranges=[(slug, title) for slug, (title, _length) in history.RANGES.items()],
        days=days[-30:][::-1],
        uplinks=list(one.uplinks.defer("raw").order_by("-time")[:LAST_MESSAGES]),
        values=shown,
        streams=[value.stream.pk for value in shown],
        bounds=_about(one),
        form=words.form_of(one),
        uplink_signs=UPLINK_SIGNS,
        panels=panels.shown(request, one),
        **_words(request),
    )


def values(device: Device) -> list[Shown]:
    """The newest values of the datastreams that the device feeds."""
    if device.thing_id is None:
        return []
    return [_shown(stream) for stream in Datastream.objects.to_show().filter(thing=device.thing_id)]


def _shown(stream: Datastream) -> Shown:
    latest: Latest | None = getattr(stream, "latest", None)
    if latest is None:
        return Shown(stream=stream, value=None, at=None, stale=True)
    limit = stream.stale_after
    stale = limit is not None and clock.age(latest.at) > limit
    return Shown(stream=stream, value=latest.value, at=latest.at, stale=stale)


def _about(device: Any) -> tuple[float, float, float, float] | None:
    """West, south, east, north of a small map about where it stands."""
    place = device.thing.place if device.thing else None
    if place is None or place.lon is None or place.lat is None:
        return None
    return (place.lon - 0.006, place.lat - 0.0035, place.lon + 0.006, place.lat + 0.0035)


def _words(request: HttpRequest) -> dict[str, Any]:
    return {"titles": TITLES, "signs": SIGNS, "may_edit": person(request).may("devices.edit")}
