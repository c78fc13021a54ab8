"""What the finders are told beside the table: the city, its streets, the other tables."""

from collections.abc import Iterator
from typing import Final

from django.db.models import F

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue.models import Dataset, Resource, Version
from stadtkern.kernel.catalogue.tables.read import Query, read
from stadtkern.kernel.places.models import Landmark, Place
from stadtkern.systems.data_improvement import sources
from stadtkern.systems.data_improvement.finding.addresses import column_of_streets
from stadtkern.systems.data_improvement.finding.frame import Other, Table, World
from stadtkern.systems.data_improvement.finding.streets import looks_like, parsed

TABLES, SAMPLE = 60, 400
STREETS: Final = 20_000
LABELLED: Final = 3000


def world_of(dataset: Dataset, resource: Resource | None) -> World:
    """The world around a table of this dataset."""
    city = registry.city().city
    others = list(_others(dataset)) if resource else []
    return World(
        bounds=city.bounds, zone=city.time_zone, state=city.state, city=city.name,
        streets=sorted(set(_streets(dataset)))[:STREETS] if resource else [],
        title=dataset.title, about=dataset.about, keywords=list(dataset.keywords),
        themes=list(dataset.themes), hvd=dataset.hvd,
        describable=dataset.origin == Dataset.UPLOADED,
        others=others, labelled=_labelled(dataset),
    )  # fmt: skip


def _streets(dataset: Dataset) -> Iterator[str]:
    """Streets that the city knows: of its places, its stops, and other tables with addresses."""
    for street in Place.objects.exclude(street="").values_list("street", flat=True).distinct():
        yield parsed(street).street
    for name in Landmark.objects.values_list("name", flat=True):
        street = name.partition(",")[0].strip()
        if looks_like(street):
            yield parsed(street).street
    for version in _versions(dataset):
        page = read(version, Query(limit=SAMPLE * 5))
        table = Table(columns=version.columns, rows=[list(row) for row in page.rows])
        if slug := column_of_streets(table):
            yield from (parsed(str(one)).street for one in table.values(slug) if one)


def _versions(dataset: Dataset) -> list[Version]:
    """Tables of other datasets, the newest first."""
    found = (
        Version.objects.filter(current=True, resource__dataset__state=Dataset.PUBLISHED)
        .exclude(resource__dataset=dataset)
        .exclude(resource__slug__endswith=sources.IMPROVED)
        .select_related("resource__dataset")
    )
    return list(found.order_by("-created")[:TABLES])


def _others(dataset: Dataset) -> Iterator[Other]:
    """Columns of other tables with a sample of their values."""
    for version in _versions(dataset):
        about = version.resource.dataset
        page = read(version, Query(limit=SAMPLE))
        for place, one in enumerate(version.columns):
            if one.kind not in ("text", "integer"):
                continue
            values = sorted({str(row[place]) for row in page.rows if row[place] is not None})
            if len(values) >= 5:
                yield Other(
                    dataset=about.slug, dataset_title=about.title, column=one.slug,
                    column_title=one.title or one.slug, values=values,
                )  # fmt: skip


def _labelled(dataset: Dataset) -> list[tuple[str, str]]:
    """Words and theme of records with one theme, to learn from."""
    rows = (
        Dataset.objects.published().exclude(pk=dataset.pk)
        .filter(themes__len=1).annotate(theme=F("themes__0")).order_by("pk")
    )  # fmt: skip
    return [
        (" ".join([title, title, title, about, *keywords]).lower(), theme)
        for title, about, keywords, theme in
        rows.values_list("title", "about", "keywords", "theme")[:LABELLED]
    ]  # fmt: skip
