"""CQL2's temporal functions: instants and intervals as a beginning and an end."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.utils import timezone
from psycopg import sql

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.doors.cql.operands import column, moment, wrong
from stadtkern.kernel.catalogue.tables.read import Fragment

Pair = tuple[Fragment, Fragment]
# Allen's relations as OGC 21-065r2, 7.8.2 names them, over a0..a1 and b0..b1.
RELATIONS: Final = {
    "t_after": "{a0} > {b1}",
    "t_before": "{a1} < {b0}",
    "t_contains": "{a0} < {b0} and {a1} > {b1}",
    "t_disjoint": "{a1} < {b0} or {a0} > {b1}",
    "t_during": "{a0} > {b0} and {a1} < {b1}",
    "t_equals": "{a0} = {b0} and {a1} = {b1}",
    "t_finishedby": "{a0} < {b0} and {a1} = {b1}",
    "t_finishes": "{a0} > {b0} and {a1} = {b1}",
    "t_intersects": "{a0} <= {b1} and {a1} >= {b0}",
    "t_meets": "{a1} = {b0}",
    "t_metby": "{a0} = {b1}",
    "t_overlappedby": "{a0} > {b0} and {a0} < {b1} and {a1} > {b1}",
    "t_overlaps": "{a0} < {b0} and {a1} > {b0} and {a1} < {b1}",
    "t_startedby": "{a0} = {b0} and {a1} > {b1}",
    "t_starts": "{a0} = {b0} and {a1} < {b1}",
}


def temporal(op: str, args: Any, fields: Mapping[str, Field]) -> Fragment:
    """A relation between two instants or intervals."""
    if not isinstance(args, list) or len(args) != 2:
        raise wrong(f"{op} takes two")
    (a0, a1), (b0, b1) = (_pair(arg, fields) for arg in args)
    ends = {"a0": a0, "a1": a1, "b0": b0, "b1": b1}
    parts: list[sql.Composable] = []
    values: list[Any] = []
    for text in RELATIONS[op].split(" "):
        if text.startswith("{"):
            parts.append(ends[text[1:-1]].text)
            values.extend(ends[text[1:-1]].values)
        else:
            parts.append(sql.SQL(f" {text} "))
    return Fragment(text=sql.SQL("({})").format(sql.Composed(parts)), values=tuple(values))


def _pair(node: Any, fields: Mapping[str, Field]) -> Pair:
    if isinstance(node, dict) and "interval" in node:
        ends = node["interval"]
        if not isinstance(ends, list) or len(ends) != 2:
            raise wrong("an interval has a beginning and an end")
        return _end(ends[0], fields, 0), _end(ends[1], fields, 1)
    return _instant(node, fields)


def _end(node: Any, fields: Mapping[str, Field], which: int) -> Fragment:
    if node in ("..", ""):
        return Fragment(text=sql.SQL("'-infinity'::timestamptz" if which == 0 else
                                     "'infinity'::timestamptz"))  # fmt: skip
    if isinstance(node, str):
        node = {"timestamp" if len(node) > 10 else "date": node}
    return _instant(node, fields)[which]


def _instant(node: Any, fields: Mapping[str, Field]) -> Pair:
    """A date lasts from its first moment to its last one, in the city."""
    if not isinstance(node, dict):
        raise wrong(f"{str(node)[:40]} is no time; write DATE('2026-03-01')")
    if "property" in node:
        return _column(column(fields, node["property"]))
    if "date" not in node and "timestamp" not in node:
        raise wrong("this is no time")
    value = moment(node).values[0]
    if not isinstance(value, datetime):
        zone = timezone.get_default_timezone()
        start = datetime.combine(value, time(), zone)
        end = datetime.combine(value + timedelta(days=1), time(), zone) - timedelta(microseconds=1)
        return _value(start), _value(end)
    return _value(value), _value(value)


def _value(at: datetime) -> Fragment:
    return Fragment(text=sql.SQL("%s::timestamptz"), values=(at,))


def _column(one: Field) -> Pair:
    name = sql.Identifier(one.slug)
    if one.kind == "datetime":
        return Fragment(text=name), Fragment(text=name)
    if one.kind != "date":
        raise wrong(f"“{one.slug}” holds no times")
    zone = (timezone.get_default_timezone_name(),)
    first = sql.SQL("({}::timestamp at time zone %s)").format(name)
    last = sql.SQL("(({} + 1)::timestamp at time zone %s - interval '1 microsecond')").format(name)
    return Fragment(text=first, values=zone), Fragment(text=last, values=zone)
