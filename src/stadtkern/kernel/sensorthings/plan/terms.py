"""Typed SQL values, and how one type is read as another."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import Property
from stadtkern.kernel.sensorthings.parse.expressions import Duration, Interval, Literal, Shape
from stadtkern.kernel.sensorthings.parse.literals import instant
from stadtkern.kernel.sensorthings.parse.tokens import Spot
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, at
from stadtkern.kernel.sensorthings.problem import Problem

NUMBERS = ("bigint", "numeric", "float8")
# What may turn out to be of any type, row by row.
LOOSE = ("jsonb", "result")
_NAMES = {
    "bigint": "a number",
    "numeric": "a number",
    "float8": "a number",
    "text": "a string",
    "boolean": "true or false",
    "timestamptz": "a time",
    "interval": "a time interval",
    "duration": "a duration",
    "time": "a time of day",
    "jsonb": "JSON",
    "result": "a result",
    "geometry": "a geometry",
    "null": "null",
}
_SQL = {"duration": "interval", "interval": "timestamptz", "result": "float8"}
_FROM_JSON = {
    "numeric": "case when jsonb_typeof({0}) = 'number' then ({0})::numeric end",
    "text": (
        "case when jsonb_typeof({0}) in ('string', 'number', 'boolean') then {0} #>> '{{}}' end"
    ),
    "boolean": "case when jsonb_typeof({0}) = 'boolean' then ({0})::boolean end",
    "timestamptz": (
        "case when jsonb_typeof({0}) = 'string' and pg_input_is_valid({0} #>> '{{}}',"
        " 'timestamptz') then ({0} #>> '{{}}')::timestamptz end"
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A value in SQL. `end` is that of its property.

    `given` is the string where it is a literal one: it may also be meant as a time or an id.
    """

    kind: str
    sql: Sql
    end: Sql | None = None
    given: str | None = None

    def __str__(self) -> str:
        return _NAMES[self.kind]


def sql_type(kind: str) -> str:
    """The SQL type of a value of this kind; of an interval, that of its ends."""
    return _SQL.get(kind, kind)


def of_property(found: Property, alias: str) -> Term:
    """The value of a property of the row with this alias."""
    kind = "jsonb" if found.kind == "unit" else found.kind
    end = at(found.end, alias) if found.end else None
    return Term(kind=kind, sql=at(found.value, alias), end=end)


def of_literal(found: Literal, build: Build) -> Term:
    """A constant as a parameter."""
    match found.value:
        case None:
            return Term(kind="null", sql=sql.SQL("null"))
        case Interval():
            return _of_interval(found.value, build)
        case Duration():
            return Term(kind="duration", sql=of_duration(found.value, build))
        case Shape():
            # Only the spatial functions take one, and they read it themselves.
            return Term(kind="geometry", sql=sql.SQL("null::jsonb"))
        case str():
            text = build.value(found.value, "text")
            return Term(kind="text", sql=text, given=found.value)
        case int() | Decimal() if not isinstance(found.value, bool):
            return _of_number(found.value, build)
    kind = {bool: "boolean", datetime: "timestamptz", time: "time"}[type(found.value)]
    return Term(kind=kind, sql=build.value(found.value, kind))


def _of_number(found: int | Decimal, build: Build) -> Term:
    if isinstance(found, int) and abs(found) < 2**63:
        return Term(kind="bigint", sql=build.value(found, "bigint"))
    return Term(kind="numeric", sql=build.value(str(found), "numeric"))


def of_duration(found: Duration, build: Build) -> Sql:
    """A duration as a parameter."""
    text = f"{found.months} months {found.days} days {found.seconds:f} seconds"
    return build.value(text, "interval")


def _of_interval(found: Interval, build: Build) -> Term:
    start, end = found.start, found.end
    if isinstance(start, Duration):
        stop = build.value(end, "timestamptz")
        first: Sql = sql.SQL("({} - {})").format(stop, of_duration(start, build))
        return Term(kind="interval", sql=first, end=stop)
    first = build.value(start, "timestamptz")
    if isinstance(end, Duration):
        stop = sql.SQL("({} + {})").format(first, of_duration(end, build))
        return Term(kind="interval", sql=first, end=stop)
    return Term(kind="interval", sql=first, end=build.value(end, "timestamptz"))


def inside(term: Term, keys: tuple[str, ...], build: Build, spot: Spot) -> Term:
    """What lies under these keys of a JSON value."""
    if not keys:
        return term
    if term.kind not in (*LOOSE, "geometry"):
        raise spot.problem(f"'{keys[0]}' leads into {term}, which has no parts")
    whole = term.end or term.sql
    path = build.value(list(keys), "text[]")
    return Term(kind="jsonb", sql=sql.SQL("({} #> {})").format(whole, path))


def read_as(term: Term, kind: str, spot: Spot) -> Sql:
    """The value as this type; null where JSON holds another.

    Raises Problem (400): the types never fit.
    """
    if term.kind == kind or (term.kind in NUMBERS and kind in NUMBERS):
        return term.sql
    if term.kind == "result":
        return _of_result(term, kind, spot)
    if term.kind == "jsonb" and kind in (*NUMBERS, *_FROM_JSON):
        return sql.SQL(_FROM_JSON["numeric" if kind in NUMBERS else kind]).format(term.sql)
    if term.kind == "interval" and kind == "timestamptz":
        return term.sql
    if term.kind == "null":
        return sql.SQL(f"null::{sql_type(kind)}")
    raise misfit(term, kind, spot)


def misfit(term: Term, kind: str, spot: Spot) -> Problem:
    """That a value of this kind was expected."""
    return spot.problem(f"expected {_NAMES[kind]}, found {term}")


def as_time(term: Term, spot: Spot) -> Term:
    """A string that names an instant as that instant; anything else as it is."""
    if term.given is None:
        return term
    instant(term.given, spot)
    return Term(kind="timestamptz", sql=sql.SQL("({})::timestamptz").format(term.sql))


def _of_result(term: Term, kind: str, spot: Spot) -> Sql:
    other = term.end or sql.SQL("null::jsonb")
    if kind in NUMBERS:
        return term.sql
    if kind == "jsonb":
        return sql.SQL("coalesce({}, to_jsonb({}))").format(other, term.sql)
    if kind not in _FROM_JSON:
        raise misfit(term, kind, spot)
    text = sql.SQL(_FROM_JSON[kind]).format(other)
    return sql.SQL("coalesce({}::text, {})").format(term.sql, text) if kind == "text" else text
