"""Whatever stands in the options, an answer or a refusal comes back: never a 500, never a change."""

import os
import random
import string
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stadtkern.kernel.sensorthings.entities import ENTITIES, Entity
from stadtkern.kernel.sensorthings.plan.functions import FUNCTIONS
from stadtkern.kernel.sensorthings.plan.spatial import FUNCTIONS as SPATIAL
from stadtkern.kernel.sensorthings.plan.times import RELATIONS
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, Thing

from .conftest import Client, Reply
from .test_expand import city

pytestmark = pytest.mark.django_db(transaction=True)

# A few thousand are for a run by hand.
EXAMPLES = int(os.environ.get("EXAMPLES", "60"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NUMBERS = ["1", "-2.5", "0", "1e300", "9223372036854775807", "99999999999999999999", "0.1"]
TEXTS = ["'x'", "''", "'it''s'", "'%'", "'5'", "'2026-01-01'", "'\\'"]
TIMES = [
    "2026-01-01",
    "2026-03-29T01:30:00+01:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z",
    "now()",
    "mindatetime()",
]
SPANS = ["2026-01-01/P1D", "P1M/2026-01-01", "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z", *TIMES]
DURATIONS = ["duration'P1D'", "duration'-P999999Y'", "duration'PT0.5S'", "duration'P1Y2M'"]
SHAPES = [
    "geography'POINT (7.2 51.5)'",
    "geometry'SRID=4326;POLYGON ((0 0, 9 0, 9 60, 0 60, 0 0))'",
    "geography'GEOMETRYCOLLECTION (POINT (7 51), LINESTRING (1 1, 2 2))'",
    "geography'MULTILINESTRING ((0 0, 9 60), (7 0, 7 60))'",
]
COMPARISONS = ["eq", "ne", "gt", "ge", "lt", "le"]
JSON_KEYS = ["/nr", "/list[0]", "/list/1", "/'a key'", "['x']/y", "/3d", ""]
KINDS = {"unit": "jsonb", "interval": "time", "timestamptz": "time"}
DEEPEST = 3


class Typed:
    """Writes expressions over an entity set whose types go together, so that they reach the database."""

    def __init__(self, chance: random.Random, entity: Entity) -> None:
        self.chance = chance
        self.properties = list(paths(entity, "", 0))
        self.many = [link for link in entity.links.values() if link.many]

    def path(self, *kinds: str) -> str:
        fit = [path for path, kind in self.properties if kind in kinds]
        return self.chance.choice(fit) if fit else ""

    def number(self, depth: int) -> str:
        form = self.chance.randrange(8) if depth else self.chance.randrange(3)
        if form == 0:
            return self.chance.choice(NUMBERS)
        if form < 3:
            return self.path("bigint", "jsonb", "result")
        if form == 3:
            return f"-{self.number(depth - 1)}"
        if form == 4:
            called = self.chance.choice(["round", "floor", "ceiling"])
            return f"{called}({self.number(depth - 1)})"
        if form == 5:
            text = self.text(depth - 1)
            return self.chance.choice([f"length({text})", f"indexof({text},{self.text(0)})"])
        if form == 6:
            return self._measure(depth)
        operator = self.chance.choice(["add", "sub", "mul", "div", "mod"])
        return f"({self.number(depth - 1)} {operator} {self.number(depth - 1)})"

    def _measure(self, depth: int) -> str:
        if shape := self.path("geometry"):
            other = self.chance.choice(SHAPES)
            return self.chance.choice([f"geo.distance({shape},{other})", f"geo.length({shape})"])
        part = self.chance.choice(
            ["year", "day", "hour", "fractionalseconds", "totaloffsetminutes"]
        )
        return f"{part}({self.time(depth - 1)})"

    def text(self, depth: int) -> str:
        form = self.chance.randrange(6) if depth else self.chance.randrange(2)
        if form == 0:
            return self.chance.choice(TEXTS)
        if form == 1:
            return self.path("text", "jsonb", "result") or "'x'"
        inner = self.text(depth - 1)
        if form == 2:
            return f"concat({inner},{self.text(depth - 1)})"
        if form == 3:
            return f"substring({inner},{self.number(0)})"
        if form == 4:
            return f"substring({inner},{self.number(0)},{self.number(0)})"
        return f"{self.chance.choice(['tolower', 'toupper', 'trim'])}({inner})"

    def time(self, depth: int) -> str:
        form = self.chance.randrange(4) if depth > 0 else self.chance.randrange(2)
        if form == 0:
            return self.chance.choice(SPANS)
        if form == 1:
            return self.path("time") or self.chance.choice(TIMES)
        if form == 2:
            return f"date({self.time(depth - 1)})"
        sign, by = self.chance.choice(["add", "sub"]), self.chance.choice(DURATIONS)
        return f"({self.time(depth - 1)} {sign} {by})"

    def truth(self, depth: int) -> str:
        form = self.chance.randrange(10)
        if depth == 0 or form == 0:
            return self._plain(depth)
        if form == 1:
            return f"not ({self.truth(depth - 1)})"
        if form == 2 and self.many:
            link = self.chance.choice(self.many)
            inner = Typed(self.chance, ENTITIES[link.target])
            inner.properties = [(f"d/{path}", kind) for path, kind in inner.properties]
            inner.many = []
            quantifier = self.chance.choice(["any", "all"])
            return f"{link.name}/{quantifier}(d:{inner.truth(depth - 1)})"
        if form < 5:
            operator = self.chance.choice(["and", "or"])
            return f"({self.truth(depth - 1)} {operator} {self.truth(depth - 1)})"
        return self._plain(depth)

    def _plain(self, depth: int) -> str:
        sign = self.chance.choice(COMPARISONS)
        form = self.chance.randrange(8)
        if form == 0:
            return f"{self.text(depth)} {sign} {self.text(depth)}"
        if form == 1:
            return f"{self.time(depth)} {sign} {self.time(depth)}"
        if form == 2:
            return f"{self.chance.choice(list(RELATIONS))}({self.time(depth)},{self.time(depth)})"
        if form == 3 and (shape := self.path("geometry")):
            called = self.chance.choice([one for one, count in SPATIAL.items() if one[:3] == "st_"])
            last = ",'T*F**F***'" if called == "st_relate" else ""
            return f"{called}({shape},{self.chance.choice(SHAPES)}{last})"
        if form == 4:
            called = self.chance.choice(["contains", "startswith", "endswith", "substringof"])
            return f"{called}({self.text(depth)},{self.text(depth)})"
        if form == 5:
            return f"{self.number(depth)} in ({self.number(0)},{self.number(0)},null)"
        if form == 6:
            return f"{self.chance.choice(self.properties)[0]} {sign} null"
        return f"{self.number(depth)} {sign} {self.number(depth)}"

    def order(self) -> str:
        keys = [self.number(1), self.text(1), self.truth(1), self.path("time") or "id"]
        chosen = self.chance.sample(keys, self.chance.randrange(1, 4))
        return ",".join(key + self.chance.choice(["", " asc", " desc"]) for key in chosen)


def paths(entity: Entity, prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    """Properties as paths, with their kinds; those of JSON with a key."""
    for one in entity.properties.values():
        kind = KINDS.get(one.kind, one.kind)
        keys = JSON_KEYS if kind in ("jsonb", "result") else [""]
        yield from ((f"{prefix}{one.name}{key}", kind) for key in keys)
    for link in entity.links.values():
        if depth < 2:
            yield from paths(ENTITIES[link.target], f"{prefix}{link.name}/", depth + 1)


@FUZZ
@given(entity=st.sampled_from(sorted(ENTITIES)), chance=st.randoms(use_true_random=False))
def test_what_is_typed_right_is_answered(
    reader: Client, entity: str, chance: random.Random
) -> None:
    if not Thing.objects.exists():
        furnish()
    typed = Typed(chance, ENTITIES[entity])
    options = {"$filter": typed.truth(chance.randrange(DEEPEST + 1))}
    ordered = Typed(chance, ENTITIES[entity])
    ordered.properties = [
        (path, kind) for path, kind in ordered.properties if not leads_to_many(entity, path)
    ]
    if chance.random() < 0.5:
        options |= {"$orderby": ordered.order(), "$top": "2"}
    reply = ask(reader, entity, options)
    assert reply.status in (200, 400), (options, reply.body)
    if reply.status == 400:
        allowed = ("a value does not fit", "cannot", "expected", "now has no order", "needs")
        assert any(one in reply.json["message"] for one in allowed), (options, reply.body)


def leads_to_many(entity: str, path: str) -> bool:
    found = ENTITIES[entity]
    for name in path.split("/"):
        link = found.links.get(name)
        if link is None:
            return False
        if link.many:
            return True
        found = ENTITIES[link.target]
    return False


def ask(reader: Client, entity: str, options: dict[str, str]) -> Reply:
    query = "&".join(f"{quote(name)}={quote(text)}" for name, text in options.items())
    reply = reader.ask("GET", f"/{entity}?{query}")
    if reply.status == 200 and "@iot.nextLink" in reply.json:
        following = reader.ask("GET", reply.json["@iot.nextLink"])
        assert following.status == 200, (options, following.body)
    return reply


WORDS = st.sampled_from(
    [
        *("name", "result", "id", "properties/nr", "Datastreams", "Thing/name", "d/name", "any(d:"),
        *NUMBERS,
        *TEXTS,
        *SPANS,
        *DURATIONS,
        *SHAPES,
        *COMPARISONS,
        *("and", "or", "not", "in", "add", "div", "$top", "$expand", "desc", "ä", "\x00", "*"),
        *"(),;=/[]:-$'&%\\\"",
        *(f"{name}(" for name in (*FUNCTIONS, *SPATIAL, *RELATIONS, "nothing")),
    ]
)
NOISE = st.lists(WORDS, max_size=20).map(" ".join) | st.text(max_size=40)
OPTIONS = st.dictionaries(
    st.sampled_from(
        ["$filter", "$orderby", "$expand", "$select", "$top", "$skip", "$count", "$skiptoken"]
    )
    | st.text(string.ascii_letters + "$@", max_size=9),
    NOISE,
    min_size=1,
    max_size=2,
)


@FUZZ
@given(entity=st.sampled_from(sorted(ENTITIES)), options=OPTIONS)
def test_any_noise_is_answered_or_refused(
    reader: Client, entity: str, options: dict[str, str]
) -> None:
    reply = ask(reader, entity, options)
    assert reply.status in (200, 400, 501), (options, reply.body)
    if reply.status != 200:
        assert reply.json["code"] == reply.status
        assert reply.json["type"] == "error"
        assert reply.json["message"]


def furnish() -> None:
    """A few rows, so that what is planned is also computed."""
    city(2, 2, 3)
    stream = Datastream.objects.first()
    assert stream
    Thing.objects.update(properties={"nr": 3, "list": [1, "a"], "a key": None})
    store.write(
        [
            store.Observation(datastream=stream.pk, at=datetime(1890, 5, 1, tzinfo=UTC), other=x)
            for x in (None, "open", [1], {"x": "y"}, True)
        ]
    )


@FUZZ
@given(
    path=st.text(string.ascii_letters + "()/$0123456789'[]@. ", max_size=30)
    | st.tuples(
        st.sampled_from(sorted(ENTITIES)), st.sampled_from(["(1)", "(0)", "", "(x)"]), NOISE
    ).map("/".join),
)
def test_any_path_is_answered_or_refused(reader: Client, path: str) -> None:
    assert reader.ask("GET", f"/{quote(path)}").status in (200, 204, 400, 404)
