"""Random graphs of entities through one deep insert and back, and writers in each other's way."""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sensorthings.entities import ENTITIES
from stadtkern.kernel.sensorthings.problem import Problem
from stadtkern.kernel.sensorthings.write import attempt
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, Thing

from .conftest import SENSOR, Client, datastream, place, thing

pytestmark = pytest.mark.django_db(transaction=True)

# What a body of each set may hold, and thus what is asked for again.
LINKS = {
    "Things": ["Locations", "Datastreams", "MultiDatastreams"],
    "Locations": ["Things"],
    "Sensors": ["Datastreams"],
    "ObservedProperties": ["Datastreams"],
    "FeaturesOfInterest": ["Observations"],
    "HistoricalLocations": ["Thing", "Locations"],
    "Datastreams": ["Thing", "Sensor", "ObservedProperty", "Observations"],
    "MultiDatastreams": ["Thing", "Sensor", "ObservedProperties", "Observations"],
    "Observations": ["Datastream", "FeatureOfInterest"],
}
NEEDED = {
    "HistoricalLocations": ["Thing", "Locations"],
    "Datastreams": ["Thing", "Sensor", "ObservedProperty"],
    "MultiDatastreams": ["Thing", "Sensor", "ObservedProperties"],
    "Observations": ["Datastream", "FeatureOfInterest"],
}
# Over which link an inner entity has come, and which of its links leads back.
SETTLED = {
    ("Datastreams", "Thing"): "Datastreams",
    ("Datastreams", "Sensor"): "Datastreams",
    ("Datastreams", "ObservedProperty"): "Datastreams",
    ("MultiDatastreams", "Thing"): "MultiDatastreams",
    ("Observations", "Datastream"): "Observations",
    ("Observations", "FeatureOfInterest"): "Observations",
    ("Things", "Locations"): "Things",
    ("HistoricalLocations", "Locations"): "Things",
    ("Things", "Datastreams"): "Thing",
    ("Things", "MultiDatastreams"): "Thing",
    ("Locations", "Things"): "Locations",
    ("Sensors", "Datastreams"): "Sensor",
    ("ObservedProperties", "Datastreams"): "ObservedProperty",
    ("FeaturesOfInterest", "Observations"): "FeatureOfInterest",
    ("Datastreams", "Observations"): "Datastream",
    ("MultiDatastreams", "Observations"): "Datastream",
}
GEO = "application/geo+json"


class Maker:
    """Bodies for deep inserts; every name and time in them is another."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.number = 0

    def body(self, name: str, settled: str = "", depth: int = 0, width: int = 0) -> dict[str, Any]:
        found = self.properties(name, width)
        for link in LINKS[name]:
            needed = link in NEEDED.get(name, ())
            if link == settled or not (needed or (depth < 3 and self.chance.random() < 0.6)):
                continue
            found[link] = self.linked(name, link, depth, found)
        return found

    def linked(self, name: str, link: str, depth: int, body: dict[str, Any]) -> Any:
        entity = ENTITIES[name].links[link]
        values = len(body.get("unitOfMeasurements", ""))
        few = values if link == "ObservedProperties" else self.chance.randint(1, 3)
        settled = SETTLED.get((name, link), "")
        inner = [
            self.body(entity.target, settled, depth + 1, values)
            for _ in range(few if entity.many else 1)
        ]
        return inner if entity.many else inner[0]

    def properties(self, name: str, width: int) -> dict[str, Any]:
        self.number += 1
        label = {"name": f"{name} {self.number}", "description": self.text()}
        time = f"2026-03-{self.number % 28 + 1:02}T{self.number % 24:02}:{self.number % 60:02}:00Z"
        kinds: dict[str, dict[str, Any]] = {
            "Things": label,
            "Locations": {**label, **self.location("location")},
            "FeaturesOfInterest": {**label, **self.location("feature")},
            "Sensors": {**label, "encodingType": "text/html", "metadata": [self.json()]},
            "ObservedProperties": {**label, "definition": self.text()},
            "HistoricalLocations": {"time": time},
            "Datastreams": {
                **label,
                "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Observation",
                "unitOfMeasurement": self.unit(),
            },
            "Observations": {
                "phenomenonTime": time,
                "resultTime": self.chance.choice([None, time]),
                "result": [self.json() for _ in range(width)] if width else self.json(),
                **self.chance.choice([{}, {"parameters": {"p": self.json()}}]),
                **self.chance.choice(
                    [{}, {"validTime": "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z"}]
                ),
            },
        }
        if name == "MultiDatastreams":
            return {**label, **self.components()}
        if name not in ("HistoricalLocations", "Observations") and self.chance.random() < 0.5:
            return {**kinds[name], "properties": {"key": self.json()}}
        return kinds[name]

    def components(self) -> dict[str, Any]:
        units = [self.unit() for _ in range(self.chance.randint(1, 3))]
        measurement = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
        return {
            "unitOfMeasurements": units,
            "multiObservationDataTypes": [measurement] * len(units),
        }

    def location(self, name: str) -> dict[str, Any]:
        lon, lat = self.chance.randint(-180, 180), self.chance.randint(-90, 90)
        point = {"type": "Point", "coordinates": [lon, lat]}
        return self.chance.choice(
            [
                {"encodingType": GEO, name: point},
                {
                    "encodingType": GEO,
                    name: {"type": "Feature", "geometry": point, "properties": {}},
                },
                {"encodingType": "text/plain", name: self.text()},
                {"encodingType": "application/vnd.example+json", name: {"at": self.json()}},
            ]
        )

    def unit(self) -> dict[str, Any]:
        return {"name": self.text(), "symbol": None, "definition": self.text()}

    def text(self) -> str:
        return "".join(self.chance.choices("aZ 9'\"\\/$%{}<>äß€😀\n", k=self.chance.randint(0, 6)))

    def json(self, depth: int = 0) -> Any:
        kind = self.chance.randrange(7 if depth < 2 else 5)
        if kind == 5:
            return [self.json(depth + 1) for _ in range(self.chance.randint(0, 2))]
        if kind == 6:
            return {self.text(): self.json(depth + 1) for _ in range(self.chance.randint(0, 2))}
        return self.chance.choice([None, True, self.chance.randint(-99, 99), 2.5, self.text()])


def expands(name: str, body: dict[str, Any]) -> str:
    """The `$expand` that asks for all links of a body, at any depth."""
    found = []
    for link in (one for one in LINKS[name] if one in body):
        target = ENTITIES[name].links[link].target
        inner: dict[str, Any] = {}
        for one in body[link] if isinstance(body[link], list) else [body[link]]:
            inner = joined(inner, one)
        deeper = expands(target, inner)
        found.append(link + (f"($expand={deeper})" if deeper else ""))
    return ",".join(found)


def joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """A body with the links of both, so that one `$expand` fits either."""
    found = {**first, **second}
    for name in first.keys() & second.keys():
        if isinstance(first[name], list) and isinstance(second[name], list):
            found[name] = first[name] + second[name]
        elif isinstance(first[name], dict) and name[0].isupper():
            found[name] = joined(first[name], second[name])
    return found


def key(body: dict[str, Any]) -> str:
    return str(body.get("name", body.get("phenomenonTime")))


def check(got: dict[str, Any], posted: dict[str, Any]) -> None:
    """Everything that was posted is there, and nothing else hangs on it."""
    for name, value in posted.items():
        if name[0].islower():
            assert got[name] == value, (name, got)
        elif isinstance(value, dict):
            check(got[name], value)
        else:
            assert len(got[name]) == len(value), name
            for one, other in zip(sorted(got[name], key=key), sorted(value, key=key), strict=True):
                check(one, other)


def entities_in(body: dict[str, Any]) -> int:
    """How many entities a body describes, without Observations."""
    own = "result" not in body
    inner = [
        one
        for name, value in body.items()
        if name[0].isupper()
        for one in (value if isinstance(value, list) else [value])
    ]
    return own + sum(entities_in(one) for one in inner)


@pytest.mark.parametrize("name", LINKS)
def test_a_graph_comes_back_as_it_was_posted(api: Client, name: str) -> None:
    for seed in range(8):
        Entry.objects.all().delete()
        body = Maker(seed).body(name)
        reply = api.ask("POST", f"/{name}", body)
        assert reply.status == 201, (seed, reply.body, body)
        expand = expands(name, body)
        got = api.get(reply.headers["location"] + (f"?$expand={expand}" if expand else ""))
        check(got, body)
        made = Entry.objects.filter(verb="sensorthings.create")
        assert made.count() == made.values("target").distinct().count() == entities_in(body)


def test_the_observations_of_a_deep_insert_are_written_at_once(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []
    write = store.write

    def counted(rows: Any, **options: Any) -> Any:
        batches.append(len(rows))
        return write(rows, **options)

    monkeypatch.setattr(store, "write", counted)
    some = [{"result": n, "phenomenonTime": f"2026-01-01T00:00:{n:02}Z"} for n in range(30)]
    streams = [datastream(f"d{n}", Observations=some) for n in range(10)]
    made = api.make("/Things", thing(Locations=[place()], Datastreams=streams))
    found = api.get(f"/Things({made})/Datastreams?$expand=Observations($count=true;$top=0)")
    assert [one["Observations@iot.count"] for one in found["value"]] == [30] * 10
    assert batches == [300]


def test_bodies_nested_too_deep_are_refused(api: Client) -> None:
    body = datastream()
    for _ in range(6):
        body = datastream(Sensor={**SENSOR, "Datastreams": [body]})
        body = datastream(Thing=thing(Datastreams=[body]))
    reply = api.ask("POST", "/Datastreams", body)
    assert (reply.status, b"deeper" in reply.body) == (400, True), reply.body
    assert not Thing.objects.exists()


# --- writers in each other's way


@pytest.mark.parametrize(("together", "rounds", "attempts"), [(False, 8, 1), (True, 1, 12)])
def test_concurrent_writers_of_the_same_entities_all_succeed(
    api: Client, monkeypatch: pytest.MonkeyPatch, together: bool, rounds: int, attempts: int
) -> None:
    """Each by itself, no two block each other for good; changes in groups are tried again."""
    monkeypatch.setattr(attempt, "ATTEMPTS", attempts)
    sensors = [api.make("/Sensors", {**SENSOR, "name": f"s{n}"}) for n in range(3)]
    places = [api.make("/Locations", place(f"p{n}")) for n in range(3)]
    owners = []
    for spot in places:
        streams = [datastream(f"d{n}", Sensor={"@iot.id": sensors[n]}) for n in (0, 1)]
        body = thing("t", Locations=[{"@iot.id": spot}], Datastreams=streams)
        owners.append(api.make("/Things", body))
    streams = list(Datastream.objects.values_list("pk", flat=True))

    def requests(chance: random.Random) -> list[dict[str, Any]]:
        stream, owner, spot = (chance.choice(one) for one in (streams, owners, places))
        choices: list[tuple[str, str, Any]] = [
            ("PATCH", f"Datastreams({stream})", {"description": str(chance.random())}),
            ("PATCH", f"Things({owner})", {"Locations": [{"@iot.id": spot}]}),
            ("PATCH", f"Locations({spot})", {"description": str(chance.random())}),
            ("PUT", f"Datastreams({stream})/Thing/$ref", {"@iot.id": owner}),
            ("PUT", f"Datastreams({stream})/Sensor/$ref", {"@iot.id": chance.choice(sensors)}),
            ("POST", f"Datastreams({stream})/Observations", {"result": chance.random()}),
            ("POST", f"Locations({spot})/Things", thing("new", Datastreams=[datastream("x")])),
            ("DELETE", "Observations?$filter=result lt 0.5", None),
            ("DELETE", "Things?$filter=name eq 'new'", None),
        ]
        chance.shuffle(choices)
        group = {"atomicityGroup": "g"} if together else {}
        return [
            {"id": str(n), **group, "method": method, "url": url, "body": body}
            for n, (method, url, body) in enumerate(choices)
        ]

    def writer(seed: int) -> list[tuple[int, Any]]:
        chance, client, found = random.Random(seed), Client(key=api.key), []
        for _ in range(rounds):
            reply = client.ask("POST", "/$batch", {"requests": requests(chance)})
            found += [(one["status"], one.get("body")) for one in reply.json["responses"]]
        client.close()
        return found

    with ThreadPoolExecutor(6) as threads:
        replies = [one for found in threads.map(writer, range(6)) for one in found]
    assert not [one for one in replies if one[0] >= 300]
    assert len(replies) == 6 * rounds * 9
    assert Thing.objects.filter(name="t").count() == 3
    assert Place.objects.count() == 3


def test_patches_of_one_entity_at_once_lose_nothing(api: Client, stream: int) -> None:
    number = api.make(f"/Datastreams({stream})/Observations", {"result": {"n": 0}})
    owner = Thing.objects.get().pk

    def patch(step: int) -> int:
        client = Client(key=api.key)
        kind = "application/json-patch+json"
        operation = {"op": "add", "path": f"/properties/k{step}", "value": step}
        other = {"op": "add", "path": f"/result/k{step}", "value": step}
        try:
            first = client.ask("PATCH", f"/Things({owner})", [operation], content_type=kind)
            second = client.ask("PATCH", f"/Observations({number})", [other], content_type=kind)
            return max(first.status, second.status)
        finally:
            client.close()

    with ThreadPoolExecutor(5) as threads:
        assert set(threads.map(patch, range(15))) == {200}
    assert len(api.get(f"/Things({owner})")["properties"]) == 15 + 1
    assert len(api.get(f"/Observations({number})")["result"]) == 15 + 1


def test_a_deadlock_is_tried_again_and_then_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "_LONGEST_PAUSE", 0)
    calls = []

    def work(failures: int) -> str:
        calls.append(failures)
        if len(calls) <= failures:
            with connection.cursor() as cursor:
                cursor.execute("do $$ begin raise exception 'x' using errcode = '40P01'; end $$")
        return "done"

    assert attempt.attempt(lambda: work(4)) == "done"
    assert len(calls) == 5
    calls.clear()
    with pytest.raises(Problem) as caught:
        attempt.attempt(lambda: work(9))
    assert (caught.value.status, len(calls)) == (503, 5)
    assert ("Retry-After", "1") in caught.value.headers
