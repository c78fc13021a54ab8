"""Random filters against an evaluation in plain Python that knows nothing of SQL.

A value that is missing, or of another type in JSON, is None. `eq` and `ne` are decided with it as
with any other value; what else is said of it is unknown, as is the opposite.
"""

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing

from .conftest import Client

pytestmark = pytest.mark.django_db(transaction=True)

# A few thousand are for a run by hand.
EXAMPLES = int(os.environ.get("EXAMPLES", "60"))
DAY = datetime(2026, 3, 29, tzinfo=UTC)
TEXTS = [
    "",
    "a",
    "Ä-Straße",
    "o'Neill",
    "100%",
    "_",
    " x ",
    "Baum",
    "baum",
    "\\",
    "日本",
    "3",
    "true",
]
RESULTS: list[Any] = [0, 1, 2.5, -4, 3, "3", "open", "", True, False, None, [1, "a"], {"x": 7}]
JSONS: list[Any] = [3, 3.5, -1, 0, "3", "Ä-Straße", "", True, False, None, [1, 2], {"x": 1}]

Row = dict[str, Any]
Rule = Callable[[Row], Any]


@dataclass(frozen=True)
class Piece:
    """The text of an expression and its value for a row; `whole`: a number without a fraction."""

    text: str
    rule: Rule
    whole: bool = False


def strict(rule: Callable[..., Any], *of: Piece) -> Rule:
    """Unknown where one of these is."""

    def found(row: Row) -> Any:
        values = [piece.rule(row) for piece in of]
        return None if None in values else rule(*values)

    return found


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def as_number(value: Any) -> Any:
    return value if is_number(value) else None


def as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return str(int(value)) if value == int(value) else str(value)
    return value if isinstance(value, str) else None


def as_truth(value: Any) -> Any:
    return value if isinstance(value, bool) else None


def quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


class Maker:
    """Makes expressions over the properties of one entity set."""

    def __init__(
        self, chance: random.Random, loose: dict[str, Rule], texts: dict[str, Rule]
    ) -> None:
        self.chance = chance
        self.loose = loose
        self.texts = texts

    def number(self, depth: int) -> Piece:
        if depth == 0 or self.chance.random() < 0.3:
            return self._plain_number()
        kind = self.chance.choice(["sum", "sum", "divide", "sign", "round", "length", "index"])
        if kind == "sum":
            return self._sum(depth)
        if kind == "divide":
            return self._divided(depth)
        if kind == "sign":
            inner = self.number(depth - 1)
            return Piece(f"-({inner.text})", strict(lambda a: -a, inner), inner.whole)
        if kind == "round":
            return self._rounded(depth)
        text = self.text(depth - 1)
        if kind == "length":
            return Piece(f"length({text.text})", strict(len, text), True)
        part = self.text(0)
        rule = strict(lambda a, b: a.find(b), text, part)
        return Piece(f"indexof({text.text}, {part.text})", rule, True)

    def _plain_number(self) -> Piece:
        if self.chance.random() < 0.5:
            value = self.chance.choice([0, 1, 2, 3, -4, 0.5, 2.5, -1])
            return Piece(str(value), lambda row: value, isinstance(value, int))
        name = self.chance.choice(list(self.loose))
        return Piece(name, lambda row: as_number(self.loose[name](row)))

    def _sum(self, depth: int) -> Piece:
        left, right = self.number(depth - 1), self.number(depth - 1)
        name, rule = self.chance.choice(
            [("add", lambda a, b: a + b), ("sub", lambda a, b: a - b), ("mul", lambda a, b: a * b)]
        )
        text = f"({left.text} {name} {right.text})"
        return Piece(text, strict(rule, left, right), left.whole and right.whole)

    def _divided(self, depth: int) -> Piece:
        left, by = self.number(depth - 1), self.chance.choice([2, -2, 4, 0.5, 0])
        whole = left.whole and isinstance(by, int)
        if self.chance.random() < 0.5:
            rule: Rule = strict(lambda a: quotient(a, by, whole=whole), left)
            return Piece(f"({left.text} div {by})", rule, whole)
        rule = strict(lambda a: rest(a, by), left)
        return Piece(f"({left.text} mod {by})", rule)

    def _rounded(self, depth: int) -> Piece:
        inner = self.number(depth - 1)
        name, rule = self.chance.choice(
            [
                ("round", lambda a: Decimal(str(a)).quantize(Decimal(1), ROUND_HALF_UP)),
                ("floor", lambda a: a // 1),
                ("ceiling", lambda a: -(-a // 1)),
            ]
        )
        return Piece(f"{name}({inner.text})", strict(lambda a: float(rule(a)), inner))

    def text(self, depth: int) -> Piece:
        if depth == 0 or self.chance.random() < 0.4:
            return self._plain_text()
        inner = self.text(depth - 1)
        kind = self.chance.choice(["lower", "upper", "trim", "concat", "substring", "from"])
        if kind == "lower":
            return Piece(f"tolower({inner.text})", strict(str.lower, inner))
        if kind == "upper":
            upper = strict(lambda a: "".join(c if c == "ß" else c.upper() for c in a), inner)
            return Piece(f"toupper({inner.text})", upper)
        if kind == "trim":
            return Piece(f"trim({inner.text})", strict(str.strip, inner))
        if kind == "concat":
            other = self.text(depth - 1)
            rule = strict(lambda a, b: a + b, inner, other)
            return Piece(f"concat({inner.text},{other.text})", rule)
        start, length = self.chance.randrange(-1, 4), self.chance.randrange(4)
        first = max(start, 0)
        if kind == "from":
            return Piece(f"substring({inner.text},{start})", strict(lambda a: a[first:], inner))
        rule = strict(lambda a: a[first : first + length], inner)
        return Piece(f"substring({inner.text},{start},{length})", rule)

    def _plain_text(self) -> Piece:
        if self.chance.random() < 0.4:
            value = self.chance.choice(TEXTS)
            return Piece(quoted(value), lambda row: value)
        if self.chance.random() < 0.6:
            name = self.chance.choice(list(self.texts))
            return Piece(name, self.texts[name])
        name = self.chance.choice(list(self.loose))
        return Piece(name, lambda row: as_text(self.loose[name](row)))

    def firm_text(self, depth: int) -> Piece:
        """A string even where it stands beside something loose."""
        found = self.text(depth)
        return (
            found if found.text not in self.loose else Piece(f"concat({found.text},'')", found.rule)
        )

    def firm_number(self, depth: int) -> Piece:
        found = self.number(depth)
        return found if found.text not in self.loose else Piece(f"({found.text} add 0)", found.rule)

    def atom(self, depth: int) -> Piece:
        kind = self.chance.choice(
            ["number", "number", "text", "text", "find", "null", "truth", "in"]
        )
        if kind in ("number", "text"):
            pair = (
                (self.number(depth), self.firm_number(depth))
                if kind == "number"
                else (self.text(depth), self.firm_text(depth))
            )
            return compared(self.chance, *self.chance.sample(pair, 2))
        if kind == "find":
            return self._found(depth)
        if kind == "in":
            return self._in()
        name = self.chance.choice(list(self.loose))
        if kind == "null":
            sign = self.chance.choice(["eq", "ne"])
            return Piece(
                f"{name} {sign} null", lambda row: (self.loose[name](row) is None) is (sign == "eq")
            )
        if self.chance.random() < 0.5:
            return Piece(name, lambda row: as_truth(self.loose[name](row)))
        truth = self.chance.choice(["true", "false"])
        return Piece(
            f"{name} eq {truth}",
            lambda row: (
                as_text(self.loose[name](row)) == truth and isinstance(self.loose[name](row), bool)
            ),
        )

    def _found(self, depth: int) -> Piece:
        text, part = self.text(depth), self.text(max(depth - 1, 0))
        name, rule, turned = self.chance.choice(
            [
                ("contains", lambda a, b: b in a, False),
                ("substringof", lambda a, b: b in a, True),
                ("startswith", str.startswith, False),
                ("endswith", str.endswith, False),
            ]
        )
        arguments = (part, text) if turned else (text, part)
        called = f"{name}({','.join(one.text for one in arguments)})"
        return Piece(called, strict(rule, text, part))

    def _in(self) -> Piece:
        value = self.firm_number(1)
        among = self.chance.sample([0, 1, 2.5, 3, -4, 7], 3)
        text = f"{value.text} in ({', '.join(map(str, among))})"
        return Piece(text, lambda row: value.rule(row) in among)

    def tree(self, depth: int) -> Piece:
        if depth == 0 or self.chance.random() < 0.25:
            return self.atom(self.chance.randrange(3))
        if self.chance.random() < 0.25:
            inner = self.tree(depth - 1)
            return Piece(f"not ({inner.text})", strict(lambda a: not a, inner))
        left, right = self.tree(depth - 1), self.tree(depth - 1)
        if self.chance.random() < 0.5:
            return Piece(f"({left.text}) and ({right.text})", both(left.rule, right.rule))
        return Piece(f"({left.text} or {right.text})", either(left.rule, right.rule))


def compared(chance: random.Random, left: Piece, right: Piece) -> Piece:
    sign, rule = chance.choice(
        [
            ("eq", None),
            ("ne", None),
            ("gt", lambda a, b: a > b),
            ("ge", lambda a, b: a >= b),
            ("lt", lambda a, b: a < b),
            ("le", lambda a, b: a <= b),
        ]
    )
    text = f"{left.text} {sign} {right.text}"
    if rule is not None:
        return Piece(text, strict(rule, left, right))

    def same(row: Row) -> Any:
        a, b = left.rule(row), right.rule(row)
        # Both missing: not said to be equal, nor to differ.
        return (a == b and a is not None) if sign == "eq" else a != b

    return Piece(text, same)


def quotient(value: Any, by: Any, *, whole: bool) -> Any:
    if by == 0:
        return None
    return int(Decimal(value) / Decimal(by)) if whole else value / by


def rest(value: Any, by: Any) -> Any:
    return None if by == 0 else float(Decimal(str(value)) % Decimal(str(by)))


def both(left: Rule, right: Rule) -> Rule:
    def rule(row: Row) -> Any:
        found = {left(row), right(row)}
        return False if False in found else None if None in found else True

    return rule


def either(left: Rule, right: Rule) -> Rule:
    def rule(row: Row) -> Any:
        found = {left(row), right(row)}
        return True if True in found else None if None in found else False

    return rule


@pytest.fixture
def world(transactional_db: None) -> list[Row]:
    """Observations as plain rows, each with its datastream and its thing."""
    chance = random.Random(7)
    sensor = Sensor.objects.create(name="s")
    observed = ObservedProperty.objects.create(name="p")
    rows: list[Row] = []
    for _ in range(7):
        properties = {key: chance.choice(JSONS) for key in "ab" if chance.random() < 0.8}
        thing = Thing.objects.create(
            name=chance.choice(TEXTS), description=chance.choice(TEXTS), properties=properties
        )
        for _ in range(chance.randrange(3)):
            own = {"c": chance.choice(JSONS)} if chance.random() < 0.8 else {}
            stream = Datastream.objects.create(
                name=chance.choice(TEXTS),
                thing=thing,
                sensor=sensor,
                observed_property=observed,
                properties=own,
            )
            for _ in range(6):
                result, parameter = chance.choice(RESULTS), chance.choice(JSONS)
                (number,) = store.write(
                    [
                        store.Observation(
                            datastream=stream.pk,
                            at=DAY + timedelta(minutes=chance.randrange(300)),
                            value=result if is_number(result) else None,
                            other=None if is_number(result) else result,
                            extra={"parameters": {"q": parameter}},
                        )
                    ]
                )
                rows.append(
                    {
                        "id": number,
                        "result": result,
                        "q": parameter,
                        "stream": {"id": stream.pk, "name": stream.name, "own": own},
                        "thing": {
                            "id": thing.pk,
                            "name": thing.name,
                            "description": thing.description,
                            "properties": properties,
                        },
                    }
                )
    return rows


def inside(value: Any, key: Any) -> Any:
    if isinstance(key, int):
        return value[key] if isinstance(value, list) and key < len(value) else None
    return value.get(key) if isinstance(value, dict) else None


def agrees(reader: Client, entity: str, piece: Piece, expected: set[int]) -> None:
    text = piece.text.replace("%", "%25").replace("+", "%2B")
    found = reader.get(f"/{entity}?$top=1000&$select=id&$filter={text}")["value"]
    assert {one["@iot.id"] for one in found} == expected, piece.text


def test_filters_of_observations_find_what_a_plain_loop_finds(
    reader: Client, world: list[Row]
) -> None:
    loose: dict[str, Rule] = {
        "result": lambda r: r["result"],
        "result/x": lambda r: inside(r["result"], "x"),
        "result[1]": lambda r: inside(r["result"], 1),
        "parameters/q": lambda r: r["q"],
        "Datastream/properties/c": lambda r: r["stream"]["own"].get("c"),
        "Datastream/Thing/properties/a": lambda r: r["thing"]["properties"].get("a"),
        "Datastream/Thing/properties/b/0": lambda r: inside(r["thing"]["properties"].get("b"), 0),
    }
    texts: dict[str, Rule] = {
        "Datastream/name": lambda r: r["stream"]["name"],
        "Datastream/Thing/description": lambda r: r["thing"]["description"],
    }
    chance, hits = random.Random(int(os.environ.get("SEED", "1"))), 0
    for _ in range(EXAMPLES):
        piece = Maker(chance, loose, texts).tree(chance.randrange(4))
        expected = {row["id"] for row in world if piece.rule(row) is True}
        agrees(reader, "Observations", piece, expected)
        hits += bool(expected)
    assert EXAMPLES / 4 < hits < EXAMPLES


class Many(Maker):
    """Filters of things that lead over the link to their datastreams."""

    def atom(self, depth: int) -> Piece:
        if self.chance.random() < 0.6:
            return super().atom(depth)
        quantifier = self.chance.choice(["any", "all"])
        each = Maker(self.chance, *names("d/", "thing", "d")).tree(self.chance.randrange(2))
        check = any if quantifier == "any" else all
        return Piece(
            f"Datastreams/{quantifier}(d:{each.text})",
            lambda row: check(each.rule({**row, "d": stream}) is True for stream in row["streams"]),
        )


def names(prefix: str, thing: str, stream: str) -> tuple[dict[str, Rule], dict[str, Rule]]:
    """Properties of a thing, and of one of its datastreams under this prefix."""
    loose: dict[str, Rule] = {
        "properties/a": lambda r: r[thing]["properties"].get("a"),
        f"{prefix}properties/c": lambda r: r[stream] and r[stream]["own"].get("c"),
    }
    texts: dict[str, Rule] = {
        "name": lambda r: r[thing]["name"],
        f"{prefix}name": lambda r: r[stream] and r[stream]["name"],
    }
    return loose, texts


def test_filters_of_things_lead_to_one_of_their_datastreams(
    reader: Client, world: list[Row]
) -> None:
    """All that is said of `Datastreams` is said of the same one, or of none where there is none."""
    things = {}
    for row in world:
        known = things.setdefault(row["thing"]["id"], {"thing": row["thing"], "streams": {}})
        known["streams"][row["stream"]["id"]] = row["stream"]
    for thing in Thing.objects.exclude(pk__in=things):
        told = {"name": thing.name, "properties": thing.properties}
        things[thing.pk] = {"thing": told, "streams": {}}
    chance, hits = random.Random(int(os.environ.get("SEED", "1"))), 0
    for _ in range(EXAMPLES):
        piece = Many(chance, *names("Datastreams/", "thing", "stream")).tree(chance.randrange(4))
        expected = {
            number
            for number, row in things.items()
            if any(piece.rule(one) is True for one in choices(row))
        }
        agrees(reader, "Things", piece, expected)
        hits += bool(expected)
    assert hits > EXAMPLES / 4


def choices(row: Row) -> Iterator[Row]:
    streams = list(row["streams"].values())
    for stream in streams or [None]:
        yield {**row, "streams": streams, "stream": stream}
