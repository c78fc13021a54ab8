"""Filters as SQL conditions.

A path over a link to many, `Datastreams/name eq 'x'`, is true where there is one such entity. In
one `and`, the same path means the same entity (18-088, 9.3.3.5); `any` and `all` say it otherwise.
"""

from collections.abc import Iterator, Sequence

from psycopg import sql

from stadtkern.kernel.sensorthings.entities import ENTITIES
from stadtkern.kernel.sensorthings.parse.expressions import (
    Arithmetic,
    Call,
    Compare,
    Expression,
    In,
    Lambda,
    Literal,
    Logic,
    Minus,
    Not,
    Path,
    parts,
)
from stadtkern.kernel.sensorthings.plan import arithmetic, compare, spatial, terms, times
from stadtkern.kernel.sensorthings.plan.build import Sql, all_of, joined
from stadtkern.kernel.sensorthings.plan.functions import FUNCTIONS, called
from stadtkern.kernel.sensorthings.plan.scope import Prefix, Scope, Trail
from stadtkern.kernel.sensorthings.plan.terms import Term


def condition(found: Expression, scope: Scope) -> Sql:
    """The SQL condition of a filter.

    Raises Problem (400): a name, a function or a type does not fit.
    """
    if not isinstance(found, Logic):
        return _grounded([found], scope)
    operands = list(_flat(found, found.operator))
    if found.operator == "or":
        each = [condition(one, scope) for one in operands]
    else:
        each = [_grounded(group, scope) for group in _groups(operands, scope)]
    return sql.SQL("({})").format(sql.SQL(f" {found.operator} ").join(each))


def value(found: Expression, scope: Scope, trail: Trail | None = None) -> Term:
    """The value of an expression.

    Raises Problem (400): a name, a function or a type does not fit.
    """
    match found:
        case Literal():
            return terms.of_literal(found, scope.build)
        case Path():
            return scope.term(found, trail)
        case Call():
            return _call(found, scope, trail)
        case Arithmetic():
            left, right = value(found.left, scope, trail), value(found.right, scope, trail)
            return arithmetic.combined(found.operator, left, right, found.at)
        case Minus():
            return arithmetic.negative(value(found.operand, scope, trail), found.at)
        case _:
            return Term(kind="boolean", sql=_truth(found, scope, trail))


def _flat(found: Logic, operator: str) -> Iterator[Expression]:
    for one in found.operands:
        if isinstance(one, Logic) and one.operator == operator:
            yield from _flat(one, operator)
        else:
            yield one


def _groups(operands: Sequence[Expression], scope: Scope) -> list[list[Expression]]:
    """Operands apart, but together where they lead over the same link to many."""
    plain: list[list[Expression]] = []
    groups: list[tuple[set[Prefix], list[Expression]]] = []
    for one in operands:
        prefixes, members = _manys(one, scope), [one]
        if not prefixes:
            plain.append(members)
            continue
        for group in [group for group in groups if group[0] & prefixes]:
            groups.remove(group)
            prefixes |= group[0]
            members = [*group[1], *members]
        groups.append((prefixes, members))
    return [*plain, *(members for _, members in groups)]


def _grounded(operands: Sequence[Expression], scope: Scope) -> Sql:
    """The conjunction of these, with the rows that their links to many lead to."""
    if len(operands) == 1 and isinstance(operands[0], Logic):
        return condition(operands[0], scope)
    manys = {prefix for one in operands for prefix in _manys(one, scope)}
    trail = Trail() if manys else None
    found = all_of([_truth(one, scope, trail) for one in operands])
    if trail is None:
        return found
    needed = {prefix for one in operands for prefix in _needed(one, scope)}
    return trail.exists(found) if manys <= needed else trail.exists_or_none(found)


def _paths(found: Expression) -> Iterator[Path]:
    """The paths of an expression; not those in the condition of an `any` or `all`."""
    match found:
        case Path():
            yield found
        case Lambda() if len(found.path.names) > 1:
            yield Path(names=found.path.names[:-1], at=found.path.at)
    for one in parts(found):
        yield from _paths(one)


def _manys(found: Expression, scope: Scope) -> set[Prefix]:
    return {prefix for path in _paths(found) for prefix in scope.manys(path)}


def _needed(found: Expression, scope: Scope) -> set[Prefix]:
    """The links to many without which it cannot be true: no value of theirs may be missing."""
    match found:
        case Logic(operator="and"):
            return {prefix for one in found.operands for prefix in _needed(one, scope)}
        case Logic():
            return set.intersection(*(_needed(one, scope) for one in found.operands))
        case Compare(operator="ne") | Not() | Lambda():
            return set()
        case Compare() | In() if any(map(_takes_null, parts(found))):
            return set()
    return _manys(found, scope)


def _takes_null(found: Expression) -> bool:
    """Whether it may be something where all it is made of is missing."""
    if isinstance(found, Literal):
        return found.value is None
    return isinstance(found, Logic | Not | Compare | In | Lambda)


def _truth(found: Expression, scope: Scope, trail: Trail | None, *, firm: bool = False) -> Sql:
    """Whether it is true; `firm`: not unknown where two values differ as one is missing."""
    match found:
        case Logic():
            each = [_truth(one, scope, trail, firm=firm) for one in found.operands]
            return sql.SQL("({})").format(sql.SQL(f" {found.operator} ").join(each))
        case Not():
            # What equals nothing is not equal, so that `not a eq b` says the same as `a ne b`.
            return sql.SQL("(not {})").format(_truth(found.operand, scope, trail, firm=True))
        case Compare():
            left, right = value(found.left, scope, trail), value(found.right, scope, trail)
            result = compare.compared(found.operator, left, right, found.at)
            return _firm(result) if firm and found.operator == "eq" else result
        case In():
            result = _in(found, scope, trail)
            return _firm(result) if firm else result
        case Lambda():
            return _lambda(found, scope, trail)
    return terms.read_as(value(found, scope, trail), "boolean", found.at)


def _firm(found: Sql) -> Sql:
    return sql.SQL("({} is true)").format(found)


def _in(found: In, scope: Scope, trail: Trail | None) -> Sql:
    left = value(found.value, scope, trail)
    if not isinstance(found.choices, tuple):
        return compare.held(left, value(found.choices, scope, trail), found.at)
    constants = [one.value for one in found.choices if isinstance(one, Literal)]
    if len(constants) == len(found.choices):
        quick = compare.listed(left, constants, found.at, scope.build)
        if quick is not None:
            return quick
    choices = [value(one, scope, trail) for one in found.choices]
    return compare.among(left, choices, found.at)


def _lambda(found: Lambda, scope: Scope, trail: Trail | None) -> Sql:
    whole = scope.collection(found.path, trail)
    if isinstance(whole, Term):
        source, inner, conditions = _elements(found, whole, scope)
    else:
        inner = scope.inner(ENTITIES[whole.link.target], found.variable)
        source = scope.build.source(inner.entity, inner.alias, whole.link)
        conditions = [joined(whole.link, whole.near, inner.alias)]
    if found.condition is not None:
        each = condition(found.condition, inner)
        if found.quantifier == "all":
            each = sql.SQL("({}) is not true").format(each)
        conditions.append(each)
    return sql.SQL("({}exists (select from {} {} where {}))").format(
        sql.SQL("not " if found.quantifier == "all" else ""),
        source,
        sql.SQL(" ").join(inner.joins),
        all_of(conditions),
    )


def _elements(found: Lambda, whole: Term, scope: Scope) -> tuple[Sql, Scope, list[Sql]]:
    """What is in a list in JSON, as rows."""
    alias = scope.build.alias()
    element = Term(kind="jsonb", sql=sql.SQL(f"{alias}.value"))
    source = sql.SQL(
        "jsonb_array_elements(case when jsonb_typeof({0}) = 'array' then {0} end) {1}"
    ).format(terms.read_as(whole, "jsonb", found.at), sql.SQL(alias))
    return source, scope.inner(scope.entity, found.variable, element), []


def _call(found: Call, scope: Scope, trail: Trail | None) -> Term:
    name = found.name.lower()
    if name in spatial.FUNCTIONS:
        return spatial.called(found, scope, trail)
    arguments = [value(one, scope, trail) for one in found.arguments]
    if name in times.RELATIONS:
        if len(arguments) != 2:
            raise found.at.problem(f"{name} takes 2 arguments, found {len(arguments)}")
        return Term(kind="boolean", sql=times.related(name, arguments[0], arguments[1], found.at))
    function = FUNCTIONS.get(name)
    if function is None:
        known = ", ".join([*FUNCTIONS, *times.RELATIONS, *spatial.FUNCTIONS])
        raise found.at.problem(f"there is no function '{found.name}'; known are {known}")
    return called(found, function, arguments, scope.build)
