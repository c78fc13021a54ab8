"""The page of figures: sums of a period, its days, hours, weekdays, offices and services."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.ui.shapes import Line
from stadtkern.systems.appointments.logic import figures as sums
from stadtkern.systems.appointments.logic import figures_foresee, figures_whatif
from stadtkern.systems.appointments.logic.figures import Asked, Report, Sum
from stadtkern.systems.appointments.logic.figures_write import zone
from stadtkern.systems.appointments.logic.queue_entry import today
from stadtkern.systems.appointments.models import Office, Service
from stadtkern.systems.appointments.models.queue import SOURCES

DAYS = 56
DATE = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class Filters(forms.Form):
    """The period, and an office, service and source."""

    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=DATE)
    last = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DATE)
    office = forms.ModelChoiceField(
        Office.objects.select_related("resource"), label=gettext_lazy("Office"), required=False,
        empty_label=gettext_lazy("all"),
    )  # fmt: skip
    service = forms.ModelChoiceField(
        Service.objects.all(), label=gettext_lazy("Concern"), required=False,
        empty_label=gettext_lazy("all"),
    )  # fmt: skip
    source = forms.ChoiceField(
        label=gettext_lazy("Appointment"), required=False,
        choices=[("", gettext_lazy("all")), *SOURCES.items()],
    )  # fmt: skip


class WhatIf(forms.Form):
    """One counter more or less, on a weekday between two hours."""

    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Weekday"), coerce=int,
        choices=[(day + 1, name) for day, name in WEEKDAYS.items()],
    )  # fmt: skip
    begins = forms.TypedChoiceField(
        label=gettext_lazy("From hour"), coerce=int, choices=[(n, f"{n}:00") for n in range(7, 19)]
    )
    ends = forms.TypedChoiceField(
        label=gettext_lazy("Until hour"), coerce=int,
        choices=[(n, f"{n}:00") for n in range(8, 20)],
    )  # fmt: skip
    more = forms.TypedChoiceField(
        label=gettext_lazy("Change of counters"), coerce=int,
        choices=[(1, "+1"), (2, "+2"), (-1, "−1")],
    )  # fmt: skip


def _asked(request: HttpRequest) -> tuple[Filters, Asked]:
    """What the address asks for; the last weeks where it says nothing sensible."""
    form = Filters(request.GET or None)
    said = form.cleaned_data if form.is_valid() else {}
    last = said.get("last") or today() - timedelta(days=1)
    first = said.get("first") or last - timedelta(days=DAYS - 1)
    if first > last:
        first, last = last, first
    office, service = said.get("office"), said.get("service")
    asked = Asked(
        first=first, last=last, office=office.pk if office else None,
        service=service.pk if service else None, source=said.get("source", ""),
    )  # fmt: skip
    shown = {"first": first, "last": last, "office": asked.office, "service": asked.service,
             "source": asked.source}  # fmt: skip
    return Filters(initial=shown), asked


@staff("appointments.figures")
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Charts first, a table twin of each below it."""
    form, asked = _asked(request)
    found = sums.report(asked)
    foreseen = figures_foresee.foresee(asked.office, today())
    whatif, played = _whatif(request, asked)
    answer = render(request, "appointments/figures/page.html", {
        "form": form, "asked": asked, "total": found.total, "fewest": sums.FEWEST,
        "offices": _named(found.offices, _names(Office)),
        "services": _named(found.services, {0: _("Something else"), **_names(Service)}),
        "hours": [(f"{hour}:00", one) for hour, one in found.hours.items()],
        "weekdays": [(WEEKDAYS[day - 1], one) for day, one in found.weekdays.items()],
        "visitors": [_line(found, _("Visitors"), "", lambda one: one.counts["came"])],
        "waits": [_line(found, _("Median"), "min", lambda one: one.wait_median),
                  _line(found, _("Nine of ten at most"), "min", lambda one: one.wait_p90)],
        "foreseen": foreseen, "forecast": _forecast(foreseen),
        "whatif": whatif, "played": played, "offices_known": _names(Office),
    })  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    return answer


def _whatif(
    request: HttpRequest, asked: Asked
) -> tuple[WhatIf, tuple[figures_whatif.Played, figures_whatif.Played] | None]:
    if "weekday" not in request.GET or asked.office is None:
        return WhatIf(initial={"weekday": 1, "begins": 8, "ends": 12, "more": 1}), None
    form = WhatIf(request.GET)
    if not form.is_valid():
        return form, None
    said = form.cleaned_data
    hours = range(said["begins"], max(said["begins"] + 1, said["ends"]))
    played = figures_whatif.compare(asked.office, said["weekday"], hours, said["more"], today())
    return form, played


def _names(model: type[Office] | type[Service]) -> dict[int, str]:
    rows = Office.objects.select_related("resource") if model is Office else Service.objects.all()
    return {one.pk: str(one) for one in rows}


def _named(group: Mapping[Any, Sum], names: Mapping[int, str]) -> list[tuple[str, Sum]]:
    rows = [(names.get(key, "–"), one) for key, one in group.items()]
    return sorted(rows, key=lambda row: -row[1].counts["came"])


def _line(found: Report, name: str, unit: str, value: Any) -> Line:
    noon = [
        (datetime.combine(day, time(12), zone()), value(one))
        for day, one in found.days.items() if one.counts["came"]
    ]  # fmt: skip
    return Line(name=name, unit=unit, points=noon, decimals=0)


def _forecast(foreseen: figures_foresee.Foreseen | None) -> list[Line]:
    if foreseen is None:
        return []
    lines = ((_("Expected"), 1), (_("At least"), 0), (_("At most"), 2))
    return [
        Line(name=name, unit="", decimals=0, points=[
            (datetime.combine(one.day, time(12), zone()), (one.low, one.middle, one.high)[place])
            for one in foreseen.days
        ])
        for name, place in lines
    ]  # fmt: skip


HEADS = (
    gettext_lazy("Group"), gettext_lazy("Value"), gettext_lazy("Visitors"), gettext_lazy("Served"),
    gettext_lazy("Called in vain"), gettext_lazy("Left"), gettext_lazy("Booked"),
    gettext_lazy("Appointments cancelled"), gettext_lazy("No-shows"),
    gettext_lazy("Waiting, median (min)"),
    gettext_lazy("Waiting, nine of ten (min)"), gettext_lazy("Within ten minutes (share)"),
    gettext_lazy("At the counter, median (min)"),
    gettext_lazy("At the counter, nine of ten (min)"), gettext_lazy("Counters busy (share)"),
    gettext_lazy("Lead time, median (days)"),
)  # fmt: skip


def _table(found: Report) -> Iterator[Sequence[object]]:
    services = {0: _("Something else"), **_names(Service)}
    groups = (
        (_("all"), {"": found.total}.items()),
        (_("Office"), _named(found.offices, _names(Office))),
        (_("Concern"), _named(found.services, services)),
        (_("Hour"), found.hours.items()),
        (_("Weekday"), [(str(WEEKDAYS[n - 1]), one) for n, one in found.weekdays.items()]),
        (_("Day"), [(formats.date_format(n, "Y-m-d"), one) for n, one in found.days.items()]),
    )
    for group, rows in groups:
        for name, one in rows:
            yield (group, name, *_cells(one))


def _cells(one: Sum) -> list[object]:
    counts = ("came", "served", "missed", "left", "booked", "cancelled", "no_shows")
    return [*(one.counts[name] for name in counts), one.wait_median, one.wait_p90,
            _rounded(one.soon), one.handling_median, one.handling_p90, _rounded(one.utilisation),
            one.lead_median]  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


@staff("appointments.figures")
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """All groups as one table, with semicolons and a byte-order mark, as Excel reads it."""
    _form, asked = _asked(request)
    return csv_file("figures", HEADS, _table(sums.report(asked)))


@staff("appointments.figures")
@require_safe
def workbook(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    from stadtkern.kernel.workbook import Sheet, response

    _form, asked = _asked(request)
    rows = _table(sums.report(asked))
    sheet = Sheet(name=_("Figures"), heads=[str(head) for head in HEADS], rows=rows)
    return response("figures", sheet)
