"""The staff page of parking: every bay with its sensor's state, battery and age."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.places.models import Place
from stadtkern.systems.parking.bays import BAY, SENSOR, SITE, WORDS, Bay, bays
from stadtkern.systems.parking.staff.answer import person

PER_PAGE = 50
LOW_BATTERY = 20.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """A bay with its device; a bay without a device has no DevEUI."""

    bay: Bay
    site: str
    dev_eui: str = ""
    battery: float | None = None
    last_seen: datetime | None = None

    @property
    def order(self) -> tuple[str, str, int, int]:
        """By site, row and number."""
        return (self.site, self.bay.row, self.bay.number, self.bay.place)

    @property
    def low(self) -> bool:
        """Whether the battery should be changed soon."""
        return self.battery is not None and self.battery < LOW_BATTERY


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of the list and what it sorts by; unknown values come last either way."""

    key: str
    title: str | Promise
    by: Callable[[Row], Any]
    num: bool = False


COLUMNS = (
    Column(key="bay", title=_("Parking bay"), by=lambda r: r.order),
    Column(key="state", title=_("State"), by=lambda r: r.bay.state),
    Column(key="since", title=_("Last value"), by=lambda r: r.bay.at),
    Column(key="seen", title=_("Last heard"), by=lambda r: r.last_seen),
    Column(key="battery", title=_("Battery"), by=lambda r: r.battery, num=True),
    Column(key="device", title=_("Device"), by=lambda r: r.dev_eui or None),
)


@dataclass(frozen=True, kw_only=True)
class Head:
    """A column's heading: its order for `aria-sort`, and the order a click brings."""

    column: Column
    order: str
    to: str


class Filters(forms.Form):
    """By site, state, battery, and a word in the bay's name or DevEUI."""

    q = forms.CharField(
        label=_("Bay or DevEUI"), required=False, widget=forms.TextInput({"type": "search"})
    )
    site = forms.ModelChoiceField(
        Place.objects.of_kind(SITE), label=_("Car park"), required=False, empty_label=_("all"),
        to_field_name="public_id",
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("all")), *WORDS.items()]
    )
    battery = forms.ChoiceField(
        label=_("Battery"), required=False,
        choices=[("", _("all")), ("low", _("below 20 %")), ("unknown", _("unknown"))],
    )  # fmt: skip

    def passes(self, row: Row) -> bool:
        """Whether a row is asked for; a filter that makes no sense lets everything pass."""
        said = self.cleaned_data
        word = (said.get("q") or "").strip().lower()
        battery = {"low": row.low, "unknown": row.battery is None}
        return (
            (not word or word in f"{row.bay.name} {row.bay.short} {row.dev_eui}".lower())
            and (not said.get("site") or row.bay.site == said["site"].pk)
            and (not said.get("state") or row.bay.state == said["state"])
            and battery.get(said.get("battery") or "", True)
        )


@staff("parking.see_bays")
def bay_list(request: HttpRequest) -> HttpResponse:
    """The bays that the address asks for, in its order."""
    filters = Filters(request.GET)
    filters.is_valid()
    everything = rows()
    found = ordered([row for row in everything if filters.passes(row)], request.GET.get("sort", ""))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    sort = request.GET.get("sort", "")
    return render(request, "parking/staff_bays.html", {
        "filters": filters,
        "page": page,
        "sort": sort,
        "heads": [_head(column, sort) for column in COLUMNS],
        "states": _states(everything),
        "low": sum(row.low for row in everything),
        "may_manage": person(request).may("parking.manage_sites"),
    })  # fmt: skip


def rows() -> list[Row]:
    """All bays with their devices, in four queries for any number."""
    names = {site.pk: site.title for site in Place.objects.of_kind(SITE)}
    devices = Device.objects.filter(thing__kind=SENSOR, thing__place__kind=BAY)
    told = devices.order_by("id").values_list("thing__place", "dev_eui", "battery", "last_seen")
    by_place = {place: facts for place, *facts in told}
    return [_row(bay, names[bay.site], by_place.get(bay.place)) for bay in bays()]


def _row(bay: Bay, site: str, facts: Sequence[Any] | None) -> Row:
    if facts is None:
        return Row(bay=bay, site=site)
    dev_eui, battery, last_seen = facts
    return Row(bay=bay, site=site, dev_eui=dev_eui, battery=battery, last_seen=last_seen)


def ordered(found: list[Row], sort: str) -> list[Row]:
    """By a column, `-` turns it round; by bay where the address names none."""
    by = next((c.by for c in COLUMNS if c.key == sort.removeprefix("-")), COLUMNS[0].by)
    known = [row for row in found if by(row) is not None]
    unknown = [row for row in found if by(row) is None]
    return sorted(known, key=by, reverse=sort.startswith("-")) + unknown


def _head(column: Column, sort: str) -> Head:
    if column.key != sort.removeprefix("-"):
        return Head(column=column, order="", to=column.key)
    falling = sort.startswith("-")
    order = "descending" if falling else "ascending"
    return Head(column=column, order=order, to=column.key if falling else f"-{column.key}")


def _states(found: Sequence[Row]) -> list[tuple[str, str | Promise, int]]:
    return [
        (state, word, sum(row.bay.state == state for row in found)) for state, word in WORDS.items()
    ]
