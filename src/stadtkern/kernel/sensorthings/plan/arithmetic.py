"""Sums and products of numbers, times and durations (18-088, table 22)."""

from psycopg import sql

from stadtkern.kernel.sensorthings.parse.tokens import Spot
from stadtkern.kernel.sensorthings.plan import terms, times
from stadtkern.kernel.sensorthings.plan.terms import LOOSE, NUMBERS, Term

_SIGNS = {"add": "+", "sub": "-", "mul": "*"}
_TIMES = ("timestamptz", "interval")
# What is divided by nothing is unknown, for one row as for all.
_DIVIDED = "({} / nullif({}, 0))"
_REST = "mod(({})::numeric, nullif(({})::numeric, 0))"


def combined(operator: str, left: Term, right: Term, spot: Spot) -> Term:
    """The sum, difference, product, quotient or rest of two values.

    Raises Problem (400): they are of types that do not go together.
    """
    kinds = (left.kind, right.kind)
    if operator in ("add", "sub") and "duration" in kinds:
        return _moved(operator, left, right, spot)
    if operator == "sub" and set(kinds) & set(_TIMES):
        return times.apart(left, right, spot)
    if operator in ("mul", "div") and left.kind == "duration":
        return _scaled(operator, left, right, spot)
    return _numbers(operator, left, right, spot)


def negative(term: Term, spot: Spot) -> Term:
    """A number or a duration with its sign changed."""
    kind = "duration" if term.kind == "duration" else _number_kind(term, spot)
    return Term(kind=kind, sql=sql.SQL("(- {})").format(terms.read_as(term, kind, spot)))


def _moved(operator: str, left: Term, right: Term, spot: Spot) -> Term:
    sign = _SIGNS[operator]
    if left.kind == right.kind == "duration":
        return Term(kind="duration", sql=sql.SQL(f"({{}} {sign} {{}})").format(left.sql, right.sql))
    if right.kind == "duration":
        return times.shifted(left, sign, right.sql, spot)
    if operator == "sub":
        raise spot.problem(f"{right} cannot be subtracted by {left}")
    return times.shifted(right, sign, left.sql, spot)


def _scaled(operator: str, left: Term, right: Term, spot: Spot) -> Term:
    factor = sql.SQL("({})::float8").format(terms.read_as(right, "float8", spot))
    template = "({} * {})" if operator == "mul" else _DIVIDED
    return Term(kind="duration", sql=sql.SQL(template).format(left.sql, factor))


def _numbers(operator: str, left: Term, right: Term, spot: Spot) -> Term:
    kinds = {_number_kind(left, spot), _number_kind(right, spot)}
    kind = next(kind for kind in ("float8", "numeric", "bigint") if kind in kinds)
    values = [terms.read_as(one, "numeric", spot) for one in (left, right)]
    if operator == "mod":
        return Term(kind="numeric", sql=sql.SQL(_REST).format(*values))
    template = _DIVIDED if operator == "div" else f"({{}} {_SIGNS[operator]} {{}})"
    return Term(kind=kind, sql=sql.SQL(template).format(*values))


def _number_kind(term: Term, spot: Spot) -> str:
    if term.kind in NUMBERS:
        return term.kind
    if term.kind in (*LOOSE, "null"):
        return "float8" if term.kind == "result" else "numeric"
    raise terms.misfit(term, "numeric", spot)
