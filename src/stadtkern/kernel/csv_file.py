"""A list as a file for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

LONGEST = 100_000
# A spreadsheet runs a cell that begins like this; names and log-ins come from outside.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, heads: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """UTF-8 with a mark and semicolons, which German spreadsheets open as a table."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([str(head) for head in heads])
    writer.writerows([_cell(value) for value in row] for row in rows)
    response = HttpResponse(f"\N{BOM}{text.getvalue()}", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    text = str(value)
    harmful = isinstance(value, str) and text.startswith(FORMULA)
    return f"'{text}" if harmful else text
