"""Search traffic, NO₂ and fine dust before and after: an estimate whose assumptions are open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import localize, localize_input
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.people.access import public
from stadtkern.kernel.places.models import Place
from stadtkern.systems.parking.bays import SITE
from stadtkern.systems.parking.logic.forecast.counts import today
from stadtkern.systems.parking.logic.guidance.traffic import air
from stadtkern.systems.parking.logic.guidance.traffic.air import Measured, Span
from stadtkern.systems.parking.logic.guidance.traffic.assumptions import ASSUMPTIONS, Assumption
from stadtkern.systems.parking.logic.guidance.traffic.estimate import Band, Estimate, estimate
from stadtkern.systems.parking.models import Arrived

DAY, PERIOD, LONGEST = timedelta(days=1), 28, 366
# A day of which less was counted says too little about its arrivals.
KNOWN = 0.8
TITLES: dict[str, tuple[str | Promise, str | Promise, int]] = {
    "arrivals": (gettext_lazy("Arrivals a day"), "", 0),
    "km": (gettext_lazy("Way driven in search, a day"), "km", 1),
    "minutes": (gettext_lazy("Time of searching, a day"), gettext_lazy("minutes"), 0),
    "no2": (gettext_lazy("NO₂ from searching, a day"), "g", 1),
    "pm10": (gettext_lazy("Fine dust (PM10) from searching, a day"), "g", 2),
}


class PeriodForm(forms.Form):
    """Which car parks, and which days are before and after."""

    site = forms.ModelChoiceField(
        Place.objects.of_kind(SITE), label=gettext_lazy("Car park"), required=False,
        empty_label=gettext_lazy("all together"), to_field_name="public_id",
    )  # fmt: skip

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__({**_usual(), **{key: one for key, one in given.items() if one.strip()}})
        for name, (label, _start) in _periods().items():
            self.fields[name] = forms.DateField(
                label=str(label), required=False,
                widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
                input_formats=["%Y-%m-%d", "%d.%m.%Y"],
            )  # fmt: skip
        for one in ASSUMPTIONS:
            self.fields[one.slug] = forms.FloatField(
                label=f"{one.title} ({one.unit})" if one.unit else str(one.title), required=False,
                initial=one.value, min_value=0, max_value=100_000, localize=True,
                help_text=_("%(why)s Possible: %(low)s to %(high)s.")
                % {"why": one.why, "low": _plain(one.low), "high": _plain(one.high)},
                widget=forms.TextInput({"inputmode": "decimal"}),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Each period has its end behind its beginning; `after` comes after `before`."""
        said: dict[str, Any] = super().clean() or {}
        # An error takes a field out of what was said.
        days = {name: said.get(name) or start for name, (_, start) in _periods().items()}
        said.update(days)
        for name in ("before", "after"):
            first, last = days[f"{name}_first"], days[f"{name}_last"]
            if last < first:
                self.add_error(f"{name}_last", _("The last day lies before the first."))
            elif (last - first).days >= LONGEST:
                self.add_error(f"{name}_last", _("A period has at most a year."))
        if days["after_first"] <= days["before_last"]:
            self.add_error("after_first", _("The second period has to begin after the first."))
        for name in ("speed", "spacing"):
            if said.get(name) == 0:
                self.add_error(name, _("This has to be more than nought."))
        return said

    def spans(self) -> tuple[Span, Span]:
        """Before and after, of a valid form."""
        said = self.cleaned_data
        return (
            Span(first=said["before_first"], last=said["before_last"]),
            Span(first=said["after_first"], last=said["after_last"]),
        )

    def values(self) -> dict[str, float]:
        """What is assumed."""
        said = self.cleaned_data
        return {
            one.slug: one.value if said.get(one.slug) is None else said[one.slug]
            for one in ASSUMPTIONS
        }


def _usual() -> dict[str, str]:
    """What stands in the fields where the address says nothing."""
    dates = {name: start.isoformat() for name, (_label, start) in _periods().items()}
    return {**dates, **{one.slug: str(localize_input(one.value)) for one in ASSUMPTIONS}}


def _plain(value: float) -> str:
    return str(localize(value))


def _periods() -> dict[str, tuple[str | Promise, date]]:
    """The last four weeks, and the four weeks before: whole weeks, so that weekdays are alike."""
    last = today() - DAY
    return {
        "before_first": (gettext_lazy("Before: from"), last - (2 * PERIOD - 1) * DAY),
        "before_last": (gettext_lazy("Before: until"), last - PERIOD * DAY),
        "after_first": (gettext_lazy("After: from"), last - (PERIOD - 1) * DAY),
        "after_last": (gettext_lazy("After: until"), last),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A quantity with its bands."""

    slug: str
    title: str | Promise
    unit: str | Promise
    decimals: int
    before: Band
    after: Band
    change: Band
    counted: Band


@public
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The estimate for what the address asks for, with every assumption."""
    form = PeriodForm(request.GET.dict())
    if not form.is_valid():
        return render(request, "parking/effects.html", {"form": form, "assumptions": ()})
    found, days, places = _estimate(form)
    before, after = form.spans()
    spots = [(one.lon, one.lat) for one in places if one.lon is not None and one.lat is not None]
    return render(request, "parking/effects.html", {
        "form": form, "lines": _lines(found) if found else (), "found": found,
        "before": before, "after": after, "days": days, "least": int(100 * KNOWN),
        "air": air.measured(spots, before, after), "changed": _changed(form),
        "query": request.GET.urlencode(), "invented": any(one.invented for one in places),
    })  # fmt: skip


@public
@require_safe
def file(request: HttpRequest) -> HttpResponse:
    """The same as CSV: quantities, assumptions, measured air."""
    form = PeriodForm(request.GET.dict())
    if not form.is_valid():
        return render(request, "parking/effects.html", {"form": form}, status=400)
    found, _days, places = _estimate(form)
    before, after = form.spans()
    spots = [(one.lon, one.lat) for one in places if one.lon is not None and one.lat is not None]
    rows = [*_quantity_rows(found), *_assumed_rows(form), *_air_rows(spots, before, after)]
    heads = (_("Kind"), _("What"), _("Unit"), _("Before"), _("After"), _("Difference"),
             _("Difference, low"), _("Difference, high"), _("Remark"))  # fmt: skip
    return csv_file(f"search-traffic-{before.first}-{after.last}", heads, rows)


def _estimate(form: PeriodForm) -> tuple[Estimate | None, tuple[int, int], Sequence[Place]]:
    """With how many days of each period there are, and the car parks concerned."""
    chosen = form.cleaned_data["site"]
    places = [chosen] if chosen else list(Place.objects.of_kind(SITE).exclude(west=None))
    before, after = (_days(places, span) for span in form.spans())
    return estimate(before, after, form.values()), (len(before), len(after)), places


def _days(places: Sequence[Place], span: Span) -> list[dict[str, float]]:
    """Arrivals by occupancy, day by day; of days on which all these car parks were counted."""
    rows = Arrived.objects.filter(
        site__place__in=places, day__gte=span.first, day__lte=span.last, known__gte=KNOWN
    ).values_list("day", "site", "arrivals")
    found: dict[date, dict[str, float]] = {}
    seen: dict[date, set[int]] = {}
    for day, site, arrivals in rows:
        seen.setdefault(day, set()).add(site)
        together = found.setdefault(day, {})
        for percent, number in arrivals.items():
            together[percent] = together.get(percent, 0.0) + number
    every = set().union(*seen.values()) if seen else set()
    return [found[day] for day in sorted(found) if seen[day] == every]


def _lines(found: Estimate) -> list[Line]:
    return [
        Line(slug=slug, title=title, unit=unit, decimals=decimals, before=found.before[slug],
             after=found.after[slug], change=found.change[slug], counted=found.counted[slug])
        for slug, (title, unit, decimals) in TITLES.items()
    ]  # fmt: skip


def _changed(form: PeriodForm) -> list[Assumption]:
    values = form.values()
    return [one for one in ASSUMPTIONS if values[one.slug] != one.value]


def _quantity_rows(found: Estimate | None) -> list[tuple[Any, ...]]:
    return [
        (_("Estimate"), line.title, line.unit, round(line.before.value, 3),
         round(line.after.value, 3), round(line.change.value, 3), round(line.change.low, 3),
         round(line.change.high, 3), "")
        for line in (_lines(found) if found else ())
    ]  # fmt: skip


def _assumed_rows(form: PeriodForm) -> list[tuple[Any, ...]]:
    values = form.values()
    return [
        (_("Assumption"), one.title, one.unit, values[one.slug], values[one.slug], "", one.low,
         one.high, one.why)
        for one in ASSUMPTIONS
    ]  # fmt: skip


def _air_rows(
    spots: Sequence[tuple[float, float]], before: Span, after: Span
) -> list[tuple[Any, ...]]:
    return [
        (_("Measured air"), f"{one.stream.name}, {one.stream.thing.place}", one.stream.unit_symbol,
         _rounded(one.before), _rounded(one.after), _difference(one), "", "", one.stream.source)
        for one in air.measured(spots, before, after)
    ]  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _difference(one: Measured) -> float | None:
    if one.before is None or one.after is None:
        return None
    return round(one.after - one.before, 2)
