"""CSV and its kin: lines of text become rows of cells, every odd line told."""

import csv
import io
import sys
from collections.abc import Iterator

from django.utils.translation import gettext as _

from stadtkern.kernel.catalogue.files import limits
from stadtkern.kernel.catalogue.files.dialect import Dialect, dialect_of
from stadtkern.kernel.catalogue.files.notices import Notices
from stadtkern.kernel.catalogue.files.sheet import Line, Part
from stadtkern.kernel.catalogue.files.text import decoded

csv.field_size_limit(min(limits.LONGEST_CELL, sys.maxsize))
MOST_NOTES = 40


def parts(name: str, content: bytes, header: int | None = None) -> list[Part]:
    """The one table of a text file; `header` is the line with the headings, if a person said."""
    notices = Notices()
    text = decoded(content, notices).replace("\0", "")
    found = dialect_of(text, header)
    if found.width == 0:
        raise limits.FileProblem(_("No table was found in the file."))
    limits.check_columns(found.width)
    table = _Table(text, found, notices)
    return [
        Part(
            name=name, heads=table.heads, lines=table.lines, notices=notices,
            header=found.header, comma=found.sign == ";", notes=table.notes,
        )
    ]  # fmt: skip


class _Table:
    """A text with its dialect. Notices are told at the first reading, and only then."""

    def __init__(self, text: str, dialect: Dialect, notices: Notices) -> None:
        self.text, self.dialect, self.told = text, dialect, notices
        self.notes: list[str] = []
        self.heads = self._heads()
        self._last = self._last_row()

    def _reader(self) -> Iterator[Line]:
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.dialect.sign)
        last = 0
        try:
            for row in reader:
                # A value may hold line ends: the row is where it begins.
                yield last + 1, list(row)
                last = reader.line_num
        except csv.Error as error:
            said = _("The file cannot be read from line %(line)s on: %(error)s.")
            told = said % {"line": reader.line_num, "error": error}
            raise limits.FileProblem(told) from error

    def _heads(self) -> list[str]:
        for number, (line, row) in enumerate(self._reader(), start=1):
            if number == self.dialect.header:
                return [cell.strip() for cell in row]
            if number < self.dialect.header:
                self._note("before", line, row)
            else:
                break
        return [""] * self.dialect.width

    def _last_row(self) -> int:
        """The line of the last full row: thin lines below it are footnotes."""
        last, thin = 0, list[Line]()
        for number, (line, row) in enumerate(self._reader(), start=1):
            limits.check_rows(number)
            if self._is_thin(row):
                thin.append((line, row))
                continue
            if last:
                self._tell_remarks(thin)
            last, thin = line, []
        for line, row in thin:
            if last and any(cell.strip() for cell in row):
                self._note("footnote", line, row)
        return last or sys.maxsize

    def _tell_remarks(self, thin: list[Line]) -> None:
        for line, row in thin:
            if self._is_remark(row):
                self._note("between", line, row)

    def _is_remark(self, row: list[str]) -> bool:
        """A single value in a line without any separator, in a table of three columns or more."""
        return len(row) == 1 and self.dialect.width > 2 and bool(row[0].strip())

    def _is_thin(self, row: list[str]) -> bool:
        filled = sum(bool(cell.strip()) for cell in row)
        return not filled or (filled == 1 and len(row) < self.dialect.width)

    def _note(self, code: str, line: int, row: list[str]) -> None:
        words = " ".join(cell.strip() for cell in row if cell.strip())
        self.told.add(code, row=line, value=words)
        if words.strip("_-= ") and len(self.notes) < MOST_NOTES:
            self.notes.append(words)

    def lines(self) -> Iterator[Line]:
        """The rows of data."""
        for number, (line, row) in enumerate(self._reader(), start=1):
            if line > self._last:
                return
            if number > self.dialect.header and not self._is_remark(row):
                yield line, list(row)
