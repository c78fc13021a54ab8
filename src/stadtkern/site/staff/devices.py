"""The devices in the field: the list, and one device with what it sends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Datastream, Latest
from stadtkern.site.staff.csv_file import LONGEST, csv_file
from stadtkern.site.staff.dev_eui import readable
from stadtkern.site.staff.device_state import LOW_BATTERY, SIGNS, TITLES, with_state
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, Filters, any_of, listed, ordered
from stadtkern.site.staff.page import page
from stadtkern.site.staff.uplinks import SIGNS as UPLINK_SIGNS

COLUMNS = (
    Column(title=_("Name"), sort=("name",)),
    Column(title=_("State"), sort=("state",)),
    Column(title=_("Last heard"), sort=("last_seen",)),
    Column(title=_("Place"), sort=("thing__place__name",)),
    Column(title=_("Profile"), sort=("profile__title",)),
    Column(title=_("Battery"), sort=("battery",), num=True),
    Column(title=_("Signal"), sort=("rssi",), num=True),
)
HEADS = ("dev_eui", "name", "state", "last_seen", "place", "profile", "battery", "rssi", "snr",
         "problem")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The newest value of a datastream, if it has one, and whether it is too old."""

    stream: Datastream
    value: float | None
    at: datetime | None
    stale: bool


class DeviceFilters(Filters):
    """By name or DevEUI, state, profile, battery."""

    q = forms.CharField(label=_("Name or DevEUI"), widget=forms.TextInput({"type": "search"}))
    state = forms.ChoiceField(label=_("State"), choices=any_of(list(TITLES.items())))
    profile = forms.ModelChoiceField(
        Profile.objects.all(), label=_("Profile"), empty_label=_("all"), to_field_name="slug"
    )
    battery = forms.ChoiceField(
        label=_("Battery"), choices=any_of([("low", _("below 20 %")), ("unknown", _("unknown"))])
    )

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that pass."""
        if q := self.given("q"):
            rows = rows.filter(Q(name__icontains=q) | Q(dev_eui__contains=readable(q)))
        if state := self.given("state"):
            rows = rows.filter(state=state)
        if profile := self.given("profile"):
            rows = rows.filter(profile=profile)
        if battery := self.given("battery"):
            rows = (
                rows.filter(battery__lt=LOW_BATTERY)
                if battery == "low"
                else rows.filter(battery=None)
            )
        return rows


@staff("devices.see")
def devices(request: HttpRequest) -> HttpResponse:
    """All devices, as a page or as a file."""
    filters = DeviceFilters(request)
    rows = filters.apply(with_state(Device.objects.select_related("profile", "thing__place")))
    if request.GET.get("format") == "csv":
        chosen = ordered(rows, COLUMNS, request.GET.get("sort", ""))[:LONGEST]
        return csv_file("devices", HEADS, (_row(device) for device in chosen))
    found = listed(request, rows, COLUMNS, default="name")
    return page(request, "devices", listed=found, filters=filters, **_words(request))


@staff("devices.see")
def device(request: HttpRequest, number: int) -> HttpResponse:
    """One device: its state, its values, its last uplinks."""
    rows = with_state(Device.objects.select_related("profile", "thing__place"))
    one = get_object_or_404(rows, pk=number)
    uplinks = list(one.uplinks.defer("raw").order_by("-time")[:20])
    return page(
        request,
        "device",
        device=one,
        uplinks=uplinks,
        values=values(one),
        gateway=next((u.gateway for u in uplinks if u.gateway), ""),
        uplink_signs=UPLINK_SIGNS,
        low_battery=one.battery is not None and one.battery < LOW_BATTERY,
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


def _row(device: Any) -> tuple[Any, ...]:
    place = device.thing.place.name if device.thing and device.thing.place else ""
    return (
        device.dev_eui,
        device.name,
        TITLES[device.state],
        device.last_seen,
        place,
        device.profile.title,
        device.battery,
        device.rssi,
        device.snr,
        device.problem,
    )


def _words(request: HttpRequest) -> dict[str, Any]:
    return {"titles": TITLES, "signs": SIGNS, "may_edit": person(request).may("devices.edit")}
