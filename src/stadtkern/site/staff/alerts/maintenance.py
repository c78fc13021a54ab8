"""Maintenance: times and places in which nothing is raised."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import maintenance as windows
from stadtkern.kernel.alerts.models import Maintenance
from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import Device, Network, Profile
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import Place
from stadtkern.site.staff.alerts import signs
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Column, listed
from stadtkern.site.staff.page import page

COLUMNS = (
    Column(title=_("What is done"), sort=("title",)),
    Column(title=_("State")),
    Column(title=_("From"), sort=("starts",)),
    Column(title=_("Until"), sort=("ends",)),
    Column(title=_("Covers")),
    Column(title=_("Change")),
)


def moment(label: Any) -> forms.DateTimeField:
    """A date and time by the city's clock, as browsers ask for one."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M"])


class MaintenanceForm(forms.Form):
    """When and where work is done."""

    title = forms.CharField(label=_("What is done"), max_length=200)
    starts = moment(_("From"))
    ends = moment(_("Until"))
    weekly = forms.BooleanField(label=_("Again each week"), required=False)
    weekly_until = forms.DateField(
        label=_("The last week"), required=False, widget=forms.DateInput({"type": "date"}),
        help_text=_("Empty: until you end it."),
    )  # fmt: skip
    place = forms.CharField(
        label=_("Place"), required=False, max_length=200,
        help_text=_("Its name; what stands in it is covered too."),
    )  # fmt: skip
    label = forms.CharField(label=_("Devices with this label"), required=False, max_length=80)
    profile = forms.ModelChoiceField(
        Profile.objects.all(), label=_("Device profile"), required=False, empty_label=_("all")
    )
    network = forms.ModelChoiceField(
        Network.objects.all(), label=_("Network"), required=False, empty_label=_("all")
    )
    device = forms.CharField(label=_("DevEUI"), required=False, max_length=64)

    def clean_place(self) -> Place | None:
        name = self.cleaned_data["place"].strip()
        if not name:
            return None
        places = list(Place.objects.filter(name__iexact=name)[:2])
        if not places:
            raise forms.ValidationError(_("No place has this name."))
        if len(places) > 1:
            raise forms.ValidationError(_("Several places have this name. Use a label instead."))
        return places[0]

    def clean_device(self) -> Device | None:
        eui = self.cleaned_data["device"].strip().lower()
        if not eui:
            return None
        found = Device.objects.filter(dev_eui=eui).first()
        if found is None:
            raise forms.ValidationError(_("No device has this DevEUI."))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("The end lies before the beginning."))
        return data


@staff("alerts.see")
def listing(request: HttpRequest) -> HttpResponse:
    """All windows, the newest first."""
    rows = Maintenance.objects.select_related("place", "profile", "network", "device")
    found = listed(request, rows, COLUMNS)
    now = clock.now()
    return page(
        request, "alerts/maintenance", listed=found,
        shown=[(one, windows.is_on(one, now), _is_over(one, now)) for one in found.page],
        **signs.words(request),
    )  # fmt: skip


def _is_over(window: Maintenance, now: Any) -> bool:
    if not window.weekly:
        return bool(window.ends <= now)
    return bool(window.weekly_until and window.weekly_until < now.date())


@staff("alerts.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """A new window."""
    form = MaintenanceForm(request.POST or None, initial={"starts": clock.now()})
    if request.method == "POST" and form.is_valid():
        who = person(request)
        with transaction.atomic():
            window = Maintenance.objects.create(**form.cleaned_data, author=str(who))
            record(
                who, "alerts.maintenance", window, title=window.title,
                starts=window.starts.isoformat(), ends=window.ends.isoformat(),
            )  # fmt: skip
        messages.success(request, _("The maintenance is noted."))
        return redirect("staff-maintenance")
    status = 422 if form.errors else 200
    return page(request, "alerts/maintenance_new", form=form, status=status, **signs.words(request))


@staff("alerts.edit")
@require_POST
def end(request: HttpRequest, number: int) -> HttpResponse:
    """End a window now, or its weeks; one that has not begun is taken away."""
    with transaction.atomic():
        window = get_object_or_404(Maintenance.objects.select_for_update(), pk=number)
        record(person(request), "alerts.maintenance_end", window, title=window.title)
        if window.starts >= clock.now():
            window.delete()
        else:
            window.ends = min(window.ends, clock.now())
            window.weekly = False
            window.save(update_fields=["ends", "weekly"])
    messages.success(request, _("The maintenance has ended."))
    return redirect("staff-maintenance")
