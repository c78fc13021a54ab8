"""The catalogue as a table: out for a spreadsheet, and in again."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _

from stadtkern.kernel.cases.catalogue.flat import KEYS, flat
from stadtkern.kernel.cases.catalogue.taking import Incoming
from stadtkern.kernel.cases.models import Service

HEADS: Final = ("slug", *KEYS)
LARGEST: Final = 20_000_000
MOST: Final = 5000


class BadTable(Exception):
    """A file that is no table of services; the text says why."""


def rows() -> Iterator[Sequence[str]]:
    """All services, by slug."""
    for one in Service.objects.select_related("department").order_by("slug"):
        told = flat(one)
        yield [one.slug, *(told[key] for key in KEYS)]


def read(content: bytes) -> list[Incoming]:
    """The services of a file; a column that is missing is left as it is. Raises BadTable."""
    if len(content) > LARGEST:
        raise BadTable(_("The file is too large."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable(_("The file is not UTF-8. Save it as “CSV UTF-8”.")) from None
    reader = csv.DictReader(io.StringIO(text), delimiter=_delimiter(text))
    heads = set(reader.fieldnames or ())
    if "slug" not in heads:
        raise BadTable(_("The first line names no column “slug”."))
    if unknown := heads - set(HEADS):
        raise BadTable(_("Unknown columns: %(names)s") % {"names": ", ".join(sorted(map(str, unknown)))})  # fmt: skip  # noqa: E501
    return _services(reader)


def _services(reader: "csv.DictReader[str]") -> list[Incoming]:
    found: list[Incoming] = []
    for line in reader:
        if len(found) >= MOST:
            raise BadTable(_("The file has more than %(most)s rows.") % {"most": MOST})
        if slug := (line.get("slug") or "").strip():
            said = {key: _cell(line[key]) for key in KEYS if line.get(key) is not None}
            found.append(Incoming(system="", id=slug, fields=said))
    return found


def _cell(text: str) -> str:
    """As it was before the file was made safe for spreadsheets."""
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@\t\r" else text


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return ";" if first.count(";") >= first.count(",") else ","
