"""Reads rows of a published table: filtered, sorted, by page, or all of them as a stream."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from django.db import connection, transaction
from psycopg import sql

from stadtkern.kernel.catalogue.columns import geometry_of
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables import conditions, ordered
from stadtkern.kernel.catalogue.tables.conditions import Box, Fragment, Operator, Where
from stadtkern.kernel.catalogue.tables.names import ROW, relation
from stadtkern.kernel.catalogue.tables.ordered import After

__all__ = [
    "After", "Box", "Fragment", "Operator", "Page", "Query", "Total", "Where",
    "conditions_of", "count", "read", "stream", "total",
]  # fmt: skip
PAGE = 5000
# Up to here rows are simply counted; of larger tables only so many hits, and fewer of them where
# nothing but the total needs them: each may lie on a page of its own.
SMALL, COUNTED, TOLD = 50_000, 5_000, 500
# Of one condition alone the planner's guess is a good one: that many are too many to count.
MANY = 10 * COUNTED
# A scan that goes through the table from its beginning, which is the order the rows came in.
FROM_THE_BEGINNING = """
set local enable_indexscan = off; set local enable_indexonlyscan = off;
set local max_parallel_workers_per_gather = 0; set local synchronize_seqscans = off;
set local random_page_cost = 4
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """Which rows, which columns (all where none is named), in which order (`-` for downwards).

    Columns must exist: who takes them from outside checks them before. `box` is west, south,
    east, north in WGS 84; rows whose geometry's box touches it. `words` are searched in all text
    columns. `after` goes on behind a page (`Page.after`), however deep; it needs one column of
    order at most.
    """

    where: tuple[Where, ...] = ()
    columns: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    box: Box | None = None
    words: str = ""
    extra: tuple[Fragment, ...] = ()
    limit: int = 100
    offset: int = 0
    after: After | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """How many rows fit; `estimated` where there are too many of them to count."""

    number: int
    estimated: bool = False
    # Where they are few, which ones; where they are many, perhaps the first of them.
    rows: list[int] | None = None
    first: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Rows in the order of `columns`; `total` counts all rows that fit the conditions.

    `numbers` are the rows' own; `after` is where the next page begins, None behind the last one.
    """

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    total: int = 0
    estimated: bool = False
    numbers: list[int] = field(default_factory=list)
    after: After | None = None


def read(version: Version, query: Query, *, raw: bool = False) -> Page:
    """One page of rows; `raw` leaves geometries as GeoJSON text."""
    columns = query.columns or tuple(one.slug for one in version.columns)
    found = total(version, query)
    if query.offset and not (query.order or query.after or _has_conditions(query)):
        # Rows are numbered from one without gaps.
        query = replace(query, after=(None, query.offset), offset=0)
    if found.rows is not None:
        fits = conditions.numbered(found.rows)
    elif query.after is None and query.offset + query.limit <= len(found.first):
        fits = conditions.numbered(list(found.first))
    else:
        fits = conditions_of(version, query, dense=found.estimated)
    rows, after = ordered.page(version, columns, fits, query)
    return Page(
        columns=columns,
        rows=loaded(version, columns, [row[1:] for row in rows], raw=raw),
        total=found.number,
        estimated=found.estimated,
        numbers=[row[0] for row in rows],
        after=after,
    )


def count(version: Version, query: Query) -> int:
    """How many rows fit; of more than some thousands in a large table, about how many."""
    return total(version, query).number


def total(version: Version, query: Query) -> Total:
    """How many rows fit; without conditions nothing is counted anew.

    In a large table, which rows fit is found out first, up to a limit: where they are few, the
    planner cannot go wrong later; where they are many, they are met soon in any order.
    """
    if not _has_conditions(query):
        return Total(number=version.rows)
    fits = conditions_of(version, query)
    if version.rows <= SMALL:
        return Total(number=_counted(version, fits))
    guess = _estimate(version, fits)
    if guess > MANY and _is_simple(query):
        return Total(number=guess, estimated=True)
    most = COUNTED if query.order or query.box else TOLD
    in_order = bool(query.words) and not query.order
    rows = _few(version, fits, most, in_order=in_order)
    if len(rows) <= most:
        return Total(number=len(rows), rows=rows)
    first = tuple(rows) if in_order else ()
    return Total(number=max(most, guess), estimated=True, first=first)


def _is_simple(query: Query) -> bool:
    """Two conditions may exclude each other, and of boxes and parts of words nothing is known."""
    known = [one for one in query.where if one.operator != "contains"]
    parts = len(query.where) + bool(query.words) + bool(query.box) + len(query.extra)
    return parts == 1 and (bool(known) or bool(query.words))


def _has_conditions(query: Query) -> bool:
    return bool(query.where or query.box or query.words or query.extra)


def _counted(version: Version, fits: Fragment) -> int:
    statement = sql.SQL("select count(*) from {} where {}").format(relation(version), fits.text)
    with connection.cursor() as cursor:
        cursor.execute(statement, fits.values)
        return int(cursor.fetchone()[0])


def _few(version: Version, fits: Fragment, most: int, *, in_order: bool) -> list[int]:
    """Up to one more than so many; `in_order` the first ones: a version's rows never change."""
    statement = sql.SQL("select {} from {} where {} limit %s").format(
        sql.Identifier(ROW), relation(version), fits.text
    )
    with transaction.atomic() if in_order else nullcontext(), connection.cursor() as cursor:
        if in_order:
            cursor.execute(FROM_THE_BEGINNING)
        cursor.execute(statement, [*fits.values, most + 1])
        return [row for (row,) in cursor.fetchall()]


def _estimate(version: Version, fits: Fragment) -> int:
    """What the planner thinks, which knows the table's statistics."""
    statement = sql.SQL("explain (format json) select from {} where {}").format(
        relation(version), fits.text
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, fits.values)
        plan = cursor.fetchone()[0]
    told: Any = msgspec.json.decode(plan) if isinstance(plan, str) else plan
    return min(int(told[0]["Plan"]["Plan Rows"]), version.rows)


def stream(
    version: Version,
    columns: Sequence[str] = (),
    *,
    query: Query | None = None,
    raw: bool = False,
    numbered: bool = False,
) -> Iterator[list[tuple[Any, ...]]]:
    """All rows that fit, page after page, each a statement of its own: in the order they came, or
    in the query's. `numbered` puts each row's number before its values.
    """
    asked = replace(query or Query(), limit=PAGE, offset=0, after=None)
    named = tuple(columns) or asked.columns or tuple(one.slug for one in version.columns)
    fits = conditions_of(version, asked)
    while True:
        found, after = ordered.page(version, named, fits, asked)
        rows = loaded(version, named, [row[1:] for row in found], raw=raw)
        if numbered:
            rows = [(row[0], *one) for row, one in zip(found, rows, strict=True)]
        if rows:
            yield rows
        if len(found) < PAGE:
            return
        asked = replace(asked, after=after, offset=0 if after else asked.offset + PAGE)


def conditions_of(version: Version, query: Query, *, dense: bool = False) -> Fragment:
    """All conditions of a query as one; `dense` where it is known that many rows fit."""
    parts = [conditions.condition(one) for one in query.where]
    if query.box:
        near = conditions.boxed(query.box)
        # The planner takes every box for a small one: this keeps it from gathering all hits.
        text = sql.SQL("({}) is true").format(near.text) if dense else near.text
        parts.append(Fragment(text=text, values=near.values))
    if query.words:
        parts.append(conditions.worded(version, query.words))
    return conditions.joined([*parts, *query.extra])


def loaded(
    version: Version, columns: Sequence[str], rows: list[tuple[Any, ...]], *, raw: bool = False
) -> list[tuple[Any, ...]]:
    """Geometries come as text and leave as GeoJSON objects."""
    shape = geometry_of(version.columns)
    if raw or shape is None or shape.slug not in columns:
        return rows
    i = columns.index(shape.slug)
    return [(*row[:i], row[i] and msgspec.json.decode(row[i]), *row[i + 1 :]) for row in rows]
