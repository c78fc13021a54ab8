"""Which values are in doubt in the whole city, and the checks that say so."""

from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.people.access import staff
from stadtkern.kernel.things.models import Check, ObservedProperty
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.lists import Filters, any_of
from stadtkern.site.staff.page import page
from stadtkern.site.staff.quality import found

LENGTHS = {"1": _("the last 24 hours"), "7": _("the last 7 days"), "30": _("the last 30 days")}
# As in `Check.Kind`, and what is known without a check.
NAMES = {
    **dict(Check.Kind.choices),
    "clock": _("Wrong clock"),
    "mark": _("Marked by hand"),
}


class QualityFilters(Filters):
    """Over which time, and of which property."""

    days = forms.ChoiceField(label=_("Time"), choices=list(LENGTHS.items()))
    property = forms.ChoiceField(label=_("Observed property"))

    def prepare(self) -> None:
        rows = ObservedProperty.objects.order_by("name").values_list("pk", "name")
        self.fields["property"].choices = any_of(  # type: ignore[attr-defined]
            [(str(number), name) for number, name in rows]
        )


@staff("things.see")
def overview(request: HttpRequest) -> HttpResponse:
    """Doubts by property and by datastream, and all checks."""
    filters = QualityFilters(request)
    days = filters.given("days") or "1"
    length, chosen = timedelta(days=int(days)), filters.given("property")
    properties = [
        one for one in found.by_property(length) if chosen is None or str(one.number) == chosen
    ]
    return page(
        request,
        "quality",
        filters=filters,
        time=LENGTHS[days],
        properties=properties,
        streams=found.streams(length, int(chosen) if chosen else None),
        checks=Check.objects.select_related("observed_property", "datastream"),
        names=NAMES,
        may_edit=person(request).may("things.edit"),
    )
