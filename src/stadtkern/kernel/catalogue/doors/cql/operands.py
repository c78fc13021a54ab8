"""What CQL2 compares: columns, values, sums, texts without regard to capitals."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from psycopg import sql

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.catalogue.doors.values import LARGEST, instant

SIGNS: Final = ("+", "-", "*", "/")
NUMBERS: Final = ("integer", "number")
DEEPEST: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Operand:
    """An expression with its values and its kind; a literal may still become another kind."""

    text: sql.Composable
    values: tuple[Any, ...] = ()
    kind: str = "text"
    literal: bool = False


def wrong(reason: str) -> Refused:
    """The filter makes no sense here."""
    return Refused("filter", reason)


def column(fields: Mapping[str, Field], name: Any) -> Field:
    """The column that a property means; `geometry` means the geometry, whatever it is called."""
    if isinstance(name, str) and name in fields:
        return fields[name]
    if name in ("geometry", "geom"):
        for one in fields.values():
            if one.kind == "geometry":
                return one
    raise wrong(f"there is no property “{str(name)[:60]}”")


def operand(node: Any, fields: Mapping[str, Field], depth: int = 0) -> Operand:
    """A scalar expression."""
    if depth > DEEPEST:
        raise wrong("too deep")
    if isinstance(node, bool):
        return Operand(text=sql.SQL("%s"), values=(node,), kind="boolean", literal=True)
    if isinstance(node, int | float):
        return _figure(node)
    if isinstance(node, str):
        return Operand(text=sql.SQL("%s"), values=(_clean(node),), literal=True)
    if not isinstance(node, dict):
        raise wrong(f"cannot compare {str(node)[:60]}")
    if "property" in node:
        one = column(fields, node["property"])
        return Operand(text=sql.Identifier(one.slug), kind=one.kind)
    if "date" in node or "timestamp" in node:
        return moment(node)
    return _made(node, fields, depth)


def _figure(node: float) -> Operand:
    if isinstance(node, int) and abs(node) > LARGEST:
        raise wrong("this number is too large")
    kind = "integer" if isinstance(node, int) else "number"
    return Operand(text=sql.SQL("%s"), values=(node,), kind=kind, literal=True)


def _clean(text: str) -> str:
    if "\x00" in text:
        raise wrong("no null in a text")
    return text


def moment(node: Mapping[str, Any]) -> Operand:
    """`DATE('2026-03-01')` or `TIMESTAMP('2026-03-01T12:00:00Z')`."""
    kind = "date" if "date" in node else "datetime"
    return Operand(
        text=sql.SQL("%s"), values=(_moment(node.get("date", node.get("timestamp")), kind),),
        kind=kind, literal=True,
    )  # fmt: skip


def _moment(text: Any, kind: str) -> date | datetime:
    try:
        return date.fromisoformat(str(text)) if kind == "date" else instant(str(text))
    except ValueError:
        raise wrong(f"“{str(text)[:40]}” is no {'date' if kind == 'date' else 'time'}") from None


def _made(node: Mapping[str, Any], fields: Mapping[str, Field], depth: int) -> Operand:
    op, args = node.get("op"), node.get("args")
    if op == "casei" and isinstance(args, list) and len(args) == 1:
        inner = operand(args[0], fields, depth + 1)
        if inner.kind != "text":
            raise wrong("CASEI is for texts")
        return replace(inner, text=sql.SQL("lower({})").format(_cast(inner)), literal=False)
    if op in SIGNS and isinstance(args, list) and len(args) == 2:
        left, right = (operand(arg, fields, depth + 1) for arg in args)
        if not {left.kind, right.kind} <= set(NUMBERS):
            raise wrong(f"“{op}” is for numbers")
        # Whole numbers are divided into parts, and nothing is divided by nothing.
        text = "({}::float8 / nullif({}, 0)::float8)" if op == "/" else f"({{}}::numeric {op} {{}})"
        return Operand(
            text=sql.SQL(text).format(_cast(left), _cast(right)),
            values=(*left.values, *right.values), kind="number",
        )  # fmt: skip
    raise wrong(f"“{str(op)[:40]}” is not offered here")


CASTS: Final = {
    "text": "{}::text", "integer": "{}::bigint", "number": "{}::float8", "boolean": "{}::boolean",
    "date": "{}::date", "datetime": "{}::timestamptz",
}  # fmt: skip


def _cast(one: Operand) -> sql.Composable:
    """A value says its type where nothing beside it does."""
    return sql.SQL(CASTS[one.kind]).format(one.text) if one.literal else one.text


def fitted(left: Operand, right: Operand) -> tuple[Operand, Operand]:
    """Both of one kind: a text that is compared with a date is read as one."""
    if left.literal and not right.literal:
        second, first = fitted(right, left)
        return first, second
    if right.literal and right.kind == "text" and left.kind in ("date", "datetime"):
        value = _moment(right.values[0], left.kind)
        right = replace(right, values=(value,), kind=left.kind)
    if right.literal and left.kind == "datetime" and right.kind == "date":
        value = _moment(right.values[0].isoformat(), "datetime")
        right = replace(right, values=(value,), kind="datetime")
    alike = left.kind == right.kind or {left.kind, right.kind} <= set(NUMBERS)
    dates = {left.kind, right.kind} <= {"date", "datetime"}
    if "geometry" in (left.kind, right.kind) or not (alike or dates):
        raise wrong(f"{left.kind} cannot be compared with {right.kind}")
    return (
        replace(left, text=_cast(left), literal=False),
        replace(right, text=_cast(right), literal=False),
    )
