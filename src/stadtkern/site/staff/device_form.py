"""Making a device and changing one: where it stands decides which thing it feeds."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Device, Profile, Uplink
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import Thing
from stadtkern.site.staff.dev_eui import DevEuiField
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page
from stadtkern.site.staff.place_choice import PlaceChoiceForm


class DeviceForm(PlaceChoiceForm):
    """What is asked of a new device."""

    dev_eui = DevEuiField()
    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("As your colleagues call it, such as “P+R north, bay 12”."),
    )
    profile = forms.ModelChoiceField(
        Profile.objects.all(),
        label=_("Device profile"),
        empty_label=_("please choose"),
        help_text=_("The device model. It brings the codec that reads its messages."),
    )
    field_order = ("dev_eui", "name", "profile", "where", "place")

    def clean_dev_eui(self) -> str:
        eui = str(self.cleaned_data["dev_eui"])
        if known := Device.objects.filter(dev_eui=eui).first():
            raise ValidationError(
                _("This DevEUI belongs to “%(name)s” already."), params={"name": known.name}
            )
        return eui


class DeviceChangeForm(PlaceChoiceForm):
    """What can be changed of a device; its DevEUI stays."""

    name = forms.CharField(label=_("Name"), max_length=200)
    profile = forms.ModelChoiceField(Profile.objects.all(), label=_("Device profile"))
    field_order = ("name", "profile", "where", "place")


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new device; what it sent before it was known becomes its own."""
    form = DeviceForm(request.POST or None, initial={"dev_eui": request.GET.get("dev_eui", "")})
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            device = _created(form, actor=person(request))
            earlier = adopt(device)
        messages.success(request, _("The device “%(name)s” is made.") % {"name": device.name})
        if earlier:
            return _to_decoding(request, device, earlier)
        return redirect("staff-device", device.pk)
    return page(request, "device_new", form=form, status=422 if form.errors else 200)


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Another name, profile or place."""
    rows = Device.objects.select_related("profile", "thing__place")
    device = get_object_or_404(rows, pk=number)
    form = DeviceChangeForm(request.POST or None, initial=_present(device))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            _changed(device, form, actor=person(request))
        messages.success(request, _("The device is saved."))
        return redirect("staff-device", device.pk)
    return page(
        request, "device_change", form=form, device=device, status=422 if form.errors else 200
    )


def _created(form: DeviceForm, *, actor: Any) -> Device:
    data = form.cleaned_data
    device = Device.objects.create(
        dev_eui=data["dev_eui"],
        name=data["name"],
        profile=data["profile"],
        thing=thing_at(form.chosen_place(), data["profile"], data["name"]),
    )
    record(
        actor,
        "devices.create",
        device,
        dev_eui=device.dev_eui,
        name=device.name,
        profile=device.profile.slug,
        thing=device.thing_id,
    )
    return device


def _changed(device: Device, form: DeviceChangeForm, *, actor: Any) -> None:
    before = {"name": device.name, "profile": device.profile.slug, "thing": device.thing_id}
    data = form.cleaned_data
    device.name, device.profile = data["name"], data["profile"]
    place = form.chosen_place()
    if device.thing is None or device.thing.place_id != place.pk or "profile" in form.changed_data:
        device.thing = thing_at(place, device.profile, device.name)
    device.save(update_fields=["name", "profile", "thing"])
    record(
        actor,
        "devices.change",
        device,
        before=before,
        name=device.name,
        profile=device.profile.slug,
        thing=device.thing_id,
    )


def thing_at(place: Place, profile: Profile, name: str) -> Thing:
    """The thing of the profile's kind at this place: the one there is, or a new one."""
    kind = registry.thing_kinds()[profile.thing_kind]
    read = {measure["property"] for measure in profile.measures}
    observed = tuple(o.slug for o in kind.observes if o.slug in read)
    return provision.things(
        profile.thing_kind,
        [(place, name)],
        sensor=profile.sensor,
        only=observed,
        source=registry.city().title,
    )[0]


def adopt(device: Device) -> int:
    """Give a new device the uplinks that came in before it was known; returns how many."""
    strangers = Uplink.objects.in_trouble().filter(dev_eui=device.dev_eui, device=None)
    return strangers.update(device=device)


def _present(device: Device) -> dict[str, Any]:
    place = device.thing.place if device.thing else None
    return {
        "name": device.name,
        "profile": device.profile_id,
        "where": "known",
        "place": str(place.public_id) if place else "",
    }


def _to_decoding(request: HttpRequest, device: Device, earlier: int) -> HttpResponse:
    text = ngettext(
        "It has sent %(count)d message before. Decode it now, so that nothing is lost.",
        "It has sent %(count)d messages before. Decode them now, so that nothing is lost.",
        earlier,
    )
    messages.info(request, text % {"count": earlier})
    return redirect(reverse("staff-decode") + f"?device={device.dev_eui}")
