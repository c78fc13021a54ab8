"""CQL2 JSON made into a condition on rows; names become columns, values stay values."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from psycopg import sql

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.doors.cql import places, times
from stadtkern.kernel.catalogue.doors.cql.operands import DEEPEST, Operand, fitted, operand, wrong
from stadtkern.kernel.catalogue.doors.cql.places import Move
from stadtkern.kernel.catalogue.doors.cql.text import COMPARISONS, parse
from stadtkern.kernel.catalogue.models import Version
from stadtkern.kernel.catalogue.tables.conditions import joined
from stadtkern.kernel.catalogue.tables.read import Fragment

LANGUAGES: Final = ("cql2-text", "cql2-json")
MOST: Final = 1000


def read(text: str, language: str, version: Version, move: Move = lambda shape: shape) -> Fragment:
    """A filter in one of both languages; `move` brings its geometries to WGS 84."""
    return _Filter(version, move).condition(_json(text) if language == "cql2-json" else parse(text))


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise wrong("this is no JSON") from None


class _Filter:
    """One filter on one table; counts its parts, so that nobody sends a forest."""

    def __init__(self, version: Version, move: Move) -> None:
        self.version, self.move = version, move
        self.fields: Mapping[str, Field] = {one.slug: one for one in version.columns}
        self.parts = 0

    def condition(self, node: Any, depth: int = 0) -> Fragment:
        self.parts += 1
        if depth > DEEPEST or self.parts > MOST:
            raise wrong("this is too long or too deep")
        if isinstance(node, bool):
            return Fragment(text=sql.SQL("true" if node else "false"))
        if isinstance(node, dict) and "property" in node:
            return self._flag(node)
        op, args = self._split(node)
        if op in ("and", "or"):
            return _bracket(joined([self.condition(arg, depth + 1) for arg in args], op))
        if op == "not" and len(args) == 1:
            inner = self.condition(args[0], depth + 1)
            return Fragment(text=sql.SQL("(not {})").format(inner.text), values=inner.values)
        if op in times.RELATIONS:
            return times.temporal(op, args, self.fields)
        if op in places.FUNCTIONS:
            return places.spatial(op, args, self.fields, self.version, self.move)
        return self._compared(op, args)

    def _split(self, node: Any) -> tuple[str, list[Any]]:
        op, args = (node.get("op"), node.get("args")) if isinstance(node, dict) else (None, None)
        if not isinstance(op, str) or not isinstance(args, list) or not args:
            raise wrong("a condition has an “op” and “args”, or a comparison")
        return op, args

    def _flag(self, node: Mapping[str, Any]) -> Fragment:
        one = operand(node, self.fields)
        if one.kind != "boolean":
            raise wrong(f"“{str(node['property'])[:60]}” alone is no condition")
        return Fragment(text=one.text)

    def _compared(self, op: str, args: list[Any]) -> Fragment:
        made: Mapping[str, Callable[[list[Any]], Fragment]] = {
            "like": self._like, "between": self._between, "in": self._in, "isNull": self._empty,
        }  # fmt: skip
        if op in COMPARISONS and len(args) == 2:
            left, right = (operand(arg, self.fields) for arg in args)
            return _comparison(op, left, right)
        if op not in made:
            raise wrong(f"“{op[:40]}” is not offered here")
        return made[op](args)

    def _like(self, args: list[Any]) -> Fragment:
        if len(args) != 2:
            raise wrong("LIKE takes a text and a pattern")
        left, right = (operand(arg, self.fields) for arg in args)
        if left.kind != "text" or right.kind != "text":
            raise wrong("LIKE is for texts")
        return _comparison("like", left, right)

    def _between(self, args: list[Any]) -> Fragment:
        """Three, or as in the draft of the standard a value and a pair."""
        if len(args) == 2 and isinstance(args[1], list):
            args = [args[0], *args[1]]
        if len(args) != 3:
            raise wrong("BETWEEN takes a value and two ends")
        value, low, high = (operand(arg, self.fields) for arg in args)
        both = [_comparison(">=", value, low), _comparison("<=", value, high)]
        return _bracket(joined(both))

    def _in(self, args: list[Any]) -> Fragment:
        if len(args) != 2 or not isinstance(args[1], list) or not args[1]:
            raise wrong("IN takes a value and a list")
        self.parts += len(args[1])
        if self.parts > MOST:
            raise wrong("this list is too long")
        left = operand(args[0], self.fields)
        each = [_comparison("=", left, operand(arg, self.fields)) for arg in args[1]]
        return _bracket(joined(each, "or"))

    def _empty(self, args: list[Any]) -> Fragment:
        one = operand(args[0], self.fields)
        return Fragment(text=sql.SQL("({} is null)").format(one.text), values=one.values)


def _comparison(op: str, left: Operand, right: Operand) -> Fragment:
    first, second = fitted(left, right)
    text = sql.SQL(f"({{}} {op} {{}})").format(first.text, second.text)
    return Fragment(text=text, values=(*first.values, *second.values))


def _bracket(one: Fragment) -> Fragment:
    return Fragment(text=sql.SQL("({})").format(one.text), values=one.values)
