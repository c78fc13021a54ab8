"""The map's twin: the same places as a list to filter, sort and take along."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from stadtkern.kernel.contract import Pin
from stadtkern.kernel.people.access import public
from stadtkern.kernel.sharing import one_page
from stadtkern.site.dashboard import themes, words
from stadtkern.site.dashboard.pins import pins
from stadtkern.site.dashboard.themes import Layer

PER_PAGE = 50
STATES = {
    "good": _("good"),
    "tight": _("tight"),
    "bad": _("bad or full"),
    "info": _("current"),
    "none": _("no current data"),
}
ORDER = list(STATES)
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A place on the list."""

    pin: Pin
    layer: Layer

    @property
    def word(self) -> str:
        """The state in the words of the layer's legend."""
        legend = {entry.state: entry.title for entry in self.layer.layer.legend}
        return str(legend.get(self.pin.state, STATES[self.pin.state]))


SORTS: dict[str, Callable[[Row], Any]] = {
    "name": lambda row: words.sort_key(row.pin.name),
    "layer": lambda row: (row.layer.layer.weight, words.sort_key(row.pin.name)),
    "state": lambda row: (ORDER.index(row.pin.state), words.sort_key(row.pin.name)),
    "time": lambda row: row.pin.at or LONG_AGO,
}


class Filters(forms.Form):
    """What the list is narrowed to; it stands in the address, so that it can be sent on."""

    q = forms.CharField(label=_("Search in the list"), required=False, max_length=100)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    layer = forms.ChoiceField(label=_("Layer"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False,
                              choices=[("", _("all")), *STATES.items()])  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("theme", [(theme, themes.TITLES[theme]) for theme in themes.shown()])
        self._choose("layer", [(one.key, one.layer.title) for one in themes.layers()])

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("all")), *choices]

    @property
    def wanted(self) -> dict[str, str]:
        """The filters that make sense; others are as good as none."""
        self.is_valid()
        return {**dict.fromkeys(self.fields, ""), **self.cleaned_data}


@public
@require_safe
@one_page()
def listing(request: HttpRequest) -> HttpResponse:
    """The list, or with `format=csv` the same rows as a file."""
    filters = Filters(request.GET)
    sort = request.GET.get("sort", "name")
    rows = _sorted(_rows(filters.wanted), sort)
    if request.GET.get("format") == "csv":
        return _file(rows)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "site/list.html", {
        "form": filters,
        "page": page,
        "sort": sort,
        "columns": [("name", _("Place")), ("layer", _("Layer")), ("state", _("State")),
                    ("time", _("Age"))],
        "datastreams": {stream for row in page for stream in row.pin.datastreams},
        "filtered": any(filters.wanted.values()),
    })  # fmt: skip


def _rows(wanted: dict[str, str]) -> list[Row]:
    layers = [one for one in themes.layers(wanted["theme"]) if wanted["layer"] in ("", one.key)]
    typed = words.terms(wanted["q"])
    rows = (Row(pin=pin, layer=layer) for layer in layers for pin in pins(layer))
    return [
        row for row in rows
        if wanted["state"] in ("", row.pin.state)
        and words.matches(typed, row.pin.name, row.pin.text, row.layer.layer.title)
    ]  # fmt: skip


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    """`name` upwards, `-name` downwards; an unknown order is that by name."""
    key = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    return sorted(rows, key=key, reverse=sort.startswith("-"))


def _file(rows: Iterable[Row]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="places.csv"'
    writer = csv.writer(response)
    writer.writerow(["place", "name", "layer", "state", "text", "time", "stale", "lon", "lat"])
    for row in rows:
        pin = row.pin
        at = pin.at.astimezone(UTC).isoformat() if pin.at else ""
        writer.writerow([pin.place, pin.name, row.layer.key, pin.state, pin.text, at,
                         str(pin.stale).lower(), pin.lon, pin.lat])  # fmt: skip
    return response
