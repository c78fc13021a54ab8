"""What colleagues write about a device: labels and a note."""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.fleet.acts import MOST_LABELS

LONGEST = 40


class WordsForm(forms.Form):
    """Labels in a row, and a few sentences."""

    labels = forms.CharField(
        label=_("Labels"),
        required=False,
        max_length=MOST_LABELS * (LONGEST + 2),
        help_text=_("Separated by commas, such as “school, round 2”."),
    )
    note = forms.CharField(
        label=_("Note for colleagues"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Such as where the key is, or how to get to the device."),
    )

    def clean_labels(self) -> list[str]:
        words = [word.strip() for word in self.cleaned_data["labels"].split(",")]
        found = list(dict.fromkeys(word for word in words if word))
        if len(found) > MOST_LABELS or any(len(word) > LONGEST for word in found):
            raise ValidationError(
                _("At most %(count)d labels of at most %(length)d characters."),
                params={"count": MOST_LABELS, "length": LONGEST},
            )
        return found


def form_of(device: Device) -> WordsForm:
    """The form with what is written now."""
    return WordsForm(initial={"labels": ", ".join(device.labels), "note": device.note})


@staff("devices.edit")
@require_POST
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Other labels, another note."""
    get_object_or_404(Device.objects.only("id"), pk=number)
    form = WordsForm(request.POST)
    if not form.is_valid():
        for problem in form.errors.values():
            messages.error(request, " ".join(str(one) for one in problem))
        return redirect("staff-device", number)
    said = form.cleaned_data
    with transaction.atomic():
        device = Device.objects.select_for_update(no_key=True).get(pk=number)
        before = {"labels": device.labels, "note": device.note}
        if before != {"labels": said["labels"], "note": said["note"]}:
            device.labels, device.note = said["labels"], said["note"]
            device.save(update_fields=["labels", "note"])
            record(person(request), "devices.words", device, before=before, labels=device.labels)
    messages.success(request, _("The device is saved."))
    return redirect("staff-device", number)
