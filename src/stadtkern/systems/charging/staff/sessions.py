"""Charging sessions: all with filters and sums, one with its curve, its bill and its repair."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from stadtkern.kernel.audit.models import record
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.ui.shapes import Line
from stadtkern.systems.charging.logic.repair import closing
from stadtkern.systems.charging.logic.transactions import locks
from stadtkern.systems.charging.models import Transaction
from stadtkern.systems.charging.models.transaction import STATES
from stadtkern.systems.charging.staff.answer import page, person

PAGE, LONGEST, POINTS = 50, 20_000, 400
ALL = ("", gettext_lazy("all"))
REPAIRED = [ALL, ("yes", gettext_lazy("repaired ones")), ("no", gettext_lazy("others"))]
DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class Filters(forms.Form):
    """By point or place, state, repair and day."""

    q = forms.CharField(
        label=gettext_lazy("Charge point or place"), required=False,
        widget=forms.TextInput({"type": "search"}),
    )  # fmt: skip
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[ALL, *STATES.items()]
    )
    repaired = forms.ChoiceField(label=gettext_lazy("Repairs"), required=False, choices=REPAIRED)
    since = forms.DateField(label=gettext_lazy("From day"), required=False, widget=DATE)
    until = forms.DateField(label=gettext_lazy("Until day"), required=False, widget=DATE)

    def apply(self, rows: QuerySet[Transaction]) -> QuerySet[Transaction]:
        """The rows that pass."""
        said = self.cleaned_data
        if q := said.get("q", "").strip():
            place = Q(point__location__place__name__icontains=q)
            rows = rows.filter(Q(point__identity__icontains=q) | place)
        if said.get("state"):
            rows = rows.filter(state=said["state"])
        if said.get("repaired"):
            rows = rows.filter(repaired=said["repaired"] == "yes")
        if said.get("since"):
            rows = rows.filter(started__gte=_begin(said["since"]))
        if said.get("until"):
            rows = rows.filter(started__lt=_begin(said["until"] + timedelta(days=1)))
        return rows


def _begin(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


@staff("charging.see")
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The newest first, with the sums of all that pass; as a file with `?as=csv`."""
    filters = Filters(request.GET)
    filters.is_valid()
    rows = filters.apply(Transaction.objects.all())
    wide = rows.select_related("point__location__place", "evse", "token")
    if request.GET.get("as") == "csv":
        record(person(request), "charging.session.export")
        return _csv(wide[:LONGEST])
    sums = rows.aggregate(
        count=Count("pk"), cents=Sum("gross_cents"),
        wh=Sum(F("meter_last_wh") - F("meter_start_wh")),
    )  # fmt: skip
    listed = Paginator(wide, PAGE).get_page(request.GET.get("page"))
    return page(request, "sessions", filters=filters, listed=listed, sums=sums,
                kwh=(sums["wh"] or 0) / 1000)  # fmt: skip


def _csv(rows: QuerySet[Transaction]) -> HttpResponse:
    heads = (
        _("Number"), _("Charge point"), _("Location"), _("Point"), _("Start"), _("Ended at"), "kWh",
        _("Net in cents"), _("Gross in cents"), _("Tariff"), _("Kind of token"), _("State"),
        _("Reason"), _("Repaired"), _("Explanation"),
    )  # fmt: skip
    return csv_file("charging-sessions", heads, (
        (one.pk, one.point.identity, one.point.location.place.name,
         one.evse.uid if one.evse else "", one.started, one.ended, one.energy_wh / 1000,
         one.net_cents, one.gross_cents, one.terms.get("uid", ""), one.token_kind, one.state,
         one.reason, one.repaired, one.repair_note)
        for one in rows
    ))  # fmt: skip


@staff("charging.see")
@require_safe
def session(request: HttpRequest, public_id: str) -> HttpResponse:
    """One session with everything that is known of it."""
    found = of(public_id)
    readings = list(found.readings.order_by("-at")[:POINTS])[::-1]
    power = Line(
        name=_("Power"), unit="kW", points=[(r.at, r.w / 1000) for r in readings if r.w is not None]
    )
    return page(request, "session", session=found, curve=[power] if power.points else [],
                issued=found.bills.order_by("nth"),
                bill=[(LINES.get(str(one["kind"]), one["kind"]), one) for one in found.price],
                minutes=round((found.ended - found.started).total_seconds() / 60)
                if found.ended else None)  # fmt: skip


LINES = {
    "ENERGY": gettext_lazy("Energy (kWh)"), "TIME": gettext_lazy("Time while charging (h)"),
    "PARKING_TIME": gettext_lazy("Time without charging (h)"), "FLAT": gettext_lazy("Basic price"),
}  # fmt: skip


def of(public_id: str) -> Transaction:
    """A session with what its page shows of it."""
    rows = Transaction.objects.select_related("point__location__place", "evse", "token", "tariff")
    return get_object_or_404(rows, public_id=public_id)


@staff("charging.manage")
@require_POST
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a session that stays open, with its last known meter value."""
    found = of(public_id)
    with transaction.atomic():
        row = locks.transaction_of(found)
        if row.state == "active":
            closing.close(row, "idle")
            record(person(request), "charging.session.close", row)
            messages.success(request, _("The session is closed with its last known meter value."))
        else:
            messages.error(request, _("This session has ended already."))
    return redirect("charging-staff:session", public_id)
