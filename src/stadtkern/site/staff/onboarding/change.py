"""Changing a device: its name, model and keys; and standing it at another place."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.devices.onboarding import label, making, places, serving
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import Place
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.onboarding.place import WhereForm
from stadtkern.site.staff.page import page
from stadtkern.site.staff.place_choice import NewPlace


class ChangeForm(forms.Form):
    """What can be changed of a device; its DevEUI stays."""

    name = forms.CharField(label=_("Name"), max_length=200)
    profile = forms.ModelChoiceField(
        Profile.objects.defer("codec", "examples"), label=_("Device profile")
    )
    labels = forms.CharField(
        label=_("Labels"),
        required=False,
        max_length=400,
        help_text=_("Words to find it by, with commas; may stay empty."),
    )
    join_eui = forms.CharField(label=_("JoinEUI"), required=False, max_length=60)
    app_key = forms.CharField(
        label=_("New AppKey"),
        required=False,
        max_length=100,
        help_text=_("32 characters. It is sealed at once; empty leaves the present one."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_join_eui(self) -> str:
        given = self.cleaned_data["join_eui"]
        return _hex(label.eui, given, "JoinEUI") if given else ""

    def clean_app_key(self) -> str:
        given = self.cleaned_data["app_key"]
        return _hex(label.key, given, "AppKey") if given else ""

    def words(self) -> list[str]:
        """The labels."""
        return [w.strip()[:60] for w in self.cleaned_data["labels"].split(",") if w.strip()]


def _hex(read: Any, given: str, name: str) -> str:
    try:
        return str(read(given, name))
    except ValueError as error:
        raise ValidationError(str(error)) from None


class MoveForm(WhereForm):
    """Another place, and what becomes of the history."""

    along = forms.ChoiceField(
        label=_("What becomes of its values so far?"),
        initial="stay",
        widget=forms.RadioSelect,
        choices=[
            ("stay", _("They stay at the old place: it measures something new now.")),
            ("along", _("They move along: it is the same thing, only elsewhere.")),
        ],
    )


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Another name, profile, keys."""
    device = get_object_or_404(Device.objects.select_related("profile__sensor"), pk=number)
    form = ChangeForm(request.POST or None, initial=_present(device))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            _changed(device, form, actor=person(request))
        messages.success(request, _("The device is saved."))
        return redirect("staff-device", device.pk)
    status = 422 if form.errors else 200
    return page(request, "onboarding/change", form=form, device=device, status=status)


def _present(device: Device) -> dict[str, Any]:
    return {
        "name": device.name,
        "profile": device.profile_id,
        "labels": ", ".join(device.labels),
        "join_eui": device.join_eui,
    }


def _changed(device: Device, form: ChangeForm, *, actor: Any) -> None:
    before = {"name": device.name, "profile": device.profile.slug, "thing": device.thing_id}
    data = form.cleaned_data
    device.name, device.labels = data["name"], form.words()
    device.join_eui = data["join_eui"]
    if data["app_key"]:
        device.keys = making.seal({"app_key": data["app_key"]})
    if device.profile != data["profile"]:
        device.profile = data["profile"]
        serving.refit(device)
    device.save(update_fields=["name", "labels", "join_eui", "keys", "profile", "thing"])
    record(
        actor,
        "devices.change",
        device,
        before=before,
        name=device.name,
        profile=device.profile.slug,
        thing=device.thing_id,
        new_key=bool(data["app_key"]),
    )


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, number: int) -> HttpResponse:
    """Another place."""
    device = get_object_or_404(Device.objects.select_related("thing__place"), pk=number)
    form = MoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        there = _place(form.cleaned_data["chosen"])
        along = form.cleaned_data["along"] == "along"
        serving.move(device, there, along=along, actor=person(request))
        messages.success(
            request, _("The device stands at “%(place)s” now.") % {"place": there.name}
        )
        return redirect("staff-device", device.pk)
    status = 422 if form.errors else 200
    return page(request, "onboarding/move", form=form, device=device, status=status)


def _place(chosen: Place | NewPlace) -> Place | places.NewPlace:
    if isinstance(chosen, Place):
        return chosen
    return places.NewPlace(name=chosen.name, kind=chosen.kind, lon=chosen.lon, lat=chosen.lat)
