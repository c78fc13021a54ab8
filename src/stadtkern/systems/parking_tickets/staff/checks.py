"""The log of checks, for whoever supervises officers and decides fines."""

import csv
from typing import Any, Final

from django import forms
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.people.access import staff
from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.models import RESULTS, Check, Fine, Zone
from stadtkern.systems.parking_tickets.staff.control import page, person
from stadtkern.systems.parking_tickets.staff.look import STATES

PER_PAGE: Final = 50
MOST: Final = 10_000
ALL: Final = ("", gettext_lazy("all"))


class Filters(forms.Form):
    """By day, zone and result; plates are looked for with a form of their own."""

    day = forms.DateField(
        label=gettext_lazy("Day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    zone = forms.ModelChoiceField(
        label=gettext_lazy("Zone"), required=False, to_field_name="number",
        empty_label=gettext_lazy("all"), queryset=Zone.objects.select_related("place"),
    )  # fmt: skip
    result = forms.ChoiceField(
        label=gettext_lazy("Result"), required=False, choices=[ALL, *RESULTS.items()]
    )

    def apply(self, rows: QuerySet[Check]) -> QuerySet[Check]:
        """The rows that pass."""
        said = self.cleaned_data
        if said.get("day"):
            rows = rows.filter(at__date=said["day"])
        if said.get("zone"):
            rows = rows.filter(zone=said["zone"])
        return rows.filter(result=said["result"]) if said.get("result") else rows


@staff("parking_tickets.fines")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The newest first; as CSV without plates."""
    filters = Filters(request.GET)
    filters.is_valid()
    rows = filters.apply(Check.objects.select_related("officer", "program", "zone"))
    if request.GET.get("format") == "csv":
        record(person(request), "parking_tickets.checks_csv")
        return _csv(rows[:MOST])
    fine = Fine.objects.filter(check_made=OuterRef("pk")).values("number")[:1]
    rows = rows.annotate(fine_number=Subquery(fine))
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return page(request, "checks", filters=filters, listed=listed,
                rows=[(one, plates.shown(one.plate_sealed), STATES[one.result])
                      for one in listed])  # fmt: skip


def who_of(one: Check) -> str:
    """Who checked: a person, or a program by its key."""
    return str(one.officer or one.program or "")


def _csv(rows: QuerySet[Check]) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="checks.csv"'
    out: Any = csv.writer(answer, delimiter=";")
    out.writerow([_("When"), _("Zone"), _("Result"), _("Officer"), _("Sent later")])
    for one in rows:
        out.writerow([one.at.isoformat(), one.zone.number if one.zone else "", one.result,
                      who_of(one), int(one.offline)])  # fmt: skip
    return answer
