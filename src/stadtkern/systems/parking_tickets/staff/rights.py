"""Rights to park for staff: a list with filters, and one with its changes and its price."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets.models import SOURCES, STATES, Operator, Session, Zone
from stadtkern.systems.parking_tickets.staff.answer import page

PER_PAGE = 50


class FilterForm(forms.Form):
    """What the list is narrowed to. Plates are not asked for here: that is a check."""

    q = forms.CharField(label=gettext_lazy("Confirmation number"), required=False, max_length=40)
    zone = forms.ChoiceField(label=gettext_lazy("Zone"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("Sold by"), required=False)
    operator = forms.ChoiceField(label=gettext_lazy("App"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    day = forms.DateField(label=gettext_lazy("Begun on"), required=False,
                          widget=forms.DateInput({"type": "date"}))  # fmt: skip

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        every = [("", _("all"))]
        choices: dict[str, list[Any]] = {
            "zone": list(Zone.objects.values_list("number", "number")),
            "operator": list(Operator.objects.values_list("slug", "name")),
            "source": list(SOURCES.items()), "state": list(STATES.items()),
        }  # fmt: skip
        for name, found in choices.items():
            self.fields[name].choices = [*every, *found]  # type: ignore[attr-defined]


@staff("parking_tickets.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Rights, the newest first; as CSV without plates with `?format=csv`."""
    form = FilterForm(request.GET)
    rows = _chosen(form.cleaned_data if form.is_valid() else {})
    if request.GET.get("format") == "csv":
        return _csv(rows)
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "rights", form=form, page=shown)


def _chosen(said: dict[str, Any]) -> QuerySet[Session]:
    rows = Session.objects.select_related("zone", "operator").order_by("-pk")
    names = {"zone": "zone__number", "operator": "operator__slug", "source": "source",
             "state": "state", "day": "during__startswith__date"}  # fmt: skip
    for field, name in names.items():
        if said.get(field):
            rows = rows.filter(**{name: said[field]})
    if said.get("q"):
        rows = rows.filter(public_id__startswith=said["q"].strip().lower())
    return rows


def _csv(rows: QuerySet[Session]) -> HttpResponse:
    heads = [_("Confirmation number"), _("Zone"), _("Sold by"), _("App"), _("From"), _("Until"),
             _("State"), _("Price")]  # fmt: skip
    cells = (
        [str(one.public_id), one.zone.number, one.get_source_display(),
         one.operator.name if one.operator else "", one.during.lower, one.during.upper,
         one.get_state_display(), f"{one.cents / 100:.2f}"]
        for one in rows[:LONGEST].iterator()
    )  # fmt: skip
    return csv_file("parkrechte", heads, cells)


@staff("parking_tickets.see")
@require_safe
def right(request: HttpRequest, public_id: str) -> HttpResponse:
    """One right: how its price comes about, and everything that was asked of it."""
    rows = Session.objects.select_related("zone__place", "operator", "tariff", "charge")
    row = get_object_or_404(rows, public_id=public_id)
    return page(request, "right", row=row, lines=row.lines.all(),
                changes=row.changes.select_related("settlement"))  # fmt: skip
