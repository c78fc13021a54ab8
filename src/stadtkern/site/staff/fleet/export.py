"""The list of devices as a file: CSV, or a workbook for Excel."""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from stadtkern.site.staff.csv_file import LONGEST, csv_file
from stadtkern.site.staff.device_state import TITLES

HEADS = ("dev_eui", "name", "state", "last_seen", "place", "profile", "battery", "rssi", "snr",
         "problem", "network", "labels", "battery_until", "lost_7_days_percent", "frames", "lost",
         "spreading_factor", "gateway", "sends_every_seconds", "clock_offset_seconds")  # fmt: skip
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {"name": 34, "place": 34, "profile": 28, "problem": 40, "labels": 24, "last_seen": 20}


def as_file(rows: QuerySet[Any], kind: str) -> HttpResponse:
    """`csv` or `xlsx`, in the order of the rows."""
    lines = (_row(device) for device in rows[:LONGEST].iterator())
    return (
        xlsx_file("devices", HEADS, lines) if kind == "xlsx" else csv_file("devices", HEADS, lines)
    )


def xlsx_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A workbook with one sheet; texts are texts, whatever they begin with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for number, head in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(head, 16)
    sheet.append([_head(sheet, head) for head in heads])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    file = io.BytesIO()
    book.save(file)
    response = HttpResponse(file.getvalue(), content_type=WORKBOOK)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


def _head(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """Times in the city's zone, which a workbook cannot name; a formula stays a text."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, int | float | date):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    return cell


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
