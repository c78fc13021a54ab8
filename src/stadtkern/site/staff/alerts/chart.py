"""The values around an alert, with the limits that they crossed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncHour
from django.utils import timezone
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import wording
from stadtkern.kernel.alerts.models import Alert
from stadtkern.kernel.devices.models import Device, DeviceDay, Uplink
from stadtkern.kernel.things import series
from stadtkern.kernel.ui.shapes import Line

POINTS = 300
LEAST = timedelta(hours=6)
LONGEST = timedelta(days=30)
DAYS = {
    "battery": "battery",
    "clock": "clock_offset",
    "frames": "lost",
    "decoding": "failed",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawn:
    """Lines on one axis, and what they show."""

    lines: Sequence[Line]
    caption: str
    rows: Sequence[tuple[datetime, float]] = ()


def of(alert: Alert) -> Drawn | None:
    """What raised an alert, as lines; None where there is nothing to draw."""
    if alert.datastream_id is not None:
        return _values(alert)
    if alert.device is None:
        return None
    if alert.rule.kind == "silence":
        return _messages(alert, alert.device)
    return _days(alert, alert.device) if alert.rule.kind in DAYS else None


def around(alert: Alert) -> tuple[datetime, datetime]:
    """From well before the beginning until well after the end, or until now."""
    now = clock.now()
    end = alert.ended or now
    margin = min(max((end - alert.since) / 2, LEAST), timedelta(days=3))
    start = max(alert.since - margin, end - LONGEST)
    return start, min(end + margin, now)


def _values(alert: Alert) -> Drawn:
    stream = alert.datastream
    assert stream is not None
    start, end = around(alert)
    found = series.series([stream.pk], start, end, POINTS)
    what = wording.what_of(alert)
    points = list(zip(found.times, found.lines[0].mean, strict=True))
    lines = [Line(name=what.name, unit=what.unit, points=points, decimals=what.decimals)]
    condition = alert.rule.condition
    for name, title in (("high", _("upper limit")), ("low", _("lower limit"))):
        limit = condition.get(name)
        if alert.rule.kind == "threshold" and limit is not None and points:
            ends = [(points[0][0], limit), (points[-1][0], limit)]
            lines.append(Line(name=title, unit=what.unit, points=ends, decimals=what.decimals))
    known = [(at, value) for at, value in points if value is not None]
    near = [one for one in known if one[0] >= alert.since - timedelta(hours=1)][:12]
    return Drawn(lines=lines, caption="", rows=near or known[-12:])


def _messages(alert: Alert, device: Device) -> Drawn:
    """Messages in each hour: the line that stops."""
    start, end = around(alert)
    start = min(start, alert.since - timedelta(days=1))
    rows = (
        Uplink.objects.filter(device=device, time__gte=start, time__lt=end)
        .order_by().annotate(hour=TruncHour("time")).values_list("hour").annotate(n=Count("pk"))
    )  # fmt: skip
    counted: dict[Any, int] = dict(rows)
    first = timezone.localtime(start).replace(minute=0, second=0, microsecond=0)
    hours = int((end - first).total_seconds() // 3600) + 1
    steps = [first + timedelta(hours=n) for n in range(min(hours, POINTS * 3))]
    points = [(at, float(counted.get(at, 0))) for at in steps]
    return Drawn(
        lines=[Line(name=_("Messages per hour"), unit="", points=points, decimals=0)], caption=""
    )


def _days(alert: Alert, device: Device) -> Drawn | None:
    """One value for each of the last ninety days."""
    field = DAYS[alert.rule.kind]
    since = timezone.localdate(alert.since) - timedelta(days=90)
    rows = DeviceDay.objects.filter(device=device, day__gte=since).order_by("day")
    found = list(rows.exclude(**{field: None}).values_list("day", field))
    if len(found) < 2:
        return None
    zone = timezone.get_current_timezone()
    points = [(datetime.combine(day, time(12), tzinfo=zone), float(v)) for day, v in found]
    names = {
        "battery": (_("Battery"), "%"),
        "clock": (_("Clock behind"), "s"),
        "frames": (_("Lost messages"), ""),
        "decoding": (_("Messages not read"), ""),
    }
    name, unit = names[alert.rule.kind]
    return Drawn(lines=[Line(name=name, unit=unit, points=points, decimals=0)], caption="")
