"""Counts, sums, means and extremes of a published table, by group."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db import connection
from django.utils import timezone
from psycopg import sql

from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.names import relation
from stadtkern.kernel.catalogue.tables.read import Page, Query, conditions_of

Function = Literal["count", "sum", "avg", "min", "max"]
Part = Literal["", "year", "month", "day", "hour"]
FUNCTIONS: Final[tuple[Function, ...]] = ("count", "sum", "avg", "min", "max")
PARTS: Final[tuple[Part, ...]] = ("year", "month", "day", "hour")


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """By the values of a column, or by the year (month, day, hour) of a date."""

    column: str
    part: Part = ""
    of_instants: bool = False

    @property
    def name(self) -> str:
        """Of the column in the answer: `planted` or `planted_year`."""
        return f"{self.column}_{self.part}" if self.part else self.column


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A figure for each group; `count` without a column counts rows."""

    function: Function
    column: str = ""

    @property
    def name(self) -> str:
        """Of the column in the answer: `count` or `sum_trees`."""
        return f"{self.function}_{self.column}" if self.column else self.function


def aggregate(
    version: Version, query: Query, groups: tuple[Group, ...], figures: tuple[Figure, ...]
) -> Page:
    """One row for each group; `query.order` names columns of the answer, `total` counts groups."""
    fits = conditions_of(version, query)
    names = named(groups, figures)
    statement = sql.SQL(
        "select *, count(*) over () as _total from ({}) found order by {} limit %s offset %s"
    )
    inner = _grouped(version, fits.text, groups, figures)
    with connection.cursor() as cursor:
        cursor.execute(
            statement.format(inner, _order(query, len(groups))),
            [*_zones(groups), *fits.values, query.limit, query.offset],
        )
        rows = cursor.fetchall()
    return Page(columns=names, rows=[row[:-1] for row in rows], total=rows[0][-1] if rows else 0)


def named(groups: tuple[Group, ...], figures: tuple[Figure, ...]) -> tuple[str, ...]:
    """Columns of the answer."""
    return (*(one.name for one in groups), *(one.name for one in figures))


def _grouped(
    version: Version,
    fits: sql.Composable,
    groups: tuple[Group, ...],
    figures: tuple[Figure, ...],
) -> sql.Composed:
    listed = [*map(_group, groups), *map(_figure, figures)]
    statement = sql.SQL("select {} from {} where {}").format(
        sql.SQL(", ").join(listed), relation(version), fits
    )
    if not groups:
        return statement
    places = sql.SQL(", ").join(sql.Literal(i + 1) for i in range(len(groups)))
    return statement + sql.SQL(" group by ") + places


def _group(one: Group) -> sql.Composed:
    column = sql.Identifier(one.column)
    if one.part:
        instant = "{} at time zone %s" if one.of_instants else "{}::timestamp"
        text = sql.SQL("to_char({}, {})").format(
            sql.SQL(instant).format(column), sql.Literal(_FORMS[one.part])
        )
        return sql.SQL("{} as {}").format(text, sql.Identifier(one.name))
    return sql.SQL("{} as {}").format(column, sql.Identifier(one.name))


# As ISO 8601 writes them, so that they sort as text.
_FORMS: Final = {
    "year": "YYYY", "month": "YYYY-MM", "day": "YYYY-MM-DD", "hour": 'YYYY-MM-DD"T"HH24',
}  # fmt: skip


def _zones(groups: tuple[Group, ...]) -> Iterator[Any]:
    """The city's zone, once for each part of an instant."""
    for one in groups:
        if one.part and one.of_instants:
            yield timezone.get_default_timezone_name()


def _figure(one: Figure) -> sql.Composed:
    what = sql.Identifier(one.column) if one.column else sql.SQL("*")
    call = sql.SQL("{}({})").format(sql.SQL(one.function), what)
    return sql.SQL("{} as {}").format(call, sql.Identifier(one.name))


def _order(query: Query, groups: int) -> sql.Composed:
    """Ends with the groups themselves, so that pages never overlap."""
    parts: list[sql.Composable] = [
        sql.SQL("{} desc nulls last" if one.startswith("-") else "{} nulls last").format(
            sql.Identifier(one.removeprefix("-"))
        )
        for one in query.order
    ]
    ends = [sql.SQL("{} nulls last").format(sql.Literal(i + 1)) for i in range(groups)]
    return sql.SQL(", ").join([*parts, *ends] or [sql.SQL("1")])
