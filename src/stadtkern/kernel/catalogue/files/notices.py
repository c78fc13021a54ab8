"""What is odd about a file: by kind, column and row, so that nothing is lost without a word."""

from typing import Any, Final, Literal

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Weight = Literal["info", "check"]

# A person should look at those marked "check": there data may be wrong or lost.
KINDS: Final[dict[str, tuple[Weight, str | Promise]]] = {
    "encoding": ("info", _("The file is not in Unicode; its signs were read as %(value)s.")),
    "undecodable": ("check", _("Some signs cannot be read and were replaced.")),
    "damaged": ("check", _("Signs look damaged, probably umlauts.")),
    "mark": ("info", _("The file began with an invisible mark (BOM), which was left out.")),
    "before": ("info", _("Lines above the headings are kept as a note, not as rows.")),
    "footnote": ("info", _("Lines below the table are kept as a note, not as rows.")),
    "between": ("check", _("A line amid the table is a remark; it is kept as a note.")),
    "no_heading": ("check", _("The column had no heading and was given a name.")),
    "no_headings": ("check", _("The table has no headings; the columns are numbered.")),
    "same_heading": ("check", _("Two columns have the same heading; this one was numbered.")),
    "empty_column": ("info", _("A column without heading and without values was left out.")),
    "empty_row": ("info", _("Empty rows were left out.")),
    "extra": ("check", _("The row has more values than there are columns.")),
    "extra_empty": ("info", _("The row ends with more separators than it should.")),
    "short": ("check", _("The row has fewer values than there are columns.")),
    "blanks": ("info", _("Blanks around values were removed.")),
    "quotes": ("info", _("Single quotes around values were removed.")),
    "missing": ("info", _("This sign stands for “no value” and becomes an empty cell.")),
    "unfit": ("check", _("The value does not fit the kind of its column and becomes empty.")),
    "ambiguous": ("check", _("It is not clear whether the point separates thousands.")),
    "century": ("info", _("Years have two digits; the century was added.")),
    "local_time": ("info", _("Times have no zone; they are taken as local time of the city.")),
    "no_such_time": ("check", _("This time does not exist: the clocks were put forward.")),
    "midnight": ("info", _("24:00 was read as 0:00 of the next day.")),
    "lost_zero": ("check", _("The key has too few digits; a leading zero seems to be lost.")),
    "formula_error": ("check", _("The cell holds an error of the spreadsheet.")),
    "unsolved": (
        "check",
        _("Formulas have no stored result (%(value)s) and are empty. Save the file in Excel."),
    ),
    "swapped": ("check", _("Longitude and latitude seem to be exchanged; they were put right.")),
    "guessed_crs": ("check", _("No reference system is named; %(value)s fits the values.")),
    "no_position": ("info", _("The row has no position.")),
    "not_on_earth": ("check", _("The coordinates lie nowhere on earth; the row has no position.")),
    "far": ("check", _("The position is far away from the city.")),
    "outside": ("info", _("The position is outside of the city.")),
    "no_shape": ("check", _("The shape cannot be read; the row has no position.")),
    "invalid_shape": ("check", _("The outline crosses itself.")),
    "no_crs": ("check", _("Nothing is known about the reference system of the positions.")),
    "nested": ("info", _("Values with parts of their own were stored as text.")),
}  # fmt: skip
KEPT: Final = 200
LONGEST: Final = 120


class Notice(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One kind of oddity in one column: how often, and where (row of the file, value)."""

    code: str
    column: str = ""
    count: int = 0
    at: list[tuple[int, str]] = []

    @property
    def weight(self) -> Weight:
        """Whether a person should look at it."""
        return KINDS[self.code][0]

    @property
    def text(self) -> str:
        """What it means, in the reader's language."""
        said = str(KINDS[self.code][1])
        return said % {"value": self.at[0][1] if self.at else ""} if "%(" in said else said


class Notices:
    """Collects oddities; counts all, remembers the first rows of each."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], Notice] = {}

    def add(self, code: str, column: str = "", row: int = 0, value: Any = "") -> None:
        """One more of this kind; `row` is a line of the file, 0 where none is meant."""
        key = (code, column)
        notice = self._found.get(key)
        if notice is None:
            notice = self._found[key] = Notice(code=code, column=column, at=[])
        notice.count += 1
        if len(notice.at) < KEPT:
            notice.at.append((row, str(value)[:LONGEST]))

    def listed(self) -> list[Notice]:
        """What should be looked at first, then the rest."""
        return sorted(self._found.values(), key=lambda one: one.weight != "check")
