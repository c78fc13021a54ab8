"""Datasets with tables for the tests of the portal."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.kernel.catalogue.tables.write import write

MakeDataset = Callable[..., Dataset]
TREES = [
    Field(slug="art", title="Baumart", title_en="Species", about="Deutscher Name"),
    Field(slug="hoehe", kind="number", title="Höhe", title_en="Height", unit="m"),
    Field(slug="gepflanzt", kind="date", title="Gepflanzt am", title_en="Planted on"),
    Field(slug="lage", kind="geometry", title="Lage", title_en="Position"),
]


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def tree_rows(count: int = 60) -> list[dict[str, Any]]:
    """Every third an oak; the tallest is row 59."""
    kinds = ("Eiche", "Linde", "Ahorn <b>")
    return [
        {"art": kinds[i % 3], "hoehe": 2.5 + i / 4, "gepflanzt": date(1960 + i, 4, 1),
         "lage": point(7.20 + i / 1000, 51.53)}
        for i in range(count)
    ]  # fmt: skip


@pytest.fixture
def make() -> MakeDataset:
    """A function that publishes a dataset; with `rows` it has a table."""

    def made(
        slug: str, title: str, *, fields: Sequence[Field] = (), rows: Sequence[Mapping] = (),
        **facts: Any,
    ) -> Dataset:  # fmt: skip
        given = {"state": Dataset.PUBLISHED, "publisher": publishers.city(), **facts}
        dataset = Dataset.objects.create(slug=slug, title=title, **given)
        if fields:
            part = Resource.objects.create(dataset=dataset, slug=slug, title=title)
            write(part, list(fields), rows)
        return dataset

    return made


@pytest.fixture
def trees(make: MakeDataset) -> Dataset:
    """Sixty trees with heights, dates and places."""
    return make(
        "baeume", "Stadtbäume", title_en="City trees", about="Alle Bäume an Straßen.",
        about_en="All trees along streets.", keywords=["Baum", "Grün"], themes=["ENVI"],
        rhythm="ANNUAL", fields=TREES, rows=tree_rows(),
    )  # fmt: skip
