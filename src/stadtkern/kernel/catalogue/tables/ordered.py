"""Rows in an order that an index gives: one column with its empty cells last, then as they came."""

from collections.abc import Sequence
from typing import Any, Protocol

from django.db import connection
from psycopg import sql

from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.conditions import Fragment, joined
from stadtkern.kernel.catalogue.tables.names import ROW, relation

# The value of the order's column (None: an empty cell, or no order) and the number of a row.
After = tuple[Any, int]
Rows = list[tuple[Any, ...]]


class Wanted(Protocol):
    """What of a query matters here."""

    @property
    def order(self) -> tuple[str, ...]: ...
    @property
    def limit(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def after(self) -> After | None: ...


def page(
    version: Version, columns: Sequence[str], fits: Fragment, query: Wanted
) -> tuple[Rows, After | None]:
    """Rows, each with its number before its values, and where the page behind them begins."""
    if len(query.order) == 1:
        return _by_one(version, columns, fits, query)
    if query.order:
        return _by_many(version, columns, fits, query), None
    if query.after:
        rows = following(version, columns, fits, query.after[1], query.limit)
    else:
        rows = _selected(version, columns, fits, sql.Identifier(ROW), query.limit, query.offset)
    return rows, (None, rows[-1][0]) if len(rows) == query.limit and rows else None


def following(
    version: Version, columns: Sequence[str], fits: Fragment, after: int, limit: int
) -> Rows:
    """Rows behind the one with this number, in the order they came."""
    own = Fragment(text=sql.SQL("{} > %s").format(sql.Identifier(ROW)), values=(after,))
    return _selected(version, columns, joined([fits, own]), sql.Identifier(ROW), limit, 0)


def _by_many(version: Version, columns: Sequence[str], fits: Fragment, query: Wanted) -> Rows:
    """Ends with the row's number, so that pages never overlap."""
    parts = [
        sql.SQL("{} desc nulls last" if one.startswith("-") else "{} nulls last").format(
            sql.Identifier(one.removeprefix("-"))
        )
        for one in query.order
    ]
    order = sql.SQL(", ").join([*parts, sql.Identifier(ROW)])
    return _selected(version, columns, fits, order, query.limit, query.offset)


def _by_one(
    version: Version, columns: Sequence[str], fits: Fragment, query: Wanted
) -> tuple[Rows, After | None]:
    """First the cells that hold something, then the empty ones: each part follows one index."""
    name = query.order[0].removeprefix("-")
    down = query.order[0].startswith("-")
    after, listed = query.after, [*columns, name]
    rows: Rows = []
    if after is None or after[0] is not None:
        part = joined([fits, _filled(name, down, after)])
        order = _direction([name, ROW], down)
        rows = _selected(version, listed, part, order, query.limit, query.offset)
    if len(rows) < query.limit:
        rows += _empty(version, listed, fits, query, len(rows))
    full = bool(rows) and len(rows) == query.limit
    return [row[:-1] for row in rows], (rows[-1][-1], rows[-1][0]) if full else None


def _empty(
    version: Version, listed: Sequence[str], fits: Fragment, query: Wanted, had: int
) -> Rows:
    """The rest of a page: rows whose cell is empty."""
    name = listed[-1]
    if version.statistics.get("columns", {}).get(name, {}).get("empty") == 0:
        return []
    down, after = query.order[0].startswith("-"), query.after
    skip = 0 if had or after else query.offset
    if skip:
        skip -= _number(version, joined([fits, _filled(name, down, None)]))
    part = [fits, Fragment(text=sql.SQL("{} is null").format(sql.Identifier(name)))]
    if after and after[0] is None:
        text = sql.SQL("{} < %s" if down else "{} > %s").format(sql.Identifier(ROW))
        part.append(Fragment(text=text, values=(after[1],)))
    order = _direction([ROW], down)
    return _selected(version, listed, joined(part), order, query.limit - had, max(0, skip))


def _filled(name: str, down: bool, after: After | None) -> Fragment:
    column = sql.Identifier(name)
    if after is None:
        return Fragment(text=sql.SQL("{} is not null").format(column))
    text = sql.SQL("({}, {}) < (%s, %s)" if down else "({}, {}) > (%s, %s)")
    return Fragment(text=text.format(column, sql.Identifier(ROW)), values=after)


def _direction(names: Sequence[str], down: bool) -> sql.Composed:
    each = sql.SQL("{} desc" if down else "{}")
    return sql.SQL(", ").join(each.format(sql.Identifier(one)) for one in names)


def _number(version: Version, fits: Fragment) -> int:
    statement = sql.SQL("select count(*) from {} where {}").format(relation(version), fits.text)
    with connection.cursor() as cursor:
        cursor.execute(statement, fits.values)
        return int(cursor.fetchone()[0])


def _selected(
    version: Version,
    columns: Sequence[str],
    fits: Fragment,
    order: sql.Composable,
    limit: int,
    offset: int,
) -> Rows:
    statement = sql.SQL("select {} from {} where {} order by {} limit %s offset %s").format(
        sql.SQL(", ").join(map(sql.Identifier, [ROW, *columns])),
        relation(version), fits.text, order,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, [*fits.values, limit, offset])
        return list(cursor.fetchall())
