"""Comparisons of two typed values, and whether a value is in a list."""

from collections.abc import Sequence
from decimal import Decimal

from psycopg import sql

from stadtkern.kernel.sensorthings.parse.expressions import Constant
from stadtkern.kernel.sensorthings.parse.literals import is_number
from stadtkern.kernel.sensorthings.parse.tokens import Spot
from stadtkern.kernel.sensorthings.plan import terms, times
from stadtkern.kernel.sensorthings.plan.build import Build, Sql
from stadtkern.kernel.sensorthings.plan.terms import LOOSE, NUMBERS, Term

_SIGNS = {"eq": "=", "ne": "is distinct from", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
# Two values in JSON: equal are also a number and its text; only those of one type have an order.
_LOOSE = {
    "eq": "({0} = {1} or {2} = {3})",
    "ne": "(({0} = {1} or {2} = {3}) is not true)",
}
_IN_JSON = ("text", "boolean", "null")
_LOOSE_ORDER = "case when jsonb_typeof({{0}}) = jsonb_typeof({{1}}) then {{0}} {} {{1}} end"


def compared(operator: str, left: Term, right: Term, spot: Spot) -> Sql:
    """The comparison of two values; unknown where one is missing, but for `ne` and with null.

    Raises Problem (400): they are of types that have nothing in common.
    """
    if "null" in (left.kind, right.kind):
        return _with_null(right if left.kind == "null" else left, operator)
    if "interval" in (left.kind, right.kind):
        return times.compared(operator, left, right, spot)
    left, right = _meant(left, right, spot), _meant(right, left, spot)
    if left.kind in LOOSE and right.kind in LOOSE:
        return _loose(operator, left, right, spot)
    kind = _common(left, right, spot)
    return sql.SQL("({} {} {})").format(
        terms.read_as(left, kind, spot),
        sql.SQL(_SIGNS[operator]),
        terms.read_as(right, kind, spot),
    )


def _meant(term: Term, other: Term, spot: Spot) -> Term:
    """A quoted time beside a time is a time, a quoted number beside an id is a number."""
    if other.kind == "timestamptz":
        return terms.as_time(term, spot)
    if other.kind != "bigint" or term.given is None:
        return term
    if not is_number(term.given):
        # The ids of other services are strings; no number is one of them.
        return Term(kind="numeric", sql=sql.SQL("null::numeric"))
    return Term(kind="numeric", sql=sql.SQL("({})::numeric").format(term.sql))


def _with_null(term: Term, operator: str) -> Sql:
    if operator not in ("eq", "ne"):
        # A bare constant could not be sorted by.
        return sql.SQL("false::boolean")
    null = sql.SQL("{} is null").format(term.sql)
    if term.kind == "jsonb":
        null = sql.SQL("coalesce({0} = 'null'::jsonb, true)").format(term.sql)
    elif term.kind == "result" and term.end:
        null = sql.SQL("({} is null and coalesce({} = 'null'::jsonb, true))").format(
            term.sql, term.end
        )
    return sql.SQL("({})" if operator == "eq" else "(not ({}))").format(null)


def _loose(operator: str, left: Term, right: Term, spot: Spot) -> Sql:
    whole = [terms.read_as(one, "jsonb", spot) for one in (left, right)]
    if operator in _LOOSE:
        texts = [terms.read_as(one, "text", spot) for one in (left, right)]
        return sql.SQL(_LOOSE[operator]).format(*whole, *texts)
    return sql.SQL(_LOOSE_ORDER.format(_SIGNS[operator])).format(*whole)


def _common(left: Term, right: Term, spot: Spot) -> str:
    """The type in which two values are compared, of which one at least is of a firm type."""
    firm = left if right.kind in LOOSE else right
    fits = left.kind in LOOSE or right.kind in LOOSE or left.kind == right.kind
    both_numbers = left.kind in NUMBERS and right.kind in NUMBERS
    if not (fits or both_numbers) or firm.kind == "geometry":
        raise spot.problem(f"{left} cannot be compared with {right}")
    return firm.kind


def among(value: Term, choices: Sequence[Term], spot: Spot) -> Sql:
    """Whether a value is one of these."""
    found = [compared("eq", value, one, spot) for one in choices]
    return sql.SQL("({})").format(sql.SQL(" or ").join(found))


def listed(value: Term, choices: Sequence[Constant], spot: Spot, build: Build) -> Sql | None:
    """As `among`, quickly, where all are strings or all are numbers; else None."""
    texts = [one for one in choices if isinstance(one, str)]
    if len(texts) == len(choices) and value.kind in ("text", *LOOSE):
        text = terms.read_as(value, "text", spot)
        return sql.SQL("({} = any ({}))").format(text, build.value(texts, "text[]"))
    numbers = [
        one
        for one in choices
        if isinstance(one, int | Decimal) and not isinstance(one, bool) and -(2**63) < one < 2**63
    ]
    if len(numbers) < len(choices) or value.kind not in (*NUMBERS, *LOOSE):
        return None
    kind = "float8" if value.kind in ("float8", "result") else "numeric"
    if value.kind == "bigint" and all(isinstance(one, int) for one in numbers):
        kind = "bigint"
    found = build.value([str(one) for one in numbers], f"{kind}[]")
    return sql.SQL("({} = any ({}))").format(terms.read_as(value, "numeric", spot), found)


def held(value: Term, whole: Term, spot: Spot) -> Sql:
    """Whether a list in JSON holds a value.

    Raises Problem (400): there can be no list, or no such value in one.
    """
    if whole.kind not in LOOSE or value.kind not in (*_IN_JSON, *NUMBERS, *LOOSE):
        raise spot.problem(f"{value} cannot be in {whole}")
    return sql.SQL("(case when jsonb_typeof({0}) = 'array' then {0} @> {1} end)").format(
        terms.read_as(whole, "jsonb", spot), _listed(value, spot)
    )


def _listed(value: Term, spot: Spot) -> Sql:
    """A value as the only one of a list in JSON; null where it is missing."""
    if value.kind == "null":
        return sql.SQL("'[null]'::jsonb")
    template = "(case when {0} is not null then jsonb_build_array({0}) end)"
    found = terms.read_as(value, "jsonb", spot) if value.kind in LOOSE else value.sql
    return sql.SQL(template).format(found)
