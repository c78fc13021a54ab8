"""Excel workbooks: sheets of rows, written as they come. Loaded by what writes one, not before."""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows that a sheet can hold (ECMA-376, as Excel reads it).
MOST_ROWS = 1_048_576
WIDTH = 16


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A sheet with a bold, fixed first row; `widths` by heading, in characters."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Mapping[str, int] = field(default_factory=dict)


def content(*sheets: Sheet) -> bytes:
    """The workbook with these sheets; texts are texts, whatever they begin with."""
    book = Workbook(write_only=True)
    for one in sheets:
        _write(book, one)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def response(name: str, *sheets: Sheet) -> HttpResponse:
    """The workbook as a private download called `<name>.xlsx`."""
    answer = HttpResponse(content(*sheets), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _write(book: Any, one: Sheet) -> None:
    # Excel refuses longer names, and these signs.
    sheet = book.create_sheet("".join(c for c in one.name if c not in "[]:*?/\\")[:31])
    sheet.freeze_panes = "A2"
    for number, head in enumerate(one.heads, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = one.widths.get(head, WIDTH)
    sheet.append([_head(sheet, head) for head in one.heads])
    for row in one.rows:
        sheet.append([_cell(sheet, value) for value in row])


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
