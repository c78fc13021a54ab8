"""Times: how instants and intervals lie to each other (18-088, 9.3.3.5.2), and what they add up to.

An interval's end is not part of it; an instant ends where it starts. A phenomenonTime may be either
of them, row by row.
"""

from dataclasses import dataclass

from psycopg import sql

from stadtkern.kernel.sensorthings.parse.tokens import Spot
from stadtkern.kernel.sensorthings.plan import terms
from stadtkern.kernel.sensorthings.plan.build import Sql
from stadtkern.kernel.sensorthings.plan.terms import Term

# s is the start, e the end. The bare start of the first comes first, since that is what keys know.
_BEFORE = "({s0} < {s1} and {e0} <= {s1})"
_AFTER = "({s0} > {s1} and {s0} >= {e1})"
_COMPARED = {
    "eq": "({s0} = {s1} and {e0} = {e1})",
    "ne": "(({s0} = {s1} and {e0} = {e1}) is not true)",
    "lt": _BEFORE,
    "gt": _AFTER,
    "le": "({s0} <= {s1} and {e0} <= {e1})",
    "ge": "({s0} >= {s1} and {e0} >= {e1})",
}
RELATIONS = {
    "before": _BEFORE,
    "after": _AFTER,
    "meets": "({s0} = {e1} or {e0} = {s1})",
    "during": "({s0} >= {s1} and {s0} < {e1} and {e0} <= {e1})",
    "overlaps": "({s0} = {s1} or ({s0} < {e1} and {s1} < {e0}))",
    "starts": "({s0} = {s1})",
    "finishes": "({e0} = {e1})",
}
_INSTANT = {"gt": "({s0} > {s1})", "ge": "({s0} >= {s1})"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Span:
    start: Sql
    end: Sql
    instant: bool


def _span(term: Term, spot: Spot) -> _Span:
    term = terms.as_time(term, spot)
    if term.kind == "interval":
        end = sql.SQL("coalesce({}, {})").format(term.end or term.sql, term.sql)
        return _Span(start=term.sql, end=end, instant=False)
    start = terms.read_as(term, "timestamptz", spot)
    return _Span(start=start, end=start, instant=True)


def compared(operator: str, left: Term, right: Term, spot: Spot) -> Sql:
    """The comparison of two times of which one is an interval."""
    one, other = _span(left, spot), _span(right, spot)
    template = _COMPARED[operator]
    if other.instant:
        template = _INSTANT.get(operator, template)
    return _filled(template, one, other)


def related(name: str, left: Term, right: Term, spot: Spot) -> Sql:
    """Whether the first time lies so to the second.

    Raises Problem (400): one is no time; nothing is during an instant.
    """
    one, other = _span(left, spot), _span(right, spot)
    if name == "during" and other.instant:
        raise spot.problem("during needs an interval as its second argument")
    return _filled(RELATIONS[name], one, other)


def _filled(template: str, one: _Span, other: _Span) -> Sql:
    return sql.SQL(template).format(s0=one.start, e0=one.end, s1=other.start, e1=other.end)


def shifted(term: Term, sign: str, by: Sql, spot: Spot) -> Term:
    """A time moved by a duration; of an interval, both ends."""
    move = sql.SQL(f"({{}} {sign} {{}})")
    term = terms.as_time(term, spot)
    if term.kind == "interval":
        end = move.format(term.end, by) if term.end else None
        return Term(kind="interval", sql=move.format(term.sql, by), end=end)
    start = terms.read_as(term, "timestamptz", spot)
    return Term(kind="timestamptz", sql=move.format(start, by))


def apart(left: Term, right: Term, spot: Spot) -> Term:
    """How long the second time is before the first; an interval counts from its start."""
    ends = [terms.read_as(terms.as_time(one, spot), "timestamptz", spot) for one in (left, right)]
    return Term(kind="duration", sql=sql.SQL("({} - {})").format(*ends))
