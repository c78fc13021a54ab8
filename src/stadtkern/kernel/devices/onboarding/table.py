"""Reads a table that somebody uploads: CSV as spreadsheets write it, or Excel (.xlsx)."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from stadtkern.kernel.spreadsheet import OLD_EXCEL, ZIP, Unreadable, decoded, workbook

LARGEST = 5 * 1024 * 1024
UNPACKED = 100 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 60


class TableProblem(Exception):
    """The file cannot be read as a table; the message says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """The headings, and every row that is not empty with its number in the spreadsheet."""

    heads: list[str]
    rows: list[tuple[int, list[str]]]


def read(content: bytes) -> Table:
    """The first sheet of this file. Raises TableProblem."""
    if len(content) > LARGEST:
        raise TableProblem(_("The file is larger than 5 MB. Divide it into several."))
    if content.startswith(OLD_EXCEL):
        raise TableProblem(_("This is an old Excel file (.xls). Save it as .xlsx or as CSV."))
    lines = _excel(content) if content.startswith(ZIP) else _csv(content)
    return _table(lines)


def _table(lines: Iterator[list[str]]) -> Table:
    numbered = ((n, row) for n, row in enumerate(lines, start=1) if any(row))
    first = next(numbered, None)
    if first is None:
        raise TableProblem(_("The file is empty."))
    rows: list[tuple[int, list[str]]] = []
    for number, row in numbered:
        if len(rows) == MOST_ROWS:
            raise TableProblem(
                _("The file has more than %(most)d rows. Divide it into several.")
                % {"most": MOST_ROWS}
            )
        rows.append((number, row))
    return Table(heads=first[1], rows=rows)


def _csv(content: bytes) -> Iterator[list[str]]:
    text, _encoding = decoded(content)
    if "\0" in text:
        raise TableProblem(_("This is neither CSV nor Excel. Take the template, fill it in."))
    delimiter = _delimiter(text)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [cell.strip() for cell in row[:MOST_COLUMNS]]
    except csv.Error as error:
        raise TableProblem(_("The file cannot be read: %(error)s.") % {"error": error}) from None


def _delimiter(text: str) -> str:
    """The one of the three that stands most often between the headings."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and len(first) > len("sep="):
        return first[4]
    return max(";\t,", key=first.count)


def _excel(content: bytes) -> Iterator[list[str]]:
    try:
        sheet = workbook(content, unpacked=UNPACKED).worksheets[0]
        for row in sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True):
            yield [_cell(value) for value in row]
    except (Unreadable, KeyError, ValueError, IndexError) as error:
        if isinstance(error, Unreadable) and error.large:
            raise TableProblem(_("The file is larger than 5 MB. Divide it into several.")) from None
        raise TableProblem(
            _("The Excel file cannot be read. Save it anew as .xlsx, or as CSV.")
        ) from None


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()
