"""Typed SQL values, and how one type is read as another."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import Property
from stadtkern.kernel.sensorthings.parse.expressions import Literal
from stadtkern.kernel.sensorthings.parse.tokens import Spot
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, at

NUMBERS = ("bigint", "numeric", "float8")
_NAMES = {
    "bigint": "a number",
    "numeric": "a number",
    "float8": "a number",
    "text": "a string",
    "boolean": "true or false",
    "timestamptz": "a time",
    "interval": "a time interval",
    "jsonb": "JSON",
    "result": "a result",
    "geometry": "a geometry",
    "null": "null",
}
_FROM_JSON = {
    "numeric": "case when jsonb_typeof({0}) = 'number' then ({0})::numeric end",
    "text": "case when jsonb_typeof({0}) = 'string' then {0} #>> '{{}}' end",
    "boolean": "case when jsonb_typeof({0}) = 'boolean' then ({0})::boolean end",
    "timestamptz": (
        "case when jsonb_typeof({0}) = 'string' and pg_input_is_valid({0} #>> '{{}}',"
        " 'timestamptz') then ({0} #>> '{{}}')::timestamptz end"
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """A value in SQL. `end` is an interval's end, or a result that is no number."""

    kind: str
    sql: Sql
    end: Sql | None = None

    def __str__(self) -> str:
        return _NAMES[self.kind]


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
        case bool():
            return Term(kind="boolean", sql=build.value(found.value, "boolean"))
        case int() if abs(found.value) < 2**63:
            return Term(kind="bigint", sql=build.value(found.value, "bigint"))
        case int() | Decimal():
            return Term(kind="numeric", sql=build.value(str(found.value), "numeric"))
        case datetime():
            return Term(kind="timestamptz", sql=build.value(found.value, "timestamptz"))
        case _:
            return Term(kind="text", sql=build.value(found.value, "text"))


def inside(term: Term, keys: tuple[str, ...], build: Build, spot: Spot) -> Term:
    """What lies under these keys of a JSON value."""
    if not keys:
        return term
    if term.kind not in ("jsonb", "result"):
        raise spot.problem(f"'{keys[0]}' leads into {term}, which has no parts")
    whole = term.end if term.kind == "result" and term.end else term.sql
    path = build.value(list(keys), "text[]")
    return Term(kind="jsonb", sql=sql.SQL("({} #> {})").format(whole, path))


def read_as(term: Term, kind: str, spot: Spot) -> Sql:
    """The value as this type; null where JSON holds another.

    Raises Problem (400): the types never fit.
    """
    if term.kind == kind or (term.kind in NUMBERS and kind in NUMBERS):
        return term.sql
    if term.kind == "result":
        return _of_result(term, kind)
    if term.kind == "jsonb" and kind in (*NUMBERS, *_FROM_JSON):
        return sql.SQL(_FROM_JSON["numeric" if kind in NUMBERS else kind]).format(term.sql)
    if term.kind == "interval" and kind == "timestamptz":
        return term.sql
    if term.kind == "null":
        return sql.SQL(f"null::{kind}")
    raise spot.problem(f"expected {_NAMES[kind]}, found {term}")


def _of_result(term: Term, kind: str) -> Sql:
    other = term.end or sql.SQL("null::jsonb")
    if kind in NUMBERS:
        return term.sql
    if kind == "jsonb":
        return sql.SQL("coalesce({}, to_jsonb({}))").format(other, term.sql)
    return sql.SQL(_FROM_JSON[kind]).format(other)
