"""A file as rows of cells: CSV in any of its encodings and delimiters, or a sheet of Excel."""

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from stadtkern.kernel.spreadsheet import OLD_EXCEL, ZIP, Unreadable, decoded, workbook

LARGEST = 10 * 1024 * 1024
UNPACKED = 150 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 60_000, 400
DELIMITERS = ";\t,|"

Value = str | int | float


class FileProblem(Exception):
    """The file cannot be read as a table; the message says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grid:
    """The rows of one sheet, all of the same width; `how` says in words what was found.

    Empty cells are empty texts. A merged area has its value in each of its cells.
    """

    rows: list[list[Value]]
    sheets: list[str] = field(default_factory=list)
    how: str = ""

    @property
    def width(self) -> int:
        """How many columns there are."""
        return len(self.rows[0]) if self.rows else 0

    def text(self, row: int, column: int) -> str:
        """A cell as text; rows and columns count from 0."""
        return str(self.rows[row][column]).strip()


def read(content: bytes, sheet: int = 0) -> Grid:
    """The sheet of this file. Raises FileProblem."""
    if len(content) > LARGEST:
        raise FileProblem(_("The file is larger than 10 MB. Divide it into several."))
    if content.startswith(OLD_EXCEL):
        raise FileProblem(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV."))
    grid = _excel(content, sheet) if content.startswith(ZIP) else _csv(content)
    if not any(any(cell != "" for cell in row) for row in grid.rows):
        raise FileProblem(_("The file is empty."))
    return grid


def _even(rows: list[list[Value]]) -> list[list[Value]]:
    """Rows of one width; empty ones at the end are cut."""
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    if len(rows) > MOST_ROWS:
        raise FileProblem(
            _("The file has more than %(most)d rows. Divide it into several.") % {"most": MOST_ROWS}
        )
    width = min(max(map(len, rows), default=0), MOST_COLUMNS)
    return [row[:width] + [""] * (width - len(row)) for row in rows]


def _csv(content: bytes) -> Grid:
    text, encoding = decoded(content)
    if "\0" in text:
        raise FileProblem(_("This is neither CSV nor Excel. Save the table as .xlsx or as CSV."))
    delimiter = _delimiter(text)
    try:
        found = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        rows: list[list[Value]] = [[cell.strip() for cell in row] for row in found]
    except csv.Error as error:
        raise FileProblem(_("The file cannot be read: %(error)s.") % {"error": error}) from None
    shown = _("tabulator") if delimiter == "\t" else delimiter
    how = _("CSV, %(encoding)s, columns divided by %(sign)s")
    return Grid(rows=_even(rows), how=how % {"encoding": encoding, "sign": shown})


def _delimiter(text: str) -> str:
    """The sign that divides most lines into the same number of parts."""
    lines = [line for line in text.splitlines() if line.strip()][:400]

    def steady(sign: str) -> tuple[int, int]:
        counts = Counter(line.count(sign) for line in lines)
        counts.pop(0, None)
        parts, often = max(counts.items(), key=lambda one: one[1], default=(0, 0))
        return often, parts

    return max(DELIMITERS, key=steady)


def _excel(content: bytes, number: int) -> Grid:
    try:
        book = workbook(content, unpacked=UNPACKED, whole=True)
        sheets = [one for one in book.worksheets if one.sheet_state == "visible"]
        sheet = sheets[min(number, len(sheets) - 1)]
        rows = [[_value(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        _fill(rows, sheet.merged_cells.ranges)
    except Exception as error:
        if isinstance(error, Unreadable) and error.large:
            said = _("The workbook is too large. Save its sheet as CSV.")
            raise FileProblem(said) from error
        said = _("The workbook cannot be read. Open it in Excel and save it again.")
        raise FileProblem(said) from error
    how = _("Excel, sheet “%(name)s”") % {"name": sheet.title}
    return Grid(rows=_even(rows), sheets=[one.title for one in sheets], how=how)


def _value(cell: Any) -> Value:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, int | float):
        return cell
    return str(cell).strip()


def _fill(rows: list[list[Value]], merged: Any) -> None:
    for area in merged:
        value = rows[area.min_row - 1][area.min_col - 1]
        for row in rows[area.min_row - 1 : area.max_row]:
            for column in range(area.min_col - 1, area.max_col):
                row[column] = value
