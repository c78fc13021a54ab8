"""Published tables as open data: each is a dataset of the catalogue that staff published.

Tables come and go with what staff publish, while a system's declared datasets are fixed when the
program starts. So the rows are written where every dataset's rows lie, with origin `uploaded`;
the portal, its formats and interfaces need to know nothing of statistics. Only what may be read
goes there: `value` and `sign`, never the file's own numbers.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.kernel.catalogue.tables import write
from stadtkern.systems.statistics.models import Dimension, Edition, Item, Table
from stadtkern.systems.statistics.signs import MEANINGS

STATISTICS = "c_e1da4e07"  # category of Regulation (EU) 2023/138
RESOURCE = "tabelle"
PAGE = 5000


def slug_of(table: Table) -> str:
    """The dataset of this table."""
    return f"statistik-{table.slug}"[:100]


def publish(edition: Edition) -> Dataset:
    """Write the dataset and its rows; a second time changes nothing."""
    table = edition.table
    dims = list(table.dimensions.order_by("position"))
    dataset, _ = Dataset.objects.update_or_create(slug=slug_of(table), defaults=_facts(table))
    resource, _ = Resource.objects.get_or_create(
        dataset=dataset, slug=RESOURCE, defaults={"title": "Tabelle", "title_en": "Table"}
    )
    # All rows at once: while they are copied, the connection answers no other question.
    write.write(
        resource, _fields(table, dims), list(_rows(edition, dims)), by="system:statistics",
        note=f"Ausgabe {edition.number}",
    )  # fmt: skip
    Resource.objects.filter(pk=resource.pk).update(checked=clock.now())
    write.forget_old(resource, keep=2)
    return dataset


def withdraw(table: Table) -> None:
    """No edition is public any more."""
    Dataset.objects.filter(slug=slug_of(table)).update(
        state=Dataset.WITHDRAWN, modified=clock.now()
    )


def _facts(table: Table) -> dict[str, Any]:
    days = Item.objects.filter(dimension__table=table, date__isnull=False).order_by("date")
    dates = list(days.values_list("date", flat=True))
    said = [table.about, table.method, _signs("de")]
    return {
        "origin": Dataset.UPLOADED, "state": Dataset.PUBLISHED, "title": table.title,
        "title_en": table.title_en, "about": "\n\n".join(one for one in said if one),
        "about_en": "\n\n".join(one for one in (table.about_en, _signs("en")) if one),
        "themes": ["SOCI"], "keywords": _keywords(table), "publisher": publishers.city(),
        "licence": table.licence, "credit": table.source, "rhythm": table.rhythm,
        "hvd": "" if table.invented else STATISTICS, "invented": table.invented,
        "period_start": dates[0] if dates else None, "period_end": dates[-1] if dates else None,
        "modified": clock.now(),
    }  # fmt: skip


def _signs(language: str) -> str:
    with override(language):
        head = "Zeichen" if language == "de" else "Signs"
        return f"{head}: " + "; ".join(f"{sign} = {words}" for sign, words in MEANINGS.items())


def _keywords(table: Table) -> list[str]:
    named = [word.strip() for word in table.keywords.split(",")]
    return list(dict.fromkeys(["Statistik", table.theme.title, *(word for word in named if word)]))


def column(dim: Dimension) -> str:
    """The name of a dimension's column in every format."""
    plain = dim.slug.replace("-", "_")
    return plain if plain[:1].isalpha() else f"d_{plain}"


def _fields(table: Table, dims: list[Dimension]) -> list[Field]:
    fields = []
    for dim in dims:
        name = column(dim)
        fields.append(Field(slug=f"{name}_code"[:60], title=f"{dim.title} (Schlüssel)",
                            title_en=f"{dim.title_en or dim.title} (code)"))  # fmt: skip
        fields.append(Field(slug=name[:60], title=dim.title, title_en=dim.title_en))
    kind: Any = "integer" if table.decimals == 0 else "number"
    fields.append(Field(slug="wert", kind=kind, title="Wert", title_en="Value", about=table.unit))
    fields.append(Field(slug="zeichen", title="Zeichen", title_en="Sign"))
    return fields


def _rows(edition: Edition, dims: list[Dimension]) -> Iterator[dict[str, Any]]:
    items = {one.pk: one for one in Item.objects.filter(dimension__in=dims)}
    number = int if edition.table.decimals == 0 else float
    found = edition.cells.order_by("key").values_list("key", "value", "sign")
    for key, value, sign in found.iterator(chunk_size=PAGE):
        row: dict[str, Any] = {"wert": None if value is None else number(value), "zeichen": sign}
        for dim, item in zip(dims, key, strict=True):
            name = column(dim)
            row[f"{name}_code"[:60]], row[name[:60]] = items[item].code, items[item].title
        yield row
