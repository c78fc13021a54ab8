"""Query options: `$top $skip $count $orderby $filter $expand $select`, also inside `$expand`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from urllib.parse import unquote_plus

from stadtkern.kernel.sensorthings.parse.expressions import Expression
from stadtkern.kernel.sensorthings.parse.reader import ExpressionReader
from stadtkern.kernel.sensorthings.parse.tokens import Spot, Token, tokens
from stadtkern.kernel.sensorthings.problem import Problem

# So many links in a row at most; how much an answer may hold in all is bounded apart from it.
EXPAND_DEPTH = 8
MOST_KEYS = 20
ALL = "*"
# Options of OData that this service does not support (18-088, 9.3.2: answered with 501).
_FOREIGN = (
    "$apply",
    "$compute",
    "$deltatoken",
    "$format",
    "$id",
    "$index",
    "$levels",
    "$schemaversion",
    "$search",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One key of `$orderby`."""

    key: Expression
    descending: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """One name of `$select`."""

    name: str
    at: Spot


@dataclass(frozen=True, kw_only=True, slots=True)
class Expand:
    """One link of `$expand`, or all; `given` is the text of its options except `$expand`."""

    name: str
    options: "Options"
    at: Spot
    given: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """All options of a request or of one expanded link."""

    top: int | None = None
    skip: int = 0
    count: bool = False
    filter: Expression | None = None
    orderby: tuple[Order, ...] = ()
    expand: tuple[Expand, ...] = ()
    select: tuple[Chosen, ...] = ()
    skiptoken: str = ""


def parse_options(query: bytes) -> Options:
    """The options in a request's query string.

    Raises Problem (400): unknown, doubled or malformed option.
    """
    given: dict[str, Any] = {}
    for name, text in ((name.lower(), text) for name, text in pairs(query)):
        if name in given:
            raise Problem(400, f"{name} is given twice", option=name)
        if name == "$skiptoken":
            given[name] = text
            continue
        reader = _OptionReader(tokens(name, text))
        given[name] = reader.option(name, None)
        if reader.next.kind != "end":
            reader.fail("the end")
    return _options(given)


def pairs(query: bytes) -> list[tuple[str, str]]:
    """Names and decoded texts of a query string, in order."""
    try:
        parts = query.decode("ascii").split("&")
        # Some clients encode the equals sign, too; no option has one in its name.
        read = [unquote_plus(part, errors="strict").partition("=") for part in parts if part]
        return [(name, text) for name, _, text in read]
    except UnicodeDecodeError:
        raise Problem(400, "the query string is not UTF-8, percent-encoded") from None


def _options(given: dict[str, Any]) -> Options:
    return Options(**{name.removeprefix("$"): value for name, value in given.items()})


def _unknown(name: str, known: tuple[str, ...], at: Spot | None) -> Problem:
    if name in _FOREIGN:
        return Problem(501, f"{name} is not supported", option=name)
    message = f"unknown option '{name[:40]}'; known are {', '.join(known)}"
    return at.problem(message) if at else Problem(400, message, option=name[:40])


class _OptionReader(ExpressionReader):
    """Reads the text of options; `$expand` holds options again."""

    def option(self, name: str, at: Spot | None) -> Any:
        """The value of the option with this name, read from here on."""
        readers: dict[str, Callable[[], Any]] = {
            "$top": self._whole,
            "$skip": self._whole,
            "$count": self._truth,
            "$filter": self.expression,
            "$orderby": self._orders,
            "$select": self._select,
            "$expand": self._expands,
        }
        if name not in readers:
            raise _unknown(name, tuple(readers), at)
        return readers[name]()

    def _list(self, read: Callable[[], Any]) -> tuple[Any, ...]:
        found = [read()]
        while self.found(","):
            found.append(read())
        return tuple(found)

    def _whole(self) -> int:
        token = self.expect_kind("number", "a whole number")
        if not token.text.isdigit():
            raise token.at.problem(f"expected a whole number of 0 or more, found {token}")
        # Nothing has so many entities, and PostgreSQL could not count them.
        return int(token.text) if len(token.text) <= 15 else 10**15

    def _truth(self) -> bool:
        word = self.word("true", "false")
        if not word:
            self.fail("true or false")
        return word == "true"

    def _orders(self) -> tuple[Order, ...]:
        at = self.next.at
        found = self._list(self._order)
        if len(found) > MOST_KEYS:
            raise at.problem(f"more than {MOST_KEYS} keys")
        return found

    def _order(self) -> Order:
        key = self.expression()
        word = self.word("asc", "desc")
        if not word and self.next.kind == "name":
            self.fail("asc, desc or ','")
        return Order(key=key, descending=word == "desc")

    def _select(self) -> tuple[Chosen, ...]:
        """Nothing stands for everything, as does a star."""
        found = self._list(self._chosen)
        return () if any(one.name == ALL for one in found) else found

    def _chosen(self) -> Chosen:
        if star := self.found(ALL):
            return Chosen(name=ALL, at=star.at)
        token = self.expect_kind("name", "the name of a property")
        return Chosen(name=token.text, at=token.at)

    def _expands(self) -> tuple[Expand, ...]:
        self._depth += 1
        if self._depth > EXPAND_DEPTH:
            raise self.next.at.problem(f"expands deeper than {EXPAND_DEPTH} levels")
        found: tuple[Expand, ...] = ()
        for one in self._list(self._expand):
            found = merged(found, one)
        self._depth -= 1
        return found

    def _expand(self) -> Expand:
        name = self.found(ALL) or self.expect_kind("name", "the name of a link")
        if self.found("/"):
            return Expand(name=name.text, at=name.at, options=Options(expand=(self._deeper(),)))
        given: dict[str, tuple[str, Any]] = {}
        if self.found("(") and not self.found(")"):
            self._nested(given)
            while self.found(";"):
                self._nested(given)
            self.expect(")")
        return Expand(
            name=name.text,
            at=name.at,
            options=_options({key: value for key, (_, value) in given.items()}),
            given=tuple((k, text) for k, (text, _) in given.items() if k != "$expand"),
        )

    def _deeper(self) -> Expand:
        self._depth += 1
        if self._depth > EXPAND_DEPTH:
            raise self.next.at.problem(f"expands deeper than {EXPAND_DEPTH} levels")
        found = self._expand()
        self._depth -= 1
        return found

    def _nested(self, given: dict[str, tuple[str, Any]]) -> None:
        token = self.expect_kind("name", "an option such as $top")
        name = token.text.lower()
        self.expect("=")
        if name in given:
            raise token.at.problem(f"{name} is given twice")
        first = self._index
        depth, self._depth = self._depth, self._depth if name == "$expand" else 0
        value = self.option(name, token.at)
        self._depth = depth
        given[name] = (self._text(self._tokens[first : self._index]), value)

    @staticmethod
    def _text(used: list[Token]) -> str:
        """As it was written: a space more would make a key of JSON something else."""
        gaps = [""] + [
            " " if token.at.position > before.stop else "" for before, token in pairwise(used)
        ]
        return "".join(gap + token.text for gap, token in zip(gaps, used, strict=False))


def text_of(expands: tuple[Expand, ...]) -> str:
    """The text of an `$expand` that asks for these again."""
    found = []
    for one in expands:
        options = [f"{name}={text}" for name, text in options_of(one)]
        found.append(one.name + (f"({';'.join(options)})" if options else ""))
    return ",".join(found)


def options_of(one: Expand) -> list[tuple[str, str]]:
    """Names and texts of the options of an expanded link."""
    deeper = text_of(one.options.expand)
    return [*one.given, *([("$expand", deeper)] if deeper else [])]


def merged(found: tuple[Expand, ...], one: Expand) -> tuple[Expand, ...]:
    """`A,A/B` asks for A once, with B inside; two sets of options for one link are refused."""
    for index, other in enumerate(found):
        if other.name == one.name:
            return (*found[:index], _both(other, one), *found[index + 1 :])
    return (*found, one)


def _both(first: Expand, second: Expand) -> Expand:
    if first.given and second.given:
        raise second.at.problem(f"{second.name} is expanded twice with options")
    rich, poor = (first, second) if first.given else (second, first)
    expands = rich.options.expand
    for one in poor.options.expand:
        expands = merged(expands, one)
    return replace(rich, options=replace(rich.options, expand=expands))
