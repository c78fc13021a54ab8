"""Filters as SQL conditions."""

from psycopg import sql

from stadtkern.kernel import clock
from stadtkern.kernel.sensorthings.parse.expressions import (
    Call,
    Compare,
    Expression,
    Literal,
    Logic,
    Not,
    Path,
)
from stadtkern.kernel.sensorthings.parse.tokens import Spot
from stadtkern.kernel.sensorthings.plan import terms
from stadtkern.kernel.sensorthings.plan.build import Sql, all_of
from stadtkern.kernel.sensorthings.plan.functions import FUNCTIONS
from stadtkern.kernel.sensorthings.plan.scope import Scope, Trail
from stadtkern.kernel.sensorthings.plan.terms import NUMBERS, Term

_SIGNS = {"eq": "=", "ne": "is distinct from", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_MIRRORED = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
# An interval lies before an instant when it has ended by then (its end is not part of it), and
# after it when it begins later. The bare start comes first, since that is what keys know.
_INTERVAL = {
    "eq": "({s} = {x} and coalesce({e}, {s}) = {x})",
    "ne": "({s} = {x} and coalesce({e}, {s}) = {x}) is not true",
    "gt": "({s} > {x})",
    "ge": "({s} >= {x})",
    "lt": "({s} < {x} and coalesce({e}, {s}) <= {x})",
    "le": "({s} <= {x} and coalesce({e}, {s}) <= {x})",
}


def condition(found: Expression, scope: Scope) -> Sql:
    """The SQL condition of a filter.

    Raises Problem (400): a name, a function or a type does not fit.
    """
    match found:
        case Logic():
            parts = [condition(one, scope) for one in found.operands]
            return sql.SQL("({})").format(sql.SQL(f" {found.operator} ").join(parts))
        case Not():
            # What is unknown is not true, so its opposite is.
            return sql.SQL("({}) is not true").format(condition(found.operand, scope))
    trail = Trail()
    found_sql = (
        _compared(found, scope, trail)
        if isinstance(found, Compare)
        else terms.read_as(_term(found, scope, trail), "boolean", found.at)
    )
    if not trail.sources:
        return found_sql
    return sql.SQL("exists (select from {} where {})").format(
        sql.SQL(", ").join(trail.sources), all_of([*trail.conditions, found_sql])
    )


def _term(found: Expression, scope: Scope, trail: Trail) -> Term:
    match found:
        case Literal():
            return terms.of_literal(found, scope.build)
        case Path():
            return scope.term(found, trail)
        case Call():
            return _call(found, scope, trail)
        case _:
            return Term(kind="boolean", sql=sql.SQL("({})").format(condition(found, scope)))


def _call(found: Call, scope: Scope, trail: Trail) -> Term:
    function = FUNCTIONS.get(found.name)
    if function is None:
        raise found.at.problem(
            f"there is no function '{found.name}'; known are {', '.join(FUNCTIONS)}"
        )
    if len(found.arguments) != len(function.takes):
        raise found.at.problem(
            f"{found.name} takes {len(function.takes)} arguments, found {len(found.arguments)}"
        )
    arguments = [
        terms.read_as(_term(one, scope, trail), kind, one.at)
        for one, kind in zip(found.arguments, function.takes, strict=True)
    ]
    named = {"now": scope.build.value(clock.now(), "timestamptz")} if not function.takes else {}
    return Term(kind=function.gives, sql=sql.SQL(function.sql).format(*arguments, **named))


def _compared(found: Compare, scope: Scope, trail: Trail) -> Sql:
    left, right = _term(found.left, scope, trail), _term(found.right, scope, trail)
    operator = found.operator
    if left.kind == "null" or (right.kind == "interval" and left.kind != "interval"):
        left, right, operator = right, left, _MIRRORED[operator]
    if right.kind == "null":
        return _with_null(left, operator)
    if left.kind == "interval" and right.kind in ("timestamptz", "jsonb"):
        instant = terms.read_as(right, "timestamptz", found.at)
        return sql.SQL(_INTERVAL[operator]).format(s=left.sql, e=left.end, x=instant)
    kind = _common(left, right, found.at)
    return sql.SQL("({} {} {})").format(
        terms.read_as(left, kind, found.at),
        sql.SQL(_SIGNS[operator]),
        terms.read_as(right, kind, found.at),
    )


def _with_null(term: Term, operator: str) -> Sql:
    if operator not in ("eq", "ne"):
        return sql.SQL("false")
    null = sql.SQL("{} is null").format(term.sql)
    if term.kind == "jsonb":
        null = sql.SQL("coalesce({0} = 'null'::jsonb, true)").format(term.sql)
    elif term.kind == "result":
        null = sql.SQL("({} is null and {} is null)").format(term.sql, term.end)
    return sql.SQL("({})" if operator == "eq" else "(not ({}))").format(null)


def _common(left: Term, right: Term, spot: Spot) -> str:
    """The type in which two values are compared."""
    loose = ("jsonb", "result")
    if left.kind in loose and right.kind in loose:
        return "jsonb"
    firm = left if right.kind in loose else right
    fits = {left.kind, right.kind} & set(loose) or left.kind == right.kind
    both_numbers = left.kind in NUMBERS and right.kind in NUMBERS
    if not (fits or both_numbers) or firm.kind in ("geometry", "interval"):
        raise spot.problem(f"{left} cannot be compared with {right}")
    return firm.kind
