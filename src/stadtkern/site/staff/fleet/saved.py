"""Filters that staff keep under a name, for themselves or for all colleagues."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.devices.models import SavedFilter
from stadtkern.kernel.people.access import staff
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.fleet.filters import FleetFilters

# What of an address belongs to a filter; a page number does not.
KEPT = (*FleetFilters.base_fields, "sort", "view")


class SaveForm(forms.Form):
    """A name for the filter that the list has now."""

    name = forms.CharField(label=_("Name of this filter"), max_length=80)
    shared = forms.BooleanField(label=_("for all colleagues"), required=False)
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        return plain(QueryDict(self.cleaned_data["query"]))


def plain(query: QueryDict) -> str:
    """The part of an address that a filter keeps, in a fixed order."""
    kept = QueryDict(mutable=True)
    for name in KEPT:
        if value := query.get(name, ""):
            kept[name] = value
    return kept.urlencode()


def offered(request: HttpRequest) -> QuerySet[SavedFilter]:
    """This person's filters and those that colleagues share."""
    mine = Q(owner=person(request)) | Q(shared=True)
    return SavedFilter.objects.filter(mine).select_related("owner")


@staff("devices.see")
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the present filter; one of the same name is replaced."""
    form = SaveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please give the filter a name of at most 80 characters."))
        return redirect(_back(plain(QueryDict(request.POST.get("query", "")))))
    said: dict[str, Any] = form.cleaned_data
    with transaction.atomic():
        SavedFilter.objects.update_or_create(
            owner=person(request),
            name=said["name"],
            defaults={"query": said["query"], "shared": said["shared"]},
        )
        if said["shared"]:
            record(person(request), "devices.filter", said["name"], query=said["query"])
    messages.success(request, _("The filter “%(name)s” is saved.") % {"name": said["name"]})
    return redirect(_back(said["query"]))


@staff("devices.see")
@require_POST
def forget(request: HttpRequest, number: int) -> HttpResponse:
    """Forget one of one's own filters."""
    one = get_object_or_404(SavedFilter, pk=number, owner=person(request))
    one.delete()
    messages.success(request, _("The filter “%(name)s” is deleted.") % {"name": one.name})
    return redirect("staff-devices")


def _back(query: str) -> str:
    return reverse("staff-devices") + (f"?{query}" if query else "")
