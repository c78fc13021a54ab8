"""A file of the register as rows with known columns, whatever layout its year had."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.utils.translation import gettext as _

from stadtkern.kernel import spreadsheet

MOST_BYTES: Final = 80_000_000
MOST_UNPACKED: Final = 600_000_000
# So many lines may stand before the header: what the file is, of which day, under which licence.
PREAMBLE: Final = 60
LETTERS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})
# Folded beginnings of headings, in all layouts since 2019; the first that fits counts. The
# register itself once wrote "Ladeeinrichung".
COLUMNS: Final = (
    ("register_id", r"ladeeinricht?ungs?id$"),
    ("operator", r"betreiber$"),
    ("status", r"status$"),
    ("kind", r"artderladeeinricht?ung"),
    ("points", r"anzahlladepunkte"),
    ("kw", r"(anschlussleistung|nennleistungladeeinricht?ung|installierteladeleistung)"),
    ("commissioned", r"inbetriebnahme"),
    ("address", r"adresse$"),
    ("postcode_town", r"postleitzahlort$"),
    ("street", r"strasse$"),
    ("house", r"hausnummer$"),
    ("postcode", r"(postleitzahl|plz)$"),
    ("town", r"ort$"),
    ("district", r"kreis"),
    ("lat", r"breitengrad"),
    ("lon", r"langengrad"),
    ("hours_days", r"offnungszeitenwochentage"),
    ("hours_times", r"offnungszeitentageszeiten"),
    ("hours", r"offnungszeiten$"),
    ("plug", r"steckertypen?(?P<n>\d+)$"),
    ("plug_kw", r"(p(?P<n>\d+)kw|nennleistungstecker(?P<m>\d+)(kw)?|p(?P<k>\d+))$"),
    ("evse_id", r"evseid(?P<n>\d+)$"),
)
NEEDED: Final = ("operator", "lat", "lon")


class Unusable(Exception):
    """The file cannot be read as a register; the text says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Its rows as `{column: text}`; numbered columns are `plug1`, `plug_kw1`, `evse_id1`..."""

    columns: dict[int, str]
    header_line: int
    preamble: str
    rows: Iterable[tuple[int, dict[str, str]]]

    @property
    def layout(self) -> str:
        """Which columns there are, in short: years differ in these."""
        known = set(self.columns.values())
        address = "one address column" if "address" in known else "address in parts"
        ids = "with EVSE ids" if any(c.startswith("evse_id") for c in known) else "no EVSE ids"
        return f"{address}, {ids}"


def fold(text: str) -> str:
    """Small letters and digits only; umlauts as their vowels."""
    return re.sub(r"[^a-z0-9]", "", text.casefold().translate(LETTERS))


def read(content: bytes) -> Table:
    """The table in a CSV file or workbook. Raises Unusable."""
    if len(content) > MOST_BYTES:
        raise Unusable(_("The file is larger than 80 MB. Please cut it to the city's state."))
    if content.startswith(spreadsheet.OLD_EXCEL):
        raise Unusable(_("This is an old Excel file (.xls). Please save it as .xlsx or .csv."))
    if content.startswith(spreadsheet.ZIP):
        return _found([_cells_of_workbook(content)])
    text, _encoding = spreadsheet.decoded(content)
    return _found(
        csv.reader(io.StringIO(text, newline=""), delimiter=sign) for sign in (";", ",", "\t")
    )


def _cells_of_workbook(content: bytes) -> Iterator[Sequence[Any]]:
    try:
        book = spreadsheet.workbook(content, unpacked=MOST_UNPACKED)
    except spreadsheet.Unreadable as problem:
        said = _("The workbook is too large.") if problem.large else _("The workbook is broken.")
        raise Unusable(said) from None
    for sheet in book.worksheets:
        yield from sheet.iter_rows(values_only=True)


def _found(ways: Iterable[Iterator[Sequence[Any]]]) -> Table:
    """The first way of reading that has a header."""
    for rows in ways:
        before: list[str] = []
        numbered = enumerate(rows, 1)
        for line, cells in islice(numbered, PREAMBLE):
            columns = columns_of([_text(one) for one in cells])
            if set(NEEDED) <= set(columns.values()):
                return Table(columns=columns, header_line=line, preamble=" ".join(before),
                             rows=_rows(numbered, columns))  # fmt: skip
            before += [text for one in cells if (text := _text(one))]
    raise Unusable(
        _("No header with operator, latitude and longitude was found. Please use the file of the"
          " Bundesnetzagentur as it is.")
    )  # fmt: skip


def columns_of(cells: Sequence[str]) -> dict[int, str]:
    """What each cell of a header stands for."""
    found: dict[int, str] = {}
    for at, cell in enumerate(cells):
        folded = fold(re.sub(r"\[.*?DG.*?\]", "", cell))
        for name, pattern in COLUMNS:
            if fits := re.match(pattern, folded):
                number = next((n for n in fits.groupdict().values() if n), "")
                found.setdefault(at, name + number)
                break
    return found


def _rows(
    numbered: Iterable[tuple[int, Sequence[Any]]], columns: dict[int, str]
) -> Iterator[tuple[int, dict[str, str]]]:
    for line, cells in numbered:
        row = {name: _text(cells[at]) for at, name in columns.items() if at < len(cells)}
        if row.get("operator"):
            yield line, row


def _text(value: Any) -> str:
    """A cell as text; a workbook's dates as ISO, its whole numbers without a point."""
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat())[:10]
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
