"""The coverage map for staff: every hexagon, by gateway and period."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.devices.coverage import areas, cells, load, signal
from stadtkern.kernel.devices.coverage.areas import Area
from stadtkern.kernel.devices.models import Gateway
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.ui.numbers import figure
from stadtkern.site.staff.lists import Filters
from stadtkern.site.staff.page import page

USUAL = timedelta(days=29)
PER_PAGE = 50
HEADS = ("cell", "lon", "lat", "class", "receptions", "devices", "gateways", "rssi_best",
         "snr_best", "rssi_median", "snr_median", "sf_worst", "last")  # fmt: skip
DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class MapFilters(Filters):
    """By gateway and by days of the city, the last one included."""

    gateway = forms.ModelChoiceField(
        Gateway.objects.all(), label=gettext_lazy("Gateway"), empty_label=gettext_lazy("all")
    )
    since = forms.DateField(label=gettext_lazy("From"), widget=DAY)
    until = forms.DateField(label=gettext_lazy("To"), widget=DAY)

    def areas(self) -> list[Area]:
        """The hexagons that are asked for; the last 30 days unless others are named."""
        until: date = self.given("until") or load.today()
        since: date = self.given("since") or until - USUAL
        chosen = self.given("gateway")
        return areas.areas(since, until, gateway=chosen.pk if chosen else None)


@staff("devices.see")
def coverage(request: HttpRequest) -> HttpResponse:
    """The map, and the same as a list; `?format=csv` as a file."""
    filters = MapFilters(request)
    found = sorted(filters.areas(), key=lambda area: (area.rssi, area.cell))
    if request.GET.get("format") == "csv":
        return csv_file("coverage", HEADS, (_row(area) for area in found))
    return page(
        request,
        "gateways/coverage",
        filters=filters,
        areas=Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        titles=signal.TITLES,
        counts=counted(found),
        few=sum(area.few for area in found),
        least=signal.FEW,
        query=f"?{request.GET.urlencode()}",
    )


@staff("devices.see")
def data(request: HttpRequest) -> JsonResponse:
    """The hexagons as GeoJSON, with the same filters."""
    collection = areas.geojson(MapFilters(request).areas(), said)
    collection |= {"title": _("Measured coverage"), "legend": legend()}
    response = JsonResponse(collection, content_type="application/geo+json")
    if "download" in request.GET:
        response["Content-Disposition"] = 'attachment; filename="coverage.geojson"'
    response["Cache-Control"] = "private, no-store"
    return response


def legend() -> list[dict[str, str]]:
    """The classes as the map's legend takes them."""
    return [{"state": state, "title": str(title)} for state, title in signal.TITLES.items()]


def counted(found: list[Area]) -> list[tuple[str, Any, int]]:
    """How many hexagons there are of each class."""
    return [
        (state, title, sum(area.state == state for area in found))
        for state, title in signal.TITLES.items()
    ]


def said(area: Area) -> str:
    """A hexagon in words, for the hint and the list."""
    words = str(signal.TITLES.get(area.state, ""))
    count = ngettext("%(count)s measurement", "%(count)s measurements", area.heard)
    levels = _("best %(rssi)s dBm and %(snr)s dB") % {
        "rssi": figure(area.rssi), "snr": figure(area.snr, 1),
    }  # fmt: skip
    return ", ".join((words, levels, count % {"count": figure(area.heard)}))


def _row(area: Area) -> tuple[Any, ...]:
    lon, lat = cells.centre(area.cell)
    return (
        cells.name_of(area.cell), round(lon, 6), round(lat, 6), area.state, area.heard,
        area.devices, area.gateways, area.rssi, area.snr, round(area.middle_rssi, 1),
        round(area.middle_snr, 1), area.worst_sf, area.last,
    )  # fmt: skip
