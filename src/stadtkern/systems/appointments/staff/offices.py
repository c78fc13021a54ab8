"""An office: name, place, how people book there."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.bookings.models import Calendar, Resource
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.appointments.models import Office
from stadtkern.systems.appointments.staff.answer import office_of, page, person

if TYPE_CHECKING:
    OfficeModel = forms.ModelForm[Office]
else:
    OfficeModel = forms.ModelForm

KIND = "appointments.office"


class OfficeForm(OfficeModel):
    """What stands in the office's row, and name and address, which stand elsewhere."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=200, required=False)
    street = forms.CharField(label=gettext_lazy("Street"), max_length=200, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=10, required=False)
    town = forms.CharField(label=gettext_lazy("Town"), max_length=100, required=False)
    lon = forms.FloatField(
        label=gettext_lazy("Longitude"), required=False, min_value=-180, max_value=180
    )
    lat = forms.FloatField(
        label=gettext_lazy("Latitude"), required=False, min_value=-90, max_value=90
    )
    active = forms.BooleanField(label=gettext_lazy("Takes bookings"), required=False, initial=True)

    class Meta:
        model = Office
        fields = ("slug", "about", "about_en", "access", "access_en", "phone", "email",
                  "most_open", "hold_minutes", "freed_minutes", "check_mail", "prove",
                  "discreet", "weight")  # fmt: skip
        widgets = {
            "about": forms.Textarea({"rows": 2}), "about_en": forms.Textarea({"rows": 2}),
        }  # fmt: skip
        help_texts = {
            "most_open": gettext_lazy("0: any number."),
            "freed_minutes": gettext_lazy(
                "Slots cancelled online are free again after up to so many minutes at random."
            ),
        }

    field_order = ("name", "name_en", "slug", "street", "postcode", "town", "lon", "lat", "active")

    def clean(self) -> dict[str, Any]:
        """A position has both numbers or none."""
        said = super().clean() or {}
        if (said.get("lon") is None) != (said.get("lat") is None):
            self.add_error("lat", _("Please enter both, longitude and latitude."))
        return said


@staff("appointments.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str = "") -> HttpResponse:
    """An office, or a new one with an empty calendar."""
    office = office_of(request, slug) if slug else None
    form = OfficeForm(request.POST or None, instance=office, initial=_known(office))
    if request.method == "POST" and form.is_valid():
        saved = _save(request, form)
        messages.success(request, _("Saved."))
        name = "appointments-staff:office" if office else "appointments-staff:hours"
        return redirect(name, saved.slug)
    return page(request, "office", office=office, form=form, tab="office",
                status=422 if form.errors else 200)  # fmt: skip


def _known(office: Office | None) -> dict[str, Any]:
    if office is None:
        return {}
    resource, place = office.resource, office.resource.place
    said = {"name": resource.name, "name_en": resource.name_en, "active": resource.active}
    if place is not None:
        said |= {key: getattr(place, key) for key in ("street", "postcode", "town", "lon", "lat")}
    return said


def _save(request: HttpRequest, form: OfficeForm) -> Office:
    said = form.cleaned_data
    with transaction.atomic():
        office: Office = form.save(commit=False)
        if office.pk is None:
            calendar = Calendar.objects.create(name=said["name"], zone=city_zone().key)
            office.resource = Resource(kind=KIND, calendar=calendar)
        resource = office.resource
        resource.name, resource.name_en = said["name"], said["name_en"]
        resource.active = said["active"]
        resource.place = _place(resource.place or Place(kind=KIND), said)
        resource.save()
        office.resource = resource
        office.save()
        record(person(request), "appointments.office", office, changed=form.changed_data)
    return office


def _place(place: Place, said: dict[str, Any]) -> Place:
    place.name, place.name_en = said["name"], said["name_en"]
    place.street, place.postcode, place.town = said["street"], said["postcode"], said["town"]
    place.geometry = point(said["lon"], said["lat"]) if said["lon"] is not None else None
    place.save()
    return place
