"""One gateway: its load, the devices that it hears, and those that nobody else does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.csv_file import csv_file
from stadtkern.kernel.devices.coverage import load
from stadtkern.kernel.devices.models import Gateway, GatewayHour
from stadtkern.kernel.devices.models.gateway import SPREADING_FACTORS
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.ui.shapes import Line
from stadtkern.site.dashboard import history
from stadtkern.site.staff.doors import person
from stadtkern.site.staff.gateways.listing import SIGNS, TITLES
from stadtkern.site.staff.page import page

PER_PAGE = 25
SHOWN = timedelta(days=7)
MOST_HOURS = 24 * 92
HOUR = timedelta(hours=1)
ROOM = 0.03  # degrees
HEADS = ("dev_eui", "name", "heard", "best", "only_here", "sent", "lost_without", "rssi_best",
         "snr_best", "sf_worst", "last")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Step:
    """One spreading factor: how many uplinks came with it, and their share."""

    name: str
    count: int
    share: float


@staff("devices.see")
def gateway(request: HttpRequest, number: int) -> HttpResponse:
    """Everything about one gateway; `?format=csv` are its devices as a file."""
    rows = load.with_load(Gateway.objects.select_related("thing__place"))
    one = get_object_or_404(rows, pk=number)
    devices = load.hears(one.pk)
    if request.GET.get("format") == "csv":
        return csv_file(f"gateway-{one.eui}", HEADS, (_row(device) for device in devices))
    now = clock.now()
    hours = _hours(one.pk, now - SHOWN, now)
    lost = [device for device in devices if device.is_lost_without]
    return page(
        request,
        "gateways/one",
        gateway=one,
        title=TITLES[one.state],
        sign=SIGNS[one.state],
        devices=Paginator(devices, PER_PAGE).get_page(request.GET.get("page")),
        lost=lost,
        thinner=[d for d in devices if d.alone and not d.is_lost_without],
        lines=_lines(hours, now - SHOWN, now),
        steps=_steps(hours),
        airtime=one.airtime / 1000,
        days=load.LATELY,
        bounds=_around(one),
        area_query=f"?gateway={one.pk}",
        may_edit=person(request).may("devices.edit"),
    )


@staff("devices.see")
def data(request: HttpRequest, number: int) -> JsonResponse:
    """What the chart loads: uplinks and seconds on air by the hour, `?from=..&to=..`."""
    one = get_object_or_404(Gateway, pk=number)
    end = clock.now()
    start = end - SHOWN
    if request.GET.get("from"):
        try:
            start, end = history.span(request.GET["from"], request.GET.get("to", ""))
        except history.Unclear as problem:
            return JsonResponse({"error": str(problem)}, status=400)
    start = max(start, end - MOST_HOURS * HOUR)
    lines = _lines(_hours(one.pk, start, end), start, end)
    return JsonResponse({
        "from": start.isoformat(), "to": end.isoformat(), "bucket": "1 hour",
        "t": [int(at.timestamp()) for at, _value in lines[0].points],
        "series": [
            {
                "datastream": -index, "name": line.name, "unit": line.unit,
                "decimals": line.decimals, "value": [value for _at, value in line.points],
                "min": None, "max": None,
            }
            for index, line in enumerate(lines, start=1)
        ],
    })  # fmt: skip


def _hours(gateway: int, start: datetime, end: datetime) -> list[GatewayHour]:
    rows = GatewayHour.objects.filter(gateway=gateway, hour__gte=start - HOUR, hour__lt=end)
    return list(rows.order_by("hour"))


def _lines(hours: Sequence[GatewayHour], start: datetime, end: datetime) -> list[Line]:
    """One value for each full or running hour; nothing heard is nought."""
    by_hour = {row.hour: row for row in hours}
    begin = start.replace(minute=0, second=0, microsecond=0) + HOUR
    axis = [begin + n * HOUR for n in range(max(0, int((end - begin) / HOUR) + 1))]
    first = min(by_hour, default=end)
    uplinks = [(at, _value(by_hour.get(at), at < first, "heard")) for at in axis]
    airtime = [(at, _value(by_hour.get(at), at < first, "airtime")) for at in axis]
    seconds = [(at, None if value is None else value / 1000) for at, value in airtime]
    return [
        Line(name=_("Uplinks heard"), unit="/h", points=uplinks, decimals=0),
        Line(name=_("Time on air"), unit="s", points=seconds),
    ]


def _value(row: GatewayHour | None, unknown: bool, what: str) -> float | None:
    """Before the first hour of the period that is known, nothing is claimed."""
    if row is None:
        return None if unknown else 0.0
    return float(getattr(row, what))


def _steps(hours: Sequence[GatewayHour]) -> list[Step]:
    counts = {sf: sum(getattr(row, f"sf{sf}") for row in hours) for sf in SPREADING_FACTORS}
    total = sum(counts.values())
    return [
        Step(name=f"SF{sf}", count=count, share=count / total if total else 0.0)
        for sf, count in counts.items()
    ]


def _around(one: Gateway) -> list[float] | None:
    if one.spot is None:
        return None
    lon, lat = one.spot
    return [lon - ROOM, lat - ROOM / 2, lon + ROOM, lat + ROOM / 2]


def _row(device: load.Hears) -> tuple[Any, ...]:
    return (
        device.dev_eui, device.name, device.heard, device.best, device.alone, device.sent,
        "yes" if device.is_lost_without else "no", device.rssi, device.snr, device.worst_sf,
        device.last,
    )  # fmt: skip
