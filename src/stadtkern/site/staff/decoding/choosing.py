"""Choosing messages to decode again, with a look at what it would change."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max, Min, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.contract import State
from stadtkern.kernel.devices.models import Device, Outcome, Profile, Uplink
from stadtkern.kernel.devices.redecode import Preview, Selection, begin, preview
from stadtkern.kernel.devices.redecode.preview import Tried
from stadtkern.kernel.devices.redecode.stored import Difference
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Datastream
from stadtkern.site.staff.dev_eui import readable
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

LOCAL = "%Y-%m-%dT%H:%M"
# A run names its devices one by one.
MOST_DEVICES = 5000
ROWS = 200
KINDS = {
    "changed": _("changed"),
    "added": _("new"),
    "gone": _("gone"),
    "failed": _("failed"),
    "same": _("the same"),
}
SIGNS: dict[str, State] = {
    "changed": "tight",
    "added": "good",
    "gone": "bad",
    "failed": "bad",
    "same": "none",
}


class DecodeForm(forms.Form):
    """Which messages: of a device or a profile, in a range of time, read by some codec version."""

    device = forms.CharField(
        label=_("Name or DevEUI"),
        required=False,
        max_length=4000,
        help_text=_("All devices whose name or DevEUI has this in it."),
    )
    profile = forms.ModelChoiceField(
        Profile.objects.defer("codec", "examples"),
        label=_("Device profile"),
        required=False,
        empty_label=_("any"),
        to_field_name="slug",
    )
    start = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput({"type": "datetime-local"}, LOCAL)
    )
    end = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, LOCAL)
    )
    version = forms.IntegerField(
        label=_("Read with codec version"),
        required=False,
        min_value=1,
        max_value=2_000_000_000,
        help_text=_("Only messages that this version has read; empty: all."),
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False, choices=[("", _("all")), *Outcome.choices]
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        if data["start"] >= data["end"]:
            self.add_error("end", _("The end must be later than the beginning."))
        if not data["device"] and not data["profile"]:
            self.add_error("device", _("Name a device, or choose a profile."))
        elif not self.devices:
            self.add_error("device", _("There is no such device. Check name, DevEUI and profile."))
        elif len(self.devices) > MOST_DEVICES:
            text = _("These are more than %(most)d devices. Narrow the name down.")
            self.add_error("device", ValidationError(text, params={"most": MOST_DEVICES}))
        return data

    @cached_property
    def devices(self) -> tuple[int, ...]:
        """The ids of the devices that are meant."""
        rows = Device.objects.order_by("id")
        if profile := self.cleaned_data["profile"]:
            rows = rows.filter(profile=profile)
        if text := self.cleaned_data["device"]:
            eui = readable(text)
            if "," in text:  # several, as the list of devices hands them over
                return tuple(rows.filter(dev_eui__in=_euis(text)).values_list("id", flat=True))
            rows = rows.filter(Q(dev_eui=eui) | Q(name__icontains=text) | Q(dev_eui__contains=eui))
        return tuple(rows.values_list("id", flat=True)[: MOST_DEVICES + 1])

    def selection(self) -> Selection:
        """The messages that are meant."""
        data = self.cleaned_data
        return Selection(
            devices=self.devices,
            start=data["start"],
            end=data["end"],
            version=data["version"],
            outcome=data["outcome"],
        )


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One line of the comparison: a datastream of a message, or a message that failed."""

    tried: Tried
    kind: str
    stream: Datastream | None = None
    difference: Difference | None = None


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def decode(request: HttpRequest) -> HttpResponse:
    """Choose messages, look at what would change, start."""
    if request.method == "POST":
        form = DecodeForm(request.POST)
        if form.is_valid():
            return redirect("staff-decode-run", begin(form.selection(), actor=person(request)).pk)
    elif "start" in request.GET:
        form = DecodeForm(request.GET)
    else:
        form = DecodeForm(initial=_whole(request.GET))
    said: dict[str, Any] = {"form": form, "kinds": KINDS, "signs": SIGNS}
    if form.is_bound and form.is_valid():
        said |= _previewed(preview(form.selection())) | {"count": len(form.devices)}
    return page(request, "decoding/choose", status=422 if form.errors else 200, **said)


def _previewed(found: Preview) -> dict[str, Any]:
    streams = {one.stream for row in found.tried for one in row.differences}
    rows = Datastream.objects.filter(id__in=streams).select_related("observed_property")
    lines = shown(found.tried, {stream.pk: stream for stream in rows})
    counts = [(kind, title, found.counts[kind]) for kind, title in KINDS.items()]
    return {
        "preview": found,
        "counts": counts,
        "lines": lines[:ROWS],
        "more": max(0, len(lines) - ROWS),
    }


def shown(tried: list[Tried], streams: dict[int, Datastream]) -> list[Shown]:
    """What differs, line by line; nothing of what stays the same."""
    lines = []
    for row in tried:
        if row.problem:
            lines.append(Shown(tried=row, kind="failed"))
        lines += [
            Shown(tried=row, kind=one.kind, stream=streams.get(one.stream), difference=one)
            for one in row.differences
            if one.kind != "same"
        ]
    return lines


def _whole(given: QueryDict) -> dict[str, Any]:
    """The form's first values: everything that this device, or these devices, ever sent."""
    rows = Uplink.objects.none()
    initial: dict[str, Any] = {name: given.get(name, "") for name in DecodeForm.base_fields}
    if euis := _euis(given.get("device", "")):
        rows = Uplink.objects.filter(device__dev_eui__in=euis)
    elif given.get("profile"):
        rows = Uplink.objects.filter(device__profile__slug=given["profile"])
    span = rows.aggregate(first=Min("time"), last=Max("time"))
    if span["first"] is not None:
        initial |= {"start": _minute(span["first"]), "end": _minute(span["last"], 1)}
    return initial


def _euis(text: str) -> list[str]:
    return [eui for one in text.split(",") if (eui := readable(one))]


def _minute(at: datetime, more: int = 0) -> datetime:
    return at.replace(second=0, microsecond=0) + timedelta(minutes=more)
