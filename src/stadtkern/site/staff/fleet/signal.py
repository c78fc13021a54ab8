"""How well a device was heard: message by message for a week, by day before that."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device, DeviceDay
from stadtkern.kernel.people.access import staff
from stadtkern.kernel.ui.shapes import Line
from stadtkern.site.dashboard import history

# Longer periods are drawn from the days, which outlive the messages.
MESSAGES_FOR = timedelta(days=8)
DRAWN = timedelta(days=30)
MOST = 4000

Row = tuple[datetime, float | None, float | None, float | None]


@staff("devices.see")
@require_safe
def data(request: HttpRequest, number: int) -> JsonResponse:
    """`?from=..&to=..`: RSSI, SNR and spreading factor on one axis; the last 30 days by default."""
    device = get_object_or_404(Device.objects.only("id"), pk=number)
    try:
        start, end = _period(request)
    except history.Unclear as problem:
        return JsonResponse({"error": str(problem)}, status=400)
    fine, rows = heard(device, start, end)
    response = JsonResponse(
        {
            "from": start.isoformat(),
            "to": end.isoformat(),
            "bucket": "raw" if fine else "1 day",
            "t": [int(row[0].timestamp()) for row in rows],
            "series": [
                _series(_("Signal strength (RSSI)"), "dBm", 0, [row[1] for row in rows]),
                _series(_("Signal to noise (SNR)"), "dB", 1, [row[2] for row in rows]),
                _series(_("Spreading factor"), "SF", 0 if fine else 1, [row[3] for row in rows]),
            ],
        }
    )
    response["Cache-Control"] = "private, no-store"
    return response


def heard(device: Device, start: datetime, end: datetime) -> tuple[bool, list[Row]]:
    """Whether these are single messages, and the rows of the chart."""
    if end - start <= MESSAGES_FOR:
        return True, messages(device, start, end)
    return False, days(device, start, end)


def chosen(request: HttpRequest, known: Sequence[DeviceDay]) -> str:
    """The range that the address asks for, or the shortest that shows all that is known."""
    asked = request.GET.get("range", "")
    if asked in history.RANGES:
        return asked
    since = timezone.localdate() - known[0].day if known else timedelta(0)
    return next((slug for slug in ("day", "week") if since < history.RANGES[slug][1]), "month")


def messages(device: Device, start: datetime, end: datetime) -> list[Row]:
    """Each message with a signal, the oldest first; of very many the newest."""
    rows = device.uplinks.filter(time__gte=start, time__lt=end, rssi__isnull=False)
    found = rows.order_by("-time").values_list("time", "rssi", "snr", "spreading_factor")[:MOST]
    return [(at, rssi, snr, sf) for at, rssi, snr, sf in reversed(found)]


def days(device: Device, start: datetime, end: datetime) -> list[Row]:
    """The means of each day, at its noon; of this one, at this time where that is earlier."""
    rows = device.days.filter(
        day__gte=timezone.localtime(start).date(), day__lte=timezone.localtime(end).date()
    )
    return [
        (min(_noon(one.day), end), _short(one.rssi), _short(one.snr), _short(one.spreading_factor))
        for one in rows.order_by("day")
    ]


def lines(rows: Sequence[Row]) -> list[Line]:
    """The signal strength as the server draws it."""
    points = [(at, rssi) for at, rssi, _snr, _sf in rows]
    return [Line(name=_("Signal strength (RSSI)"), unit="dBm", points=points, decimals=0)]


def _series(name: str, unit: str, decimals: int, values: list[float | None]) -> dict[str, Any]:
    # No datastream: nothing of it is announced.
    return {"datastream": 0, "name": name, "unit": unit, "decimals": decimals, "value": values,
            "min": None, "max": None}  # fmt: skip


def _period(request: HttpRequest) -> tuple[datetime, datetime]:
    first, last = request.GET.get("from", ""), request.GET.get("to", "")
    if first or last:
        return history.span(first, last)
    now = clock.now()
    return now - DRAWN, now


def _noon(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
