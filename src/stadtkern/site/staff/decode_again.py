"""Decoding kept messages again, once a codec or a device has been put right."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.devices.models import Device, Uplink
from stadtkern.kernel.devices.redecode import Redecoded, redecode
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.dev_eui import DevEuiField
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

# What a person can wait for in front of the page; about 20 seconds.
MOST = 20_000
MOMENT = timedelta(microseconds=1)
LOCAL = "%Y-%m-%dT%H:%M"


class DecodeForm(forms.Form):
    """A device and a range of time."""

    device = DevEuiField()
    start = forms.DateTimeField(
        label=_("From"), widget=forms.DateTimeInput({"type": "datetime-local"}, LOCAL)
    )
    end = forms.DateTimeField(
        label=_("Until"), widget=forms.DateTimeInput({"type": "datetime-local"}, LOCAL)
    )

    def clean_device(self) -> Device:
        device = Device.objects.filter(dev_eui=self.cleaned_data["device"]).first()
        if device is None:
            raise ValidationError(_("There is no device with this DevEUI. Create it first."))
        return device

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        if data["start"] >= data["end"]:
            self.add_error("end", _("The end must be later than the beginning."))
            return data
        count = self.uplinks().count()
        if count > MOST:
            self.add_error(
                "end",
                _("In this time lie %(count)s messages. Choose a shorter time: %(most)s at most.")
                % {"count": number_format(count), "most": number_format(MOST)},
            )
        return data

    def uplinks(self) -> Any:
        """The messages that would be decoded."""
        data = self.cleaned_data
        return Uplink.objects.filter(
            device=data["device"], time__gte=data["start"], time__lt=data["end"]
        )


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def decode(request: HttpRequest) -> HttpResponse:
    """All messages of a device in a range of time, through its present codec."""
    form = DecodeForm(request.POST or None, initial=_whole(request.GET.get("device", "")))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done = redecode([data["device"].pk], data["start"], data["end"], actor=person(request))
        _tell(request, done)
        return redirect("staff-device", data["device"].pk)
    return page(request, "decode", form=form, status=422 if form.errors else 200)


@staff("devices.edit")
@require_POST
def decode_one(request: HttpRequest, number: int) -> HttpResponse:
    """One message through its device's present codec."""
    uplink = get_object_or_404(Uplink.objects.defer("raw"), pk=number)
    device = Device.objects.filter(dev_eui=uplink.dev_eui).first() if uplink.dev_eui else None
    if device is None:
        messages.error(request, _("This message belongs to no device. Create the device first."))
    else:
        _tell(
            request, redecode([device.pk], uplink.time, uplink.time + MOMENT, actor=person(request))
        )
    return redirect("staff-uplink", number)


def _whole(dev_eui: str) -> dict[str, Any]:
    """The form's first values: everything that this device ever sent."""
    span = Uplink.objects.filter(device__dev_eui=dev_eui).aggregate(
        first=Min("time"), last=Max("time")
    )
    if not dev_eui or span["first"] is None:
        return {"device": dev_eui}
    return {"device": dev_eui, "start": _minute(span["first"]), "end": _minute(span["last"], 1)}


def _minute(at: datetime, more: int = 0) -> datetime:
    return at.replace(second=0, microsecond=0) + timedelta(minutes=more)


def _tell(request: HttpRequest, done: Redecoded) -> None:
    said = {"uplinks": done.uplinks, "observations": done.observations, "failed": done.failed}
    if done.failed:
        text = _("%(uplinks)d messages decoded again, %(failed)d failed; %(observations)d values.")
        messages.warning(request, text % said)
    else:
        text = _("%(uplinks)d messages decoded again: %(observations)d values.")
        messages.success(request, text % said)
