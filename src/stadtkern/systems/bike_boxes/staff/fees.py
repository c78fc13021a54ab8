"""What is asked for late returns: what is open, what goes to the treasury, what was waived."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.systems.bike_boxes.logic import fees, settings
from stadtkern.systems.bike_boxes.models import Fee
from stadtkern.systems.bike_boxes.staff.answer import page

PER_PAGE = 50
# Of each state: how it is found, and the sign beside its words.
STATES: dict[str, tuple[Any, Q, str]] = {
    "open": (_("to be paid"), Q(charge__state="open", collected=None), "info"),
    "collect": (_("for the treasury"), Q(charge__state="open", collected__isnull=False), "bad"),
    "paid": (_("paid"), Q(charge__state="paid"), "good"),
    "waived": (_("waived"), Q(charge__state__in=["cancelled", "refunded"]), "none"),
}
HEADS = ("Kassenzeichen", "Cent", "Tage", "Ort", "Box", "Miete", "Zustand", "erinnert", "fällig")


class Filters(forms.Form):
    """By state."""

    state = forms.ChoiceField(
        label=_("State"), required=False,
        choices=[("", _("all")), *((slug, one[0]) for slug, one in STATES.items())],
    )  # fmt: skip


def state_of(fee: Fee) -> str:
    """The slug of its state."""
    if fee.charge.state == "open":
        return "collect" if fee.collected else "open"
    return "paid" if fee.charge.state == "paid" else "waived"


@staff("bike_boxes.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The newest first, with the prices that hold now; `?format=csv` as a table."""
    filters = Filters(request.GET)
    filters.is_valid()
    rows: QuerySet[Fee] = fees.listed()
    if chosen := filters.cleaned_data.get("state"):
        rows = rows.filter(STATES[chosen][1])
    if request.GET.get("format") == "csv":
        return csv_file("late-returns", HEADS, (_cells(one) for one in rows[:LONGEST]))
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    sums = [
        (title, sign, Fee.objects.filter(which).aggregate(cents=Sum("charge__cents"))["cents"] or 0)
        for title, which, sign in STATES.values()
    ]
    shown = [(one, STATES[state_of(one)][0], STATES[state_of(one)][2]) for one in listed]
    return page(request, "fees", filters=filters, listed=listed, rows=shown, sums=sums,
                price=settings().late_fee, now=clock.now())  # fmt: skip


def _cells(one: Fee) -> tuple[Any, ...]:
    rescue = one.rescue
    return (one.charge.reference, one.charge.cents, one.days, rescue.box.facility.title,
            rescue.box.number, rescue.booking.code, STATES[state_of(one)][0], one.reminders,
            one.next_step)  # fmt: skip
