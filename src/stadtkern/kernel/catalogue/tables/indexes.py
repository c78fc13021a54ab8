"""Indexes of a freshly written table: full text, box, and the columns that are worth one."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db import connection
from psycopg import sql

from stadtkern.kernel.catalogue.columns import Field, geometry_of
from stadtkern.kernel.catalogue.models import Resource, Version
from stadtkern.kernel.catalogue.tables import statistics
from stadtkern.kernel.catalogue.tables.conditions import vector
from stadtkern.kernel.catalogue.tables.names import BOX, ROW, WORDS, relation

# A table of so few rows is read faster than an index.
FEW: Final = 1_000
MANY: Final = 1_000_000
# Each index costs time to write and space; nobody filters by the twentieth column.
MOST: Final = 12
# A row of a B-tree holds less than 2.7 kB. A key is no longer than a UUID, and what names a group
# occurs often.
LONGEST: Final = 200
KEY, OFTEN = 36, 10


def own(fields: tuple[Field, ...]) -> list[sql.Composed]:
    """Columns of ours that depend on the others: the words of all texts, kept by PostgreSQL."""
    if not any(one.kind == "text" for one in fields):
        return []
    column = sql.SQL("{} tsvector generated always as ({}) stored")
    return [column.format(sql.Identifier(WORDS), vector(fields))]


def create(version: Version) -> None:
    """Statistics first, which also say what is worth an index; both are the version's from now on.

    The table is complete, and nobody reads it yet.
    """
    table = relation(version)
    with connection.cursor() as cursor:
        if own(version.columns):
            alter = sql.SQL("alter table {} alter {} set statistics 500")
            cursor.execute(alter.format(table, sql.Identifier(WORDS)))
        cursor.execute(sql.SQL("analyze {}").format(table))
        found = statistics.measure(version)
        if found["rows"] > MANY:
            cursor.execute("set local maintenance_work_mem = '256MB'")
        for one in _wanted(version.columns, found):
            cursor.execute(sql.SQL("create index on {} using {}").format(table, one))
    version.statistics = {**found, "words": bool(own(version.columns))}
    version.save(update_fields=["statistics"])
    if not version.staged:
        remember(version)


def _wanted(fields: tuple[Field, ...], found: Mapping[str, Any]) -> Iterator[sql.Composable]:
    if found["rows"] <= FEW:
        return
    if geometry_of(fields):
        yield sql.SQL("gist ({})").format(sql.Identifier(BOX))
    if own(fields):
        yield sql.SQL("gin ({}) with (fastupdate = off)").format(sql.Identifier(WORDS))
    known = found["columns"]
    worth = [one.slug for one in fields if _is_worth_it(one, known[one.slug], found["rows"])]
    for slug in worth[:MOST]:
        yield sql.SQL("btree ({}, {})").format(sql.Identifier(slug), sql.Identifier(ROW))


def _is_worth_it(one: Field, known: Mapping[str, Any], rows: int) -> bool:
    """Numbers and dates are sorted and cut; short texts are keys or names of groups."""
    distinct, longest = known.get("distinct", 2), known.get("longest", 0)
    if one.kind in ("geometry", "boolean") or distinct < 2:
        return False
    return one.kind != "text" or longest <= (LONGEST if distinct * OFTEN <= rows else KEY)


def remember(version: Version) -> None:
    """What doors there are to a resource is known without a look at its versions."""
    file = version.file
    Resource.objects.filter(pk=version.resource_id).update(
        spatial=geometry_of(version.columns) is not None,
        original=file.media_type if file else "",
    )
