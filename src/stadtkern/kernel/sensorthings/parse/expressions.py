"""Filter expressions: the tree, and the recursive-descent parser that builds it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from math import isfinite
from typing import Literal as Choice

from stadtkern.kernel.sensorthings.parse.tokens import Spot, Token

DEEPEST = 40
_COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A constant."""

    value: int | Decimal | str | bool | datetime | None
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
class Compare:
    """A comparison of two values."""

    operator: str
    left: "Expression"
    right: "Expression"
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


Expression = Literal | Path | Call | Compare | Logic | Not


def instant(token: Token) -> datetime:
    """The instant an ISO 8601 text names; UTC where it names no zone."""
    try:
        moment = datetime.fromisoformat(token.text.replace(" ", "+"))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise token.at.problem(f"{token} is no date and time") from None


def number(token: Token) -> int | Decimal:
    """A number; refused where no column could hold it."""
    if len(token.text) > 40 or not isfinite(float(token.text)):
        raise token.at.problem(f"{token} is out of range")
    return int(token.text) if token.text.lstrip("+-").isdigit() else Decimal(token.text)


class Reader:
    """Walks over tokens."""

    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._index = 0
        self._depth = 0

    @property
    def next(self) -> Token:
        """The token to come."""
        return self._tokens[self._index]

    def take(self) -> Token:
        """The next token, used up."""
        token = self.next
        self._index += token.kind != "end"
        return token

    def found(self, *texts: str) -> Token | None:
        """The next token if it is one of these words or marks, used up; else None."""
        token = self.next
        return self.take() if token.kind in ("name", "mark") and token.text in texts else None

    def expect(self, text: str) -> Token:
        """The next token, which must be this word or mark."""
        return self.found(text) or self.fail(f"'{text}'")

    def expect_kind(self, kind: str, what: str) -> Token:
        """The next token, which must be of this kind."""
        return self.take() if self.next.kind == kind else self.fail(what)

    def fail(self, expected: str) -> Token:
        """Raise: something else was expected here."""
        raise self.next.at.problem(f"expected {expected}, found {self.next}")


class ExpressionReader(Reader):
    """Reads a filter: or < and < not < comparison < value."""

    def expression(self) -> Expression:
        """A whole expression, up to what cannot belong to it."""
        self._depth += 1
        if self._depth > DEEPEST:
            raise self.next.at.problem(f"nested deeper than {DEEPEST}")
        found = self._chain("or")
        self._depth -= 1
        return found

    def _chain(self, operator: Choice["and", "or"]) -> Expression:
        at = self.next.at
        read = self._negation if operator == "and" else lambda: self._chain("and")
        operands = [read()]
        while self.found(operator):
            operands.append(read())
        if len(operands) == 1:
            return operands[0]
        return Logic(operator=operator, operands=tuple(operands), at=at)

    def _negation(self) -> Expression:
        flips = 0
        at = self.next.at
        while self.found("not"):
            flips += 1
        found = self._comparison()
        return Not(operand=found, at=at) if flips % 2 else found

    def _comparison(self) -> Expression:
        left = self._value()
        operator = self.found(*_COMPARISONS)
        if operator is None:
            return left
        right = self._value()
        return Compare(operator=operator.text, left=left, right=right, at=operator.at)

    def _value(self) -> Expression:
        if self.found("("):
            inner = self.expression()
            self.expect(")")
            return inner
        token = self.take()
        match token.kind:
            case "string":
                return Literal(value=token.text[1:-1].replace("''", "'"), at=token.at)
            case "number":
                return Literal(value=number(token), at=token.at)
            case "time":
                return Literal(value=instant(token), at=token.at)
            case "name":
                return self._named(token)
        raise token.at.problem(f"expected a property, a function or a literal, found {token}")

    def _named(self, token: Token) -> Expression:
        if self.next.text == "(":
            return self._call(token)
        if token.text in _WORDS:
            return Literal(value=_WORDS[token.text], at=token.at)
        return self.path(token)

    def _call(self, token: Token) -> Call:
        self.expect("(")
        arguments: list[Expression] = []
        while not self.found(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.expression())
        return Call(name=token.text, arguments=tuple(arguments), at=token.at)

    def path(self, first: Token) -> Path:
        """A path whose first name was read already."""
        names = [first.text]
        while self.found("/"):
            names.append(self._step())
        return Path(names=tuple(names), at=first.at)

    def _step(self) -> str:
        if self.next.kind == "number" and self.next.text.isdigit():
            return self.take().text
        return self.expect_kind("name", "a name").text
