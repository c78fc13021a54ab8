"""The list of devices as a file: CSV, or a workbook for Excel."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from stadtkern.kernel.csv_file import LONGEST, csv_file
from stadtkern.site.staff.device_state import TITLES

HEADS = ("dev_eui", "name", "state", "last_seen", "place", "profile", "battery", "rssi", "snr",
         "problem", "network", "labels", "battery_until", "lost_7_days_percent", "frames", "lost",
         "spreading_factor", "gateway", "sends_every_seconds", "clock_offset_seconds")  # fmt: skip
WIDTHS = {"name": 34, "place": 34, "profile": 28, "problem": 40, "labels": 24, "last_seen": 20}


def as_file(rows: QuerySet[Any], kind: str) -> HttpResponse:
    """`csv` or `xlsx`, in the order of the rows."""
    lines = (_row(device) for device in rows[:LONGEST].iterator())
    return (
        xlsx_file("devices", HEADS, lines) if kind == "xlsx" else csv_file("devices", HEADS, lines)
    )


def xlsx_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A workbook with one sheet."""
    from stadtkern.kernel import workbook

    return workbook.response(name, workbook.Sheet(name=name, heads=heads, rows=rows, widths=WIDTHS))


def _row(device: Any) -> tuple[Any, ...]:
    place = device.thing.place.name if device.thing and device.thing.place else ""
    return (
        device.dev_eui,
        device.name,
        TITLES[device.state],
        device.last_seen,
        place,
        device.profile.title,
        device.battery,
        device.rssi,
        device.snr,
        device.problem,
        device.network.title if device.network else "",
        ", ".join(device.labels),
        device.battery_until,
        None if device.loss is None else round(100 * device.loss, 2),
        device.frames,
        device.lost,
        device.spreading_factor,
        device.gateway,
        round(device.expected.total_seconds()),
        device.clock_offset,
    )
