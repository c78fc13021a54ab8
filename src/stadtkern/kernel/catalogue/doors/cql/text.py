"""CQL2 text (OGC 21-065r2, annex B) read into what CQL2 JSON would say."""

import re
from typing import Any, Final

import msgspec
import shapely

from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.catalogue.doors.cql.words import Word, words

Node = Any
COMPARISONS: Final = ("=", "<>", "<", "<=", ">", ">=")
SHAPES: Final = (
    "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
)  # fmt: skip
DEEPEST: Final = 40


def parse(text: str) -> Node:
    """The filter as CQL2 JSON; Refused says where it cannot be understood."""
    parser = _Parser(text)
    found = parser.condition()
    parser.expect_end()
    return found


class _Parser:
    """Goes from word to word and never back; OR binds less than AND, AND less than NOT."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = list(words(text))
        self.place = 0
        self.depth = 0

    @property
    def word(self) -> Word:
        return self.words[self.place]

    def take(self) -> Word:
        found = self.word
        self.place += found.kind != "end"
        return found

    def takes(self, *said: str) -> bool:
        """Go on if the next words are these."""
        following = self.words[self.place : self.place + len(said)]
        if [one.said for one in following] != list(said):
            return False
        self.place += len(said)
        return True

    def expect(self, said: str) -> None:
        if not self.takes(said):
            raise self.problem(f"“{said}” is missing")

    def expect_end(self) -> None:
        if self.word.kind != "end":
            raise self.problem("this is one too many")

    def problem(self, reason: str) -> Refused:
        rest = self.text[self.word.place :][:30] or "the end"
        return Refused("filter", f"{reason} at “{rest}”")

    def condition(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.problem("too many brackets")
        found = self._joined("or", lambda: self._joined("and", self._factor))
        self.depth -= 1
        return found

    def _joined(self, op: str, part: Any) -> Node:
        args = [part()]
        while self.takes(op.upper()):
            args.append(part())
        return args[0] if len(args) == 1 else {"op": op, "args": args}

    def _factor(self) -> Node:
        if self.takes("NOT"):
            return {"op": "not", "args": [self._factor()]}
        return self._predicate()

    def _predicate(self) -> Node:
        """A bracket may hold a condition or a sum; what follows it tells."""
        left = self.sum()
        for op in COMPARISONS:
            if self.takes(op):
                return {"op": op, "args": [left, self.sum()]}
        no = self.takes("NOT")
        found = self._after(left)
        if found is not None:
            return {"op": "not", "args": [found]} if no else found
        if no:
            raise self.problem("LIKE, BETWEEN or IN is missing")
        if self.takes("IS"):
            no = self.takes("NOT")
            self.expect("NULL")
            empty = {"op": "isNull", "args": [left]}
            return {"op": "not", "args": [empty]} if no else empty
        return left

    def _after(self, left: Node) -> Node | None:
        if self.takes("LIKE"):
            return {"op": "like", "args": [left, self.sum()]}
        if self.takes("BETWEEN"):
            low = self.sum()
            self.expect("AND")
            return {"op": "between", "args": [left, low, self.sum()]}
        if self.takes("IN"):
            self.expect("(")
            return {"op": "in", "args": [left, self._listed()]}
        return None

    def _listed(self) -> list[Node]:
        """Behind an opening bracket, up to the closing one."""
        found = [self.sum()]
        while self.takes(","):
            found.append(self.sum())
        self.expect(")")
        return found

    def sum(self) -> Node:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._atom))

    def _chain(self, signs: tuple[str, ...], part: Any) -> Node:
        left = part()
        while self.word.said in signs:
            op = self.take().said
            left = {"op": op, "args": [left, part()]}
        return left

    def _atom(self) -> Node:
        if self.takes("("):
            found = self.condition()
            self.expect(")")
            return found
        if self.takes("-"):
            return self._negative()
        word = self.take()
        if word.kind == "number":
            return _number(word.text)
        if word.kind == "text":
            return word.text
        if word.kind != "name":
            self.place -= word.kind != "end"
            raise self.problem("a name or value is missing")
        return self._named(word)

    def _negative(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.problem("too many signs")
        value = self._atom()
        self.depth -= 1
        return -value if isinstance(value, int | float) else {"op": "*", "args": [-1, value]}

    def _named(self, word: Word) -> Node:
        if word.said in ("TRUE", "FALSE"):
            return word.said == "TRUE"
        if word.said in SHAPES:
            return self._geometry(word)
        if not self.takes("("):
            return {"property": word.text}
        if word.quoted:
            raise self.problem("a function has no quotes")
        return self._called(word.said)

    def _called(self, name: str) -> Node:
        if name in ("DATE", "TIMESTAMP"):
            value = self.take()
            self.expect(")")
            return {name.lower(): value.text}
        args = self._listed()
        if name == "INTERVAL":
            return {"interval": args}
        if name == "BBOX":
            return {"bbox": args}
        return {"op": name.lower(), "args": args}

    def _geometry(self, word: Word) -> Node:
        """Well-known text up to the bracket that closes it."""
        depth, end = 0, word.place
        for match in re.finditer(r"[()]", self.text[word.place :]):
            depth += 1 if match[0] == "(" else -1
            end = word.place + match.end()
            if depth == 0:
                break
        while self.word.kind != "end" and self.word.place < end:
            self.take()
        return from_wkt(self.text[word.place : end])


def from_wkt(text: str) -> Node:
    """A geometry as GeoJSON."""
    try:
        return msgspec.json.decode(shapely.to_geojson(shapely.from_wkt(text)))
    except (shapely.errors.ShapelyError, ValueError):
        raise Refused("filter", f"“{text[:60]}” is no geometry") from None


def _number(text: str) -> int | float:
    return int(text) if text.isdigit() and len(text) < 19 else float(text)
