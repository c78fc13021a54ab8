"""Sort keys, and the condition that continues after the last row of a page."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from psycopg import sql

from stadtkern.kernel.sensorthings.entities import Property
from stadtkern.kernel.sensorthings.parse.expressions import Call, Expression, Path, parts
from stadtkern.kernel.sensorthings.parse.options import Order
from stadtkern.kernel.sensorthings.plan.build import Build, Sql, at
from stadtkern.kernel.sensorthings.plan.conditions import value
from stadtkern.kernel.sensorthings.plan.scope import Scope
from stadtkern.kernel.sensorthings.plan.terms import sql_type
from stadtkern.kernel.sensorthings.problem import Problem

# A geometry is ordered by how its GeoJSON begins, as OGC's suite asks for: no more than this, so
# that the address of the next page stays short.
_OUTLINE = "left(({})::text, 200)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """One sort key; `firm` where it is never null."""

    sql: Sql
    kind: str
    descending: bool
    firm: bool = False


def keys(
    orders: Sequence[Order], scope: Scope, *, by_time: bool, ranked: bool = False
) -> list[Key]:
    """The sort keys of a page; the id comes last, so that the order is total.

    `by_time`: observations of one datastream lie in the order of their time. `ranked`: the link
    they hang on gives them an order.
    """
    found = [key for order in orders for key in _keys(order, scope)]
    last = bool(found) and found[-1].descending
    if by_time and not found:
        found.append(_key(at("{a}.at", scope.alias), "timestamptz", False, firm=True))
    if ranked:
        found.append(_key(at("{a}r.position", scope.alias), "bigint", last, firm=True))
    found.append(_key(at("{a}.id", scope.alias), "bigint", last, firm=True))
    return found


def _key(value: Sql, kind: str, descending: bool, *, firm: bool = False) -> Key:
    return Key(sql=value, kind=kind, descending=descending, firm=firm)


def _keys(order: Order, scope: Scope) -> list[Key]:
    term, spot = value(order.key, scope), order.key.at
    if term.kind == "geometry" and isinstance(order.key, Path):
        return [_key(sql.SQL(_OUTLINE).format(term.end or term.sql), "text", order.descending)]
    if term.kind in ("geometry", "null") or _moving(order.key):
        raise spot.problem(f"{'now' if _moving(order.key) else term} has no order")
    own = _own(order.key, scope)
    if term.kind == "interval" and own:
        return [
            _key(at(one, scope.alias), "timestamptz", order.descending, firm=one == "{a}.at")
            for one in own.order
        ]
    if term.kind in ("interval", "result"):
        kinds = ("timestamptz",) * 2 if term.kind == "interval" else ("float8", "jsonb")
        pair = zip((term.sql, term.end), kinds, strict=True)
        return [_key(part, kind, order.descending) for part, kind in pair if part]
    return [_key(term.sql, term.kind, order.descending, firm=own is not None and own.name == "id")]


def _own(key: Expression, scope: Scope) -> Property | None:
    """The property of the row itself that a key is, if it is one."""
    if not isinstance(key, Path) or len(key.names) > 1:
        return None
    return scope.entity.properties.get("id" if key.names[0] == "@iot.id" else key.names[0])


def _moving(key: Expression) -> bool:
    """Whether the next page would find another value of the key in the same row."""
    now = isinstance(key, Call) and key.name.lower() == "now"
    return now or any(map(_moving, parts(key)))


def clause(found: Sequence[Key], alias: str = "") -> Sql:
    """The keys after `order by`; with an alias, the columns k0, k1, .. of that row."""
    return sql.SQL(", ").join(
        sql.SQL("{}{}").format(
            sql.SQL(f"{alias}.k{index}") if alias else key.sql,
            sql.SQL(" desc" if key.descending else ""),
        )
        for index, key in enumerate(found)
    )


def after(found: Sequence[Key], token: str, build: Build) -> Sql:
    """The condition for rows that come after those of the page that gave this token.

    Raises Problem (400): the token is not one of ours, or of another order.
    """
    values = _decoded(token)
    if len(values) != len(found):
        raise Problem(400, "$skiptoken belongs to another $orderby")
    marks = [
        None if mark is None else build.value(mark, sql_type(key.kind))
        for key, mark in zip(found, values, strict=True)
    ]
    if all(key.firm and mark for key, mark in zip(found, marks, strict=True)):
        same = {key.descending for key in found}
        if len(same) == 1:
            return _row(found, [mark for mark in marks if mark])
    condition: Sql = sql.SQL("false")
    for key, mark in zip(reversed(found), reversed(marks), strict=True):
        condition = _beyond(key, mark, condition)
    return condition


def _row(found: Sequence[Key], marks: Sequence[Sql]) -> Sql:
    """Compared as a row, which an index on the keys answers; the first key prunes partitions."""
    sign = "<" if found[0].descending else ">"
    return sql.SQL("{first} {sign}= {mark} and ({keys}) {sign} ({marks})").format(
        first=found[0].sql,
        sign=sql.SQL(sign),
        mark=marks[0],
        keys=sql.SQL(", ").join(key.sql for key in found),
        marks=sql.SQL(", ").join(marks),
    )


def _beyond(key: Key, mark: Sql | None, then: Sql) -> Sql:
    """Beyond the mark in this key, or level with it and beyond in the next; null is greatest."""
    if mark is None:
        rest = sql.SQL("({0} is null and {1})").format(key.sql, then)
        if key.descending:
            return sql.SQL("({0} is not null or {1})").format(key.sql, rest)
        return rest
    template = "({0} > {1} or {0} is null or ({0} = {1} and {2}))"
    if key.descending:
        template = "({0} < {1} or ({0} = {1} and {2}))"
    return sql.SQL(template).format(key.sql, mark, then)


def encoded(values: Sequence[str | None]) -> str:
    """A token that names the last row of a page by its keys."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def token(found: Sequence[Sql]) -> Sql:
    """As `encoded`, for keys that only the database knows yet."""
    texts = sql.SQL(", ").join(sql.SQL("{}::text").format(key) for key in found)
    return sql.SQL(
        "rtrim(translate(encode(convert_to(json_build_array({})::text, 'UTF8'), 'base64'),"
        " E'+/\\n', '-_'), '=')"
    ).format(texts)


def _decoded(token: str) -> list[str | None]:
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        return msgspec.json.decode(base64.urlsafe_b64decode(padded), type=list[str | None])
    except (UnicodeEncodeError, binascii.Error, msgspec.DecodeError):
        raise Problem(400, "$skiptoken is not one that this service gave") from None
