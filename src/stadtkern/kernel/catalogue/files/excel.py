"""Excel workbooks (.xlsx): each sheet that holds a table."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from stadtkern.kernel.catalogue.files import limits
from stadtkern.kernel.catalogue.files.dialect import LOOKED_AT, header_of
from stadtkern.kernel.catalogue.files.notices import Notices
from stadtkern.kernel.catalogue.files.sheet import Line, Part
from stadtkern.kernel.spreadsheet import Unreadable, workbook


def parts(content: bytes, headers: dict[str, int] | None = None, unsolved: int = 0) -> list[Part]:
    """One part a sheet; `headers` names lines with headings that a person chose, by sheet.

    `unsolved` is the number of formulas in the file without a result.
    """
    try:
        book = workbook(content, unpacked=limits.MOST_UNPACKED)
    except Unreadable as error:
        said = _("The workbook cannot be opened. Please save it again as .xlsx.")
        raise limits.FileProblem(said) from error
    names = [one.title for one in book.worksheets if one.sheet_state == "visible"]
    if len(names) > limits.MOST_SHEETS:
        raise limits.FileProblem(_("The workbook has more than 30 sheets. Please divide it."))
    found = [_part(book, name, (headers or {}).get(name)) for name in names]
    if not any(found):
        raise limits.FileProblem(_("No table was found in the file."))
    tables = [one for one in found if one]
    for one in tables if unsolved else ():
        one.notices.add("unsolved", value=unsolved)
    return tables


def _part(book: Any, name: str, header: int | None) -> Part | None:
    first = list(_cells(book, name, most=LOOKED_AT))
    filled = [row for row in first if any(cell not in (None, "") for cell in row)]
    if not filled:
        return None
    width = max(_end(row) for row in filled)
    limits.check_columns(width)
    line = header_of([row[:width] for row in first], min(width, 2)) if header is None else header
    notices, notes = Notices(), []
    for number, row in enumerate(first[: max(line - 1, 0)], start=1):
        if words := " ".join(str(cell) for cell in row if cell not in (None, "")):
            notices.add("before", row=number, value=words)
            notes.append(words)
    heads = [str(c).strip() if c is not None else "" for c in first[line - 1]] if line else []
    heads = (heads + [""] * width)[:width]

    def lines() -> Iterator[Line]:
        for number, row in enumerate(_cells(book, name), start=1):
            limits.check_rows(number)
            if number > line:
                yield number, row[: max(width, _end(row))]

    return Part(name=name, heads=heads, lines=lines, notices=notices, header=line, notes=notes)


def _cells(book: Any, name: str, most: int | None = None) -> Iterator[list[Any]]:
    sheet = book[name]
    # Programs write wrong sizes into a sheet; without them every row is read.
    sheet.reset_dimensions()
    for row in sheet.iter_rows(values_only=True, max_row=most):
        yield list(row)


def _end(row: list[Any]) -> int:
    """How many cells there are up to the last one that holds something."""
    return max((n for n, cell in enumerate(row, start=1) if cell not in (None, "")), default=0)
