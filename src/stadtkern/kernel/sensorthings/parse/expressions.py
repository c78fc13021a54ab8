"""Expressions of `$filter` and `$orderby` as trees."""

from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Literal as Choice

from stadtkern.kernel.sensorthings.parse.tokens import Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Duration:
    """A duration (ISO 8601); months have no length of their own, so they are kept apart."""

    months: int = 0
    days: int = 0
    seconds: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Interval:
    """A time interval; at most one of its ends is told by how far it is from the other."""

    start: datetime | Duration
    end: datetime | Duration


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A geometry as well-known text, not understood yet."""

    text: str


Constant = int | Decimal | str | bool | datetime | time | Duration | Interval | Shape | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A constant."""

    value: Constant
    at: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """A property, reached over links (`Thing/name`) or into JSON (`properties/key`)."""

    names: tuple[str, ...]
    at: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A function with its arguments."""

    name: str
    arguments: tuple["Expression", ...]
    at: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Arithmetic:
    """Two values added, subtracted, multiplied, divided."""

    operator: str
    left: "Expression"
    right: "Expression"
    at: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Minus:
    """A value with its sign changed."""

    operand: "Expression"
    at: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Compare:
    """A comparison of two values."""

    operator: str
    left: "Expression"
    right: "Expression"
    at: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class In:
    """Whether a value is one of those in a list, be it given or a list in JSON."""

    value: "Expression"
    choices: "tuple[Expression, ...] | Expression"
    at: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Logic:
    """Operands all joined by `and`, or all by `or`; flat, so that long chains do not nest."""

    operator: Choice["and", "or"]
    operands: tuple["Expression", ...]
    at: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Not:
    """A negation."""

    operand: "Expression"
    at: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Lambda:
    """`Datastreams/any(d:d/name eq 'x')`: for one, or for all, of a collection it is true.

    Without a condition: whether there is one.
    """

    quantifier: Choice["any", "all"]
    path: Path
    variable: str
    condition: "Expression | None"
    at: Spot


Expression = Literal | Path | Call | Arithmetic | Minus | Compare | In | Logic | Not | Lambda


def parts(found: Expression) -> tuple[Expression, ...]:
    """What an expression is made of; not the condition of an `any` or `all`."""
    match found:
        case Call():
            return found.arguments
        case Logic():
            return found.operands
        case Arithmetic() | Compare():
            return (found.left, found.right)
        case Not() | Minus():
            return (found.operand,)
        case In():
            choices = found.choices if isinstance(found.choices, tuple) else (found.choices,)
            return (found.value, *choices)
    return ()
