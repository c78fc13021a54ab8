"""Making a profile from scratch, and changing what is said of one."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel import registry
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Profile
from stadtkern.kernel.devices.models.profile import CodecKind
from stadtkern.kernel.devices.repository.naming import slug as slug_of
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Sensor
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.page import page

# What a new codec begins with, so that it can be tried at once.
BEGIN = {
    CodecKind.JAVASCRIPT.value: (
        "function decodeUplink(input) {\n"
        "  var bytes = input.bytes;\n"
        "  return {\n"
        "    data: {\n"
        "      // temperature: ((bytes[0] << 8) | bytes[1]) / 10,\n"
        "    },\n"
        "  };\n"
        "}\n"
    ),
    CodecKind.FIELDS.value: (
        "{\n"
        '  "endian": "big",\n'
        '  "messages": [\n'
        "    {\n"
        '      "fields": [\n'
        '        {"name": "temperature", "at": 0, "length": 2, "type": "signed", "factor": 0.1}\n'
        "      ]\n"
        "    }\n"
        "  ]\n"
        "}\n"
    ),
}


class FactsForm(forms.Form):
    """What is said of a device model."""

    title = forms.CharField(label=_("Name"), max_length=200)
    vendor = forms.CharField(label=_("Vendor"), max_length=120)
    model = forms.CharField(label=_("Model"), max_length=120)
    every = forms.IntegerField(
        label=_("Sends every … minutes"),
        min_value=1,
        max_value=60 * 24 * 31,
        initial=60,
        help_text=_("Until the platform has learned it from real messages."),
    )


class NewForm(FactsForm):
    """What is asked of a new profile."""

    codec_kind = forms.ChoiceField(
        label=_("How its messages are read"),
        choices=CodecKind.choices,
        widget=forms.RadioSelect,
        initial=CodecKind.JAVASCRIPT,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors and Profile.objects.filter(slug=self.slug()).exists():
            self.add_error("model", ValidationError(_("A profile of this model exists already.")))
        return data

    def slug(self) -> str:
        """The name of the profile for programs."""
        return slug_of(self.cleaned_data["vendor"], self.cleaned_data["model"])


class ChangeForm(FactsForm):
    """What can be changed of a profile."""

    battery = forms.CharField(
        label=_("Field of the battery"),
        max_length=80,
        required=False,
        help_text=_("As the codec calls it, such as battery.value."),
    )


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new profile; its codec is written next."""
    form = NewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        one = _created(form, actor=person(request))
        messages.success(request, _("The profile is made. Now write its codec."))
        plain = one.codec_kind in (CodecKind.NONE, CodecKind.CAYENNE)
        return redirect("staff-mapping" if plain else "staff-codec", one.pk)
    return page(request, "profile_new", form=form, status=422 if form.errors else 200)


def _created(form: NewForm, *, actor: Any) -> Profile:
    data = form.cleaned_data
    with transaction.atomic():
        sensor = Sensor.objects.create(
            name=f"{data['vendor']} {data['model']}"[:200], description=data["title"]
        )
        one = Profile.objects.create(
            slug=form.slug(),
            title=data["title"],
            vendor=data["vendor"],
            model=data["model"],
            codec_kind=data["codec_kind"],
            codec=BEGIN.get(data["codec_kind"], ""),
            uplink_every=timedelta(minutes=data["every"]),
            sensor=sensor,
        )
        record(actor, "devices.profile_create", one, slug=one.slug, title=one.title)
    return one


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Another name or interval. Where a system declares the profile, it has the last word."""
    one = get_object_or_404(Profile, pk=number)
    form = ChangeForm(request.POST or None, initial=_present(one))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            _changed(one, form.cleaned_data, actor=person(request))
        messages.success(request, _("The profile is saved."))
        return redirect("staff-profile", one.pk)
    return page(
        request,
        "profile_change",
        form=form,
        profile=one,
        declared=one.slug in registry.profiles(),
        status=422 if form.errors else 200,
    )


def _changed(one: Profile, data: dict[str, Any], *, actor: Any) -> None:
    before = _present(one)
    one.title, one.vendor, one.model = data["title"], data["vendor"], data["model"]
    one.uplink_every, one.battery = timedelta(minutes=data["every"]), data["battery"]
    one.save(update_fields=["title", "vendor", "model", "uplink_every", "battery"])
    record(actor, "devices.profile_change", one, before=before, after=_present(one))


def _present(one: Profile) -> dict[str, Any]:
    return {
        "title": one.title,
        "vendor": one.vendor,
        "model": one.model,
        "every": max(1, round(one.uplink_every.total_seconds() / 60)),
        "battery": one.battery,
    }
