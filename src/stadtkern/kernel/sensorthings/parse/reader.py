"""Expressions: the recursive-descent parser that builds their trees."""

from collections.abc import Callable
from typing import Literal as Choice

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
)
from stadtkern.kernel.sensorthings.parse.literals import WORDS, literal, text
from stadtkern.kernel.sensorthings.parse.tokens import Token

DEEPEST = 40
# So many sums and products in one chain: each one nests in the next.
LONGEST_SUM = 60
_COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
_SUMS = ("add", "sub")
_PRODUCTS = ("mul", "div", "mod")


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

    def word(self, *texts: str) -> str:
        """As `found`, in lower or upper case; the word in lower case, or nothing."""
        known = self.next.kind == "name" and self.next.text.lower() in texts
        return self.take().text.lower() if known else ""

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
    """Reads a filter: or < and < not < comparison < sum < product < sign < value."""

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
        while self.word(operator):
            operands.append(read())
        if len(operands) == 1:
            return operands[0]
        return Logic(operator=operator, operands=tuple(operands), at=at)

    def _negation(self) -> Expression:
        flips = 0
        at = self.next.at
        while self.word("not"):
            flips += 1
        found = self._comparison()
        return Not(operand=found, at=at) if flips % 2 else found

    def _comparison(self) -> Expression:
        left = self._sum()
        at = self.next.at
        if operator := self.word(*_COMPARISONS):
            return Compare(operator=operator, left=left, right=self._sum(), at=at)
        if self.word("in"):
            return In(value=left, choices=self._choices(), at=at)
        return left

    def _choices(self) -> tuple[Expression, ...] | Expression:
        if not self.found("("):
            return self._sum()
        found = [self.expression()]
        while self.found(","):
            found.append(self.expression())
        self.expect(")")
        return tuple(found)

    def _sum(self) -> Expression:
        return self._joined(_SUMS, lambda: self._joined(_PRODUCTS, self._signed))

    def _joined(self, operators: tuple[str, ...], read: Callable[[], Expression]) -> Expression:
        found, links, at = read(), 0, self.next.at
        while operator := self.word(*operators):
            links += 1
            if links > LONGEST_SUM:
                raise at.problem(f"more than {LONGEST_SUM} operators in one sum or product")
            found = Arithmetic(operator=operator, left=found, right=read(), at=at)
            at = self.next.at
        return found

    def _signed(self) -> Expression:
        at, flips = self.next.at, 0
        while self.found("-"):
            flips += 1
        found = self._value()
        return Minus(operand=found, at=at) if flips % 2 else found

    def _value(self) -> Expression:
        if self.found("("):
            inner = self.expression()
            self.expect(")")
            return inner
        token = self.take()
        if token.kind != "name":
            return Literal(value=literal(token), at=token.at)
        if self.next.text == "(":
            return self._call(token)
        # A key of that name is reached behind a slash only.
        if token.text.lower() in WORDS and self.next.text not in ("/", "["):
            return Literal(value=WORDS[token.text.lower()], at=token.at)
        return self.path(token)

    def _call(self, token: Token) -> Call:
        self.expect("(")
        arguments: list[Expression] = []
        while not self.found(")"):
            if arguments:
                self.expect(",")
            arguments.append(self.expression())
        return Call(name=token.text, arguments=tuple(arguments), at=token.at)

    def path(self, first: Token) -> Path | Lambda:
        """A path whose first name was read already."""
        names = [first.text, *self._indexes()]
        while self.found("/"):
            step = self.take()
            if step.text in ("any", "all") and self.next.text == "(":
                path = Path(names=tuple(names), at=first.at)
                return self._lambda(step, path)
            names += [self._step(step), *self._indexes()]
        return Path(names=tuple(names), at=first.at)

    def _step(self, token: Token) -> str:
        if token.kind == "string":
            return text(token.text)
        if token.kind not in ("name", "number"):
            raise token.at.problem(f"expected a name, found {token}")
        return token.text

    def _indexes(self) -> list[str]:
        """Places in a list, or keys that are no names: `list[0]`, `properties['a key']`."""
        found = []
        while self.found("["):
            token = self.take()
            if token.kind != "string" and not token.text.isdigit():
                raise token.at.problem(f"expected the place in a list or a 'key', found {token}")
            found.append(self._step(token))
            self.expect("]")
        return found

    def _lambda(self, step: Token, path: Path) -> Lambda:
        quantifier: Choice["any", "all"] = "any" if step.text == "any" else "all"
        self.expect("(")
        variable, condition = "", None
        if not (quantifier == "any" and self.next.text == ")"):
            variable = self.expect_kind("name", "a name for one of them").text
            self.expect(":")
            condition = self.expression()
        self.expect(")")
        return Lambda(
            quantifier=quantifier, path=path, variable=variable, condition=condition, at=step.at
        )
