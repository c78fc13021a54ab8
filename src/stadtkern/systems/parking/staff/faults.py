"""The list of faults: what cannot be right, why, and what to do next."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import Place
from stadtkern.systems.parking.bays import SITE
from stadtkern.systems.parking.logic import faults
from stadtkern.systems.parking.models import FAULTS, Fault
from stadtkern.systems.parking.staff.answer import page, person

PER_PAGE = 50
STATES = (("", _("open")), ("checked", _("checked")), ("ended", _("ended")), ("all", _("all")))
HEADS = (
    _("Car park"), _("Bay"), _("Fault"), _("Since"), _("Until"), _("What was seen"),
    _("What to do"),
)  # fmt: skip


class Filters(forms.Form):
    """By kind, car park, state, and a word in the name of the place."""

    q = forms.CharField(
        label=_("Bay or car park"), required=False, widget=forms.TextInput({"type": "search"})
    )
    kind = forms.ChoiceField(
        label=_("Fault"), required=False, choices=[("", _("all")), *FAULTS.items()]
    )
    site = forms.ModelChoiceField(
        Place.objects.of_kind(SITE), label=_("Car park"), required=False, empty_label=_("all"),
        to_field_name="public_id",
    )  # fmt: skip
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)

    def chosen(self) -> QuerySet[Fault]:
        """The faults that are asked for; a filter that makes no sense lets everything pass."""
        said = self.cleaned_data
        rows = Fault.objects.select_related("place__parent", "thing")
        state = {
            "": Q(until=None, checked_at=None), "checked": Q(until=None, checked_at__isnull=False),
            "ended": Q(until__isnull=False), "all": Q(),
        }  # fmt: skip
        rows = rows.filter(state[said.get("state") or ""])
        if said.get("kind"):
            rows = rows.filter(kind=said["kind"])
        if said.get("site"):
            rows = rows.filter(Q(place=said["site"]) | Q(place__parent=said["site"]))
        if said.get("q"):
            word = said["q"].strip()
            rows = rows.filter(
                Q(place__name__icontains=word) | Q(place__parent__name__icontains=word)
            )
        return rows


@staff("parking.see_bays")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The faults that the address asks for, on pages or as a file."""
    filters = Filters(request.GET)
    filters.is_valid()
    rows = filters.chosen()
    if request.GET.get("as") == "csv":
        return csv_file("parking-faults", HEADS, (_cells(one) for one in rows[:LONGEST]))
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    return page(
        request, "faults", filters=filters, listed=listed,
        rows=[(one, faults.words(one), faults.advice(one.kind)) for one in listed],
        query=query.urlencode(),
    )  # fmt: skip


@staff("parking.manage_sites")
@require_POST
def check(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody was there and found it right."""
    fault = get_object_or_404(Fault, pk=number, until=None)
    faults.checked(fault, person(request))
    messages.success(request, gettext("Noted. It no longer counts as a fault."))
    return redirect("parking-staff:faults")


def _cells(one: Fault) -> list[Any]:
    site = one.place.parent if one.place.parent and one.place.kind != SITE else one.place
    name = one.thing.name if one.thing else "" if site == one.place else one.place.title
    return [site.title, name, str(FAULTS[one.kind]), one.since, one.until, faults.words(one),
            faults.advice(one.kind)]  # fmt: skip
