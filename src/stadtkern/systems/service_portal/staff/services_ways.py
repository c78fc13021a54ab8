"""The ways online of a service: prepare, open, close; nothing is open that is not true."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.cases.catalogue import ways as deeds
from stadtkern.kernel.cases.models import Form, OnlineService, Service
from stadtkern.kernel.cases.models.service import DOORS
from stadtkern.kernel.people.access import staff
from stadtkern.systems.service_portal.staff.answer import page, person
from stadtkern.systems.service_portal.staff.services import SERVICES, may_edit


class WayForm(forms.Form):
    """A new way: our form, or where somebody else's service is."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=list(DOORS.items()))
    form = forms.ModelChoiceField(
        Form.objects.all(), label=gettext_lazy("Own form"), required=False,
        to_field_name="slug",
    )  # fmt: skip
    url = forms.URLField(
        label=gettext_lazy("Address of the other service"), required=False, max_length=500,
        assume_scheme="https",
    )  # fmt: skip
    provider = forms.CharField(
        label=gettext_lazy("Who runs it"), required=False, max_length=200
    )  # fmt: skip
    complete = forms.BooleanField(
        label=gettext_lazy("Everything goes online, also the decision"), required=False
    )

    def clean(self) -> dict[str, Any]:
        """An own way has a form, the others an address; never both."""
        said = super().clean() or {}
        if said.get("kind") == "own":
            said["url"] = ""
            if not said.get("form"):
                self.add_error("form", _("Choose the form to which it leads."))
        else:
            said["form"] = None
            if not said.get("url"):
                self.add_error("url", _("Write the address to which it leads."))
        return said


@staff(SERVICES)
@require_http_methods(["GET", "HEAD", "POST"])
def ways(request: HttpRequest, number: int) -> HttpResponse:
    """All ways of a service; a new one begins as being prepared."""
    one = _of(request, number)
    form = WayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            OnlineService.objects.create(service=one, **form.cleaned_data)
            record(person(request), "services.change", one, fields=["ways"])
        messages.success(request, _("Added. Open it when it is ready."))
        return redirect("service_portal-staff:service-ways", one.pk)
    rows = one.online.select_related("form")
    return page(request, "service_ways", service=one, form=form, rows=rows, doors=DOORS,
                status=422 if form.errors else 200)  # fmt: skip


@staff(SERVICES)
@require_POST
def act(request: HttpRequest, number: int, way: int) -> HttpResponse:
    """Open or close one; what cannot be opened says why."""
    one = _of(request, number)
    row = get_object_or_404(OnlineService.objects.select_related("service"), pk=way, service=one)
    try:
        if request.POST.get("do") == "open":
            deeds.open_way(row, person(request))
            messages.success(request, _("Open. People find it from now on."))
        else:
            deeds.close_way(row, person(request))
            messages.success(request, _("Closed. The service is described, nothing more."))
    except deeds.NotReady as why:
        messages.error(request, str(why))
    return redirect("service_portal-staff:service-ways", one.pk)


def _of(request: HttpRequest, number: int) -> Service:
    one = get_object_or_404(Service, pk=number)
    if not may_edit(person(request), one):
        raise PermissionDenied
    return one
