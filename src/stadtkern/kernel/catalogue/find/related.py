"""Datasets that go with another one, and why."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from stadtkern.kernel.catalogue.models import Dataset

MOST = 4
# Columns that so many tables have that they say nothing.
COMMON: Final = [
    "id",
    "name",
    "title",
    "titel",
    "geometry",
    "geometrie",
    "ort",
    "place",
    "at",
    "datum",
    "counted_at",
    "invented",
    "source",
    "quelle",
    "licence",
    "lizenz",
    "state",
    "status",
    "stand",
]
STATEMENT = """
with own as (
  select d.id, d.themes, d.keywords, e.columns, e.west, e.south, e.east, e.north
  from catalogue_dataset d join catalogue_entry e on e.dataset_id = d.id where d.id = %s
), others as (
  select d.id, d.modified, d.themes && own.themes as theme,
    array(select unnest(d.keywords) intersect select unnest(own.keywords) order by 1) as keywords,
    array(select unnest(e.columns) intersect select unnest(own.columns)
          except select unnest(%s::varchar[]) order by 1) as columns,
    coalesce(e.west <= own.east and e.east >= own.west
             and e.south <= own.north and e.north >= own.south, false) as near
  from own, catalogue_dataset d join catalogue_entry e on e.dataset_id = d.id
  where d.state = 'published' and d.id <> own.id
)
select id, theme, keywords, columns, near from others
where theme or cardinality(keywords) > 0 or cardinality(columns) > 1
order by 3 * cardinality(keywords) + 2 * least(cardinality(columns), 4) + 3 * theme::int
  + near::int desc, modified desc, id
limit %s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Related:
    """A dataset and what it shares: keywords, columns (by slug), the theme, the area."""

    dataset: Dataset
    keywords: tuple[str, ...]
    columns: tuple[str, ...]
    theme: bool
    near: bool


def related(dataset: Dataset, *, most: int = MOST) -> list[Related]:
    """The published datasets that share most, in two statements."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, [dataset.pk, COMMON, most])
        rows = cursor.fetchall()
    by_id = Dataset.objects.in_bulk([row[0] for row in rows])
    return [
        Related(dataset=by_id[number], theme=theme, keywords=tuple(keywords),
                columns=tuple(columns), near=near)
        for number, theme, keywords, columns, near in rows if number in by_id
    ]  # fmt: skip
