"""Excel workbooks: the rows, and a sheet that says what they are. Brings openpyxl along."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.utils import timezone

from stadtkern.kernel import workbook  # noqa: TID253  loaded when a workbook is wanted
from stadtkern.kernel.catalogue.doors.files import lines
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.vocabulary import LICENCES

# Excel opens more, but few machines do so in a minute.
MOST_ROWS: Final = 100_000
# Longer texts make Excel call the file damaged.
LONGEST: Final = 32_000


def write(version: Version, path: Path) -> None:
    """The first rows up to the limit, which the second sheet tells."""
    heads = [one.slug for one in version.columns]
    rows = workbook.Sheet(name="Daten", heads=heads, rows=_rows(version))
    about = workbook.Sheet(
        name="Angaben", heads=["Angabe", "Inhalt"], rows=_about(version),
        widths={"Angabe": 28, "Inhalt": 90},
    )  # fmt: skip
    path.write_bytes(workbook.content(rows, about))


def _rows(version: Version) -> Iterator[tuple[Any, ...]]:
    left = MOST_ROWS
    for page in lines.pages(version):
        for row in page[:left]:
            yield tuple(v[:LONGEST] if isinstance(v, str) else v for v in row)
        left -= len(page)
        if left <= 0:
            return


def _about(version: Version) -> Iterator[tuple[str, str]]:
    """German, as the catalogue is."""
    dataset, resource = version.resource.dataset, version.resource
    licence = LICENCES.get(resource.licence or dataset.licence)
    yield "Datensatz", dataset.title
    yield "Tabelle", resource.title
    yield "Beschreibung", dataset.about
    yield "Herausgeber", dataset.publisher.name
    yield "Lizenz", f"{licence.title} ({licence.url})" if licence else dataset.licence
    if dataset.credit:
        yield "Quellenvermerk", dataset.credit
    yield "Version", str(version.number)
    yield "Stand", timezone.localtime(version.created).strftime("%d.%m.%Y, %H:%M")
    yield "Zeilen", _count(version)
    if dataset.invented:
        yield "Hinweis", "Beispieldaten: Die Werte sind erfunden."
    for one in version.columns:
        unit = f" ({one.unit})" if one.unit else ""
        yield f"Spalte {one.slug}", f"{one.title or one.slug}{unit}. {one.about}".strip()


def _count(version: Version) -> str:
    if version.rows <= MOST_ROWS:
        return str(version.rows)
    return (
        f"{version.rows}; hier stehen die ersten {MOST_ROWS}."
        " Alle Zeilen enthalten die Dateien CSV und Parquet."
    )
