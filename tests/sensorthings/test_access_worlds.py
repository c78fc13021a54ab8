"""Random worlds of projects, things and datastreams: what is hidden is not seen, counted, guessed.

The oracle is a plain rule over plain objects; it knows neither SQL nor the API.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stadtkern.kernel.people.models import issue_key
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import (
    Component,
    Datastream,
    FeatureOfInterest,
    HistoricalLocation,
    MultiDatastream,
    ObservedProperty,
    Project,
    Representation,
    Sensor,
    Thing,
)
from tests.sensorthings.conftest import Client

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 3, 1, tzinfo=UTC)
SETS = ("Things", "Locations", "HistoricalLocations", "Datastreams", "MultiDatastreams", "Sensors",
        "ObservedProperties", "Observations", "FeaturesOfInterest")  # fmt: skip


@dataclass
class World:
    """Entities by set and id: their word (a text that stands nowhere else) and their links."""

    projects: list[Project] = field(default_factory=list)
    words: dict[tuple[str, int], str] = field(default_factory=dict)
    links: dict[tuple[str, int], dict[str, list[int]]] = field(default_factory=dict)
    facts: dict[tuple[str, int], Any] = field(default_factory=dict)

    def add(self, kind: str, number: int, word: str, facts: Any = None) -> int:
        self.words[kind, number] = word
        self.links[kind, number] = {}
        self.facts[kind, number] = facts
        return number

    def tie(self, kind: str, number: int, name: str, target: str, other: int, back: str) -> None:
        self.links[kind, number].setdefault(name, []).append(other)
        if back:
            self.links[target, other].setdefault(back, []).append(number)

    def of(self, kind: str) -> list[int]:
        return sorted(number for one, number in self.words if one == kind)


def target_of(name: str) -> str:
    plural = {"Thing": "Things", "Datastream": "Datastreams", "MultiDatastream": "MultiDatastreams",
              "Sensor": "Sensors", "ObservedProperty": "ObservedProperties",
              "FeatureOfInterest": "FeaturesOfInterest"}  # fmt: skip
    return plural.get(name, name)


@dataclass
class Rule:
    """Who sees what, in words of the documentation."""

    world: World
    projects: set[int]
    everything: bool = False

    def sees(self, kind: str, number: int) -> bool:
        if self.everything or kind in ("Sensors", "ObservedProperties"):
            return True
        return bool(getattr(self, kind.lower())(number))

    def project(self, number: int | None) -> bool:
        mine = {one.pk for one in self.world.projects if one.public} | self.projects
        return number is None or number in mine

    def things(self, number: int) -> bool:
        return self.project(self.world.facts["Things", number])

    def stream(self, kind: str, number: int) -> bool:
        thing = self.world.links[kind, number]["Thing"][0]
        public = self.world.facts[kind, number]
        return self.things(thing) and (public or self.world.facts["Things", thing] in self.projects)

    def datastreams(self, number: int) -> bool:
        return self.stream("Datastreams", number)

    def multidatastreams(self, number: int) -> bool:
        return self.stream("MultiDatastreams", number)

    def observations(self, number: int) -> bool:
        links = self.world.links["Observations", number]
        return any(self.sees(target_of(k), n) for k in ("Datastream", "MultiDatastream")
                   for n in links.get(k, []))  # fmt: skip

    def historicallocations(self, number: int) -> bool:
        return self.things(self.world.links["HistoricalLocations", number]["Thing"][0])

    def locations(self, number: int) -> bool:
        links = self.world.links["Locations", number]
        stood = [self.world.links["HistoricalLocations", h]["Thing"][0]
                 for h in links.get("HistoricalLocations", [])]  # fmt: skip
        leads = [*links.get("Things", []), *stood]
        of_a_system = self.world.facts["Locations", number] != ""
        return of_a_system or not leads or any(self.things(one) for one in leads)

    def featuresofinterest(self, number: int) -> bool:
        place, named = self.world.facts["FeaturesOfInterest", number]
        if place is not None and self.locations(place):
            return True
        return any(self.observations(one) for one in named) or (place is None and not named)


def some(dice: random.Random, values: list[Any], most: int = 2) -> list[Any]:
    return dice.sample(values, dice.randint(0, min(most, len(values))))


def build(seed: int) -> World:
    dice, world, serial = random.Random(seed), World(), iter(range(1, 10_000))

    def word(kind: str) -> str:
        return f"q{kind}{seed}x{next(serial)}z"

    world.projects = [
        Project.objects.create(slug=f"p{i}", name=f"p{i}", public=i == 2) for i in range(4)
    ]
    for _ in range(2):
        one = Sensor.objects.create(name=word("sensor"))
        world.add("Sensors", one.pk, one.name)
    for _ in range(2):
        prop = ObservedProperty.objects.create(name=word("property"))
        world.add("ObservedProperties", prop.pk, prop.name)
    for _ in range(8):
        place = Place.objects.create(
            name=word("place"),
            geometry=point(7.2, 51.5),
            kind=dice.choice(["", "", "x.y"]) if len(world.of("Locations")) < 7 else "",
        )
        world.add("Locations", place.pk, place.name, place.kind)
    *shared, lonely = world.of("Locations")
    for _ in range(6):
        _thing(dice, world, word, shared)
    _thing(dice, world, word, [lonely], world.projects[0])
    _features(dice, world, word)
    for _ in range(11):
        _stream(dice, world, word)
    _observations(dice, world, serial)
    return world


def _thing(
    dice: random.Random, world: World, word: Any, places: list[int], project: Project | None = None
) -> None:
    """A thing at some of these places, now and in the past; of any project where none is named."""
    stands = places if project else some(dice, places)
    project = project or dice.choice([None, *world.projects])
    thing = Thing.objects.create(
        name=word("thing"), project=project, place_id=stands[0] if stands else None
    )
    world.add("Things", thing.pk, thing.name, project.pk if project else None)
    for place in stands[1:]:
        Representation.objects.create(thing=thing, place_id=place)
    for place in stands:
        world.tie("Things", thing.pk, "Locations", "Locations", place, "Things")
    for moment in range(dice.randint(0, 2)):
        there = dice.sample(places, min(len(places), dice.randint(1, 2)))
        at = START + timedelta(days=moment, seconds=len(world.words))
        history = HistoricalLocation.objects.create(thing=thing, place_id=there[0], time=at)
        history.also.set(there[1:])
        world.add("HistoricalLocations", history.pk, f"{at:%Y-%m-%dT%H:%M:%S}")
        key = ("HistoricalLocations", history.pk)
        world.tie(*key, "Thing", "Things", thing.pk, "HistoricalLocations")
        for place in there:
            world.tie(*key, "Locations", "Locations", place, "HistoricalLocations")


def _features(dice: random.Random, world: World, word: Any) -> None:
    """Those that the database makes of places, and some of their own."""
    for one in FeatureOfInterest.objects.exclude(place=None):
        one.name = word("feature")
        one.save()
        world.add("FeaturesOfInterest", one.pk, one.name, (one.place_id, []))
    for _ in range(4):
        one = FeatureOfInterest.objects.create(name=word("feature"), geometry=point(7.2, 51.5))
        world.add("FeaturesOfInterest", one.pk, one.name, (None, []))


def _stream(dice: random.Random, world: World, word: Any) -> None:
    multi = dice.random() < 0.25
    sensor = dice.choice(world.of("Sensors"))
    thing, observed = dice.choice(world.of("Things")), dice.choice(world.of("ObservedProperties"))
    one = (MultiDatastream if multi else Datastream).objects.create(
        thing_id=thing, sensor_id=sensor, observed_property_id=observed, name=word("stream"),
        public=dice.random() < 0.7,
    )  # fmt: skip
    kind = "MultiDatastreams" if multi else "Datastreams"
    world.add(kind, one.pk, one.name, one.public)
    world.tie(kind, one.pk, "Thing", "Things", thing, kind)
    world.tie(kind, one.pk, "Sensor", "Sensors", sensor, kind)
    if multi:
        Component.objects.create(datastream=one, position=0, observed_property_id=observed)
        world.tie(kind, one.pk, "ObservedProperties", "ObservedProperties", observed, kind)
    else:
        world.tie(kind, one.pk, "ObservedProperty", "ObservedProperties", observed, kind)


def _observations(dice: random.Random, world: World, serial: Iterator[int]) -> None:
    rows, kinds = [], []
    for kind in ("Datastreams", "MultiDatastreams"):
        for stream in world.of(kind):
            for _ in range(dice.randint(0, 3)):
                figure = 100_000 + next(serial) + 0.25
                feature = dice.choice([None, None, *world.of("FeaturesOfInterest")])
                rows.append(store.Observation(
                    datastream=stream, at=START + timedelta(hours=next(serial)), feature=feature,
                    **({"value": figure} if kind == "Datastreams" else {"other": [figure]}),
                ))  # fmt: skip
                kinds.append((kind, figure))
    for row, number, (kind, figure) in zip(rows, store.write(rows), kinds, strict=True):
        assert number is not None
        world.add("Observations", number, str(figure))
        key = ("Observations", number)
        world.tie(*key, kind.removesuffix("s"), kind, row.datastream, "Observations")
        feature = row.feature or _standing(world, kind, row.datastream)
        if feature is not None:
            world.tie(*key, "FeatureOfInterest", "FeaturesOfInterest", feature, "Observations")
        if row.feature:
            world.facts["FeaturesOfInterest", row.feature][1].append(number)


def _standing(world: World, kind: str, stream: int) -> int | None:
    """The feature of the place where the datastream's thing stands."""
    place = Thing.objects.get(pk=world.links[kind, stream]["Thing"][0]).place_id
    found = FeatureOfInterest.objects.filter(place=place).first() if place else None
    return found.pk if found else None


@pytest.fixture
def client() -> Iterator[Client]:
    one = Client()
    yield one
    one.close()


@dataclass
class Eye:
    """One viewer's client, beside the rule of what they see; no answer may hold a hidden word."""

    client: Client
    key: str
    rule: Rule

    @property
    def world(self) -> World:
        return self.rule.world

    def seen(self, kind: str) -> list[int]:
        return [one for one in self.world.of(kind) if self.rule.sees(kind, one)]

    def get(self, address: str, status: int = 200) -> Any:
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        reply = self.client.ask("GET", address, **headers)
        assert reply.status == status, (address, reply.body)
        text = reply.body.decode()
        for (kind, number), word in self.world.words.items():
            assert word not in text or self.rule.sees(kind, number), (address, kind, number)
        return reply.json if reply.headers["content-type"].startswith("application/json") else text

    def ids(self, address: str) -> list[int]:
        return sorted(one["@iot.id"] for one in self.get(address)["value"])


def eye_of(viewer: str, world: World, client: Client) -> Eye:
    if viewer == "public":
        return Eye(client, "", Rule(world, set()))
    scopes = {"everything": ["things:read"], "reader": ["things:read:p0"],
              "writer": ["things:write:p1"], "both": ["things:read:p0", "things:write:p3"]}  # fmt: skip
    key = issue_key(label="eye", scopes=tuple(scopes[viewer]))[1]
    mine = {one.pk for one in world.projects if one.slug in str(scopes[viewer])}
    return Eye(client, key, Rule(world, mine, everything=viewer == "everything"))


@pytest.mark.parametrize("viewer", ["public", "reader", "writer", "both", "everything"])
def test_nothing_hidden_is_seen_counted_or_guessed(client: Client, viewer: str) -> None:
    world = build(len(viewer))
    eye = eye_of(viewer, world, client)
    for kind in SETS:
        check_set(eye, kind)
        check_links(eye, kind)
    check_guesses(eye)
    check_forms(eye)


def check_set(eye: Eye, kind: str) -> None:
    seen = eye.seen(kind)
    page = eye.get(f"/{kind}?$count=true&$top=1000")
    assert sorted(one["@iot.id"] for one in page["value"]) == seen, kind
    assert page["@iot.count"] == len(seen)
    assert eye.get(f"/{kind}?$count=true&$top=0")["@iot.count"] == len(seen)
    assert eye.get(f"/{kind}?$count=true&$filter=id gt 0&$top=0")["@iot.count"] == len(seen)
    assert len(eye.get(f"/{kind}/$ref?$top=1000")["value"]) == len(seen)
    for number in eye.world.of(kind):
        status = 200 if number in seen else 404
        eye.get(f"/{kind}({number})", status)
        eye.get(f"/{kind}({number})/id", status)
        assert eye.ids(f"/{kind}?$filter=id eq {number}") == [n for n in seen if n == number]


def check_links(eye: Eye, kind: str) -> None:
    """Over every link, by path, by `$expand` and by its count."""
    seen = eye.seen(kind)
    for name in sorted({name for n in eye.world.of(kind) for name in eye.world.links[kind, n]}):
        many = target_of(name) == name
        options = "($count=true;$top=1000)" if many else ""
        page = eye.get(f"/{kind}?$expand={name}{options}&$top=1000")["value"]
        assert sorted(one["@iot.id"] for one in page) == seen
        for one in page:
            number = one["@iot.id"]
            wanted = targets(eye, kind, number, name)
            if many:
                assert sorted(o["@iot.id"] for o in one[name]) == wanted, (kind, number, name)
                assert one[f"{name}@iot.count"] == len(wanted)
            else:
                assert [o["@iot.id"] for o in [one.get(name)] if o] == wanted
        for number in eye.world.of(kind):
            check_path(eye, kind, number, name, many=many)


def targets(eye: Eye, kind: str, number: int, name: str) -> list[int]:
    found = eye.world.links[kind, number].get(name, [])
    return sorted(n for n in found if eye.rule.sees(target_of(name), n))


def check_path(eye: Eye, kind: str, number: int, name: str, *, many: bool) -> None:
    shown = eye.rule.sees(kind, number)
    address, wanted = f"/{kind}({number})/{name}", targets(eye, kind, number, name)
    if not shown:
        eye.get(address, 404)
        if many:
            eye.get(f"{address}?$count=true&$top=0", 404)
            for other in eye.world.links[kind, number].get(name, []):
                eye.get(f"{address}({other})", 404)
    elif many:
        page = eye.get(f"{address}?$count=true&$top=1000")
        assert sorted(one["@iot.id"] for one in page["value"]) == wanted
        assert page["@iot.count"] == len(wanted)
    else:
        eye.get(address, 200 if wanted else 404)


def check_guesses(eye: Eye) -> None:
    """A filter that looks at what is hidden finds nothing, whatever it hangs on."""
    for number in eye.world.of("Observations"):
        word, shown = eye.world.words["Observations", number], eye.rule.sees("Observations", number)
        links = eye.world.links["Observations", number]
        for thing in (n for s in links.get("Datastream", [])
                      for n in eye.world.links["Datastreams", s]["Thing"]):  # fmt: skip
            test = f"Datastreams/Observations/result eq {word}"
            assert eye.ids(f"/Things?$filter={test}") == ([thing] if shown else [])
            assert bool(eye.ids(f"/Sensors?$filter={test}")) is shown
            assert bool(eye.ids(f"/ObservedProperties?$filter={test}")) is shown
        if "Datastream" in links and "FeatureOfInterest" in links:
            found = eye.ids(f"/FeaturesOfInterest?$filter=Observations/result eq {word}")
            assert found == (links["FeatureOfInterest"] if shown else [])
    for kind, path in (
        ("Datastreams", "/Sensors?$filter=Datastreams/name eq '{}'"),
        ("Datastreams", "/ObservedProperties?$filter=Datastreams/name eq '{}'"),
        ("Things", "/Sensors?$filter=Datastreams/Thing/name eq '{}'"),
        ("Things", "/Locations?$filter=Things/name eq '{}'"),
        ("Locations", "/Things?$filter=Locations/name eq '{}'"),
        ("Locations", "/Observations?$filter=Datastream/Thing/Locations/name eq '{}'"),
        ("Locations", "/HistoricalLocations?$filter=Locations/name eq '{}'"),
        ("FeaturesOfInterest", "/Observations?$filter=FeatureOfInterest/name eq '{}'"),
    ):
        for number in eye.world.of(kind):
            found = eye.get(path.format(eye.world.words[kind, number]))["value"]
            assert not found or eye.rule.sees(kind, number), (path, number)


def check_forms(eye: Eye) -> None:
    """Other forms of an answer, orders over links, deep expands and sums over time."""
    for address in (
        "/Observations?$orderby=Datastream/Thing/name desc&$top=1000",
        "/Observations?$resultFormat=dataArray&$top=1000",
        "/Datastreams?$orderby=Thing/name&$expand=Thing/Locations,Observations($orderby="
        "phenomenonTime desc;$top=1),Sensor/Datastreams/Thing",
        "/Sensors?$expand=Datastreams($expand=Observations($count=true),Thing/Datastreams)",
        "/ObservedProperties?$expand=Datastreams/Thing/HistoricalLocations,MultiDatastreams/Thing",
        "/Locations?$expand=Things($expand=Datastreams($count=true)),HistoricalLocations/Thing",
        "/FeaturesOfInterest?$expand=Observations($expand=Datastream/Thing)",
        "/Observations?$interval=P1D&$aggregate=count,mean,max&$top=1000",
    ):
        eye.get(address)
    for number in eye.world.of("Datastreams"):
        shown = eye.rule.sees("Datastreams", number)
        eye.get(f"/Datastreams({number})/Observations?$interval=P1D", 200 if shown else 404)
