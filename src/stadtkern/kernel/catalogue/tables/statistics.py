"""What is known of a table's columns: empty cells, different values, extremes, and its box."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from psycopg import sql

from stadtkern.kernel.catalogue.columns import Field, geometry_of
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.names import BOX, relation

# Up to here different values are counted; above, PostgreSQL's own sample tells.
COUNTED: Final = 100_000
EXTREMES: Final = ("integer", "number", "date", "datetime")


def measure(version: Version) -> dict[str, Any]:
    """`{"rows", "columns": {slug: {"empty", "distinct", "min", "max", "longest"}}, "box",
    "geometry"}`: one look at all rows. `distinct` is an estimate in large tables.
    """
    shape = geometry_of(version.columns)
    names: list[str] = ["rows"]
    parts: list[sql.Composable] = [sql.SQL("count(*)")]
    for name, part in _asked(version.columns):
        names.append(name)
        parts.append(part)
    statement = sql.SQL("select {} from {}").format(sql.SQL(", ").join(parts), relation(version))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        told = dict(zip(names, map(_plain, cursor.fetchone()), strict=True))
    found = {"rows": told["rows"], "columns": _columns(version, told)}
    if shape:
        found["box"] = _box(version)
        found["geometry"] = _kinds(version, shape)
    return found


def _asked(fields: tuple[Field, ...]) -> Iterator[tuple[str, sql.Composable]]:
    for one in fields:
        column = sql.Identifier(one.slug)
        yield f"{one.slug} filled", sql.SQL("count({})").format(column)
        if one.kind in EXTREMES:
            yield f"{one.slug} min", sql.SQL("min({})").format(column)
            yield f"{one.slug} max", sql.SQL("max({})").format(column)
        if one.kind == "text":
            yield f"{one.slug} longest", sql.SQL("max(length({}))").format(column)


def _columns(version: Version, told: Mapping[str, Any]) -> dict[str, Any]:
    distinct = _distinct(version, told["rows"])
    found: dict[str, Any] = {}
    for one in version.columns:
        found[one.slug] = {"empty": told["rows"] - told[f"{one.slug} filled"]}
        if one.slug in distinct:
            found[one.slug]["distinct"] = distinct[one.slug]
        for what in ("min", "max", "longest"):
            value = told.get(f"{one.slug} {what}")
            if value is not None:
                found[one.slug][what] = value
    return found


def _distinct(version: Version, rows: int) -> dict[str, int]:
    named = [one.slug for one in version.columns if one.kind != "geometry"]
    if not named:
        return {}
    with connection.cursor() as cursor:
        if rows <= COUNTED:
            parts = [sql.SQL("count(distinct {})").format(sql.Identifier(one)) for one in named]
            cursor.execute(
                sql.SQL("select {} from {}").format(sql.SQL(", ").join(parts), relation(version))
            )
            return dict(zip(named, cursor.fetchone(), strict=True))
        cursor.execute(
            "select attname, n_distinct from pg_stats"
            " where schemaname = 'open' and tablename = %s and attname = any (%s)",
            [version.relation, named],
        )
        # A negative number is a share of the rows.
        return {name: int(n if n >= 0 else -n * rows) for name, n in cursor.fetchall()}


def _box(version: Version) -> list[float] | None:
    """West, south, east, north of all geometries."""
    box = sql.Identifier(BOX)
    statement = sql.SQL(
        "select min(({box}[1])[0]), min(({box}[1])[1]), max(({box}[0])[0]), max(({box}[0])[1])"
        " from {table}"
    ).format(box=box, table=relation(version))
    with connection.cursor() as cursor:
        cursor.execute(statement)
        found = cursor.fetchone()
    return None if found[0] is None else list(found)


def _kinds(version: Version, shape: Field) -> list[str]:
    """Types of geometries that occur, by GeoJSON's names."""
    statement = sql.SQL("select distinct {} ->> 'type' from {} where {} is not null").format(
        sql.Identifier(shape.slug), relation(version), sql.Identifier(shape.slug)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return sorted(kind for (kind,) in cursor.fetchall() if kind)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def common(version: Version, column: str, limit: int = 10) -> list[tuple[Any, int]]:
    """The most frequent values of a column and how often each occurs; empty cells not counted."""
    name = sql.Identifier(column)
    statement = sql.SQL(
        "select {name}, count(*) from {table} where {name} is not null"
        " group by 1 order by 2 desc, 1 limit %s"
    ).format(name=name, table=relation(version))
    with connection.cursor() as cursor:
        cursor.execute(statement, [limit])
        return list(cursor.fetchall())
