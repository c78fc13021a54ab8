"""Putting another device in the place of one that is broken."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.devices.onboarding import label, making, serving
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.onboarding.label import LabelForm, _read
from stadtkern.site.staff.onboarding.summary import decode_earlier
from stadtkern.site.staff.page import page


class ReplaceForm(LabelForm):
    """The new device's label; one that is known may come in, so long as it feeds nothing."""

    def clean_label(self) -> label.Label:
        found: label.Label = _read(label.read, self.cleaned_data["label"])
        known = Device.objects.filter(dev_eui=found.dev_eui).first()
        if known is not None and known.thing_id is not None:
            raise ValidationError(
                _("This DevEUI belongs to “%(name)s” already."), params={"name": known.name}
            )
        return found


@staff("devices.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def replace(request: HttpRequest, number: int) -> HttpResponse:
    """The new device takes over the thing, with its place, its names and its history."""
    rows = Device.objects.select_related("thing__place", "profile")
    device = get_object_or_404(rows, pk=number)
    form = ReplaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said: label.Label = form.cleaned_data["label"]
        key = form.cleaned_data["app_key"] or said.app_key
        try:
            new = serving.replace(
                device,
                said.dev_eui,
                actor=person(request),
                sealed=making.seal({"app_key": key}),
                join_eui=form.cleaned_data["join_eui"] or said.join_eui,
            )
        except ValueError:
            form.add_error("label", _("This device is busy elsewhere, or it is the same."))
        else:
            decode_earlier(new, person(request))
            messages.success(
                request, _("The new device has taken over. The old one is out of service.")
            )
            return redirect("staff-device", new.pk)
    status = 422 if form.errors else 200
    return page(request, "onboarding/replace", form=form, device=device, status=status)
