"""18-088, clause 10: creating, linking, deep insert, changing and deleting, location history."""

from datetime import UTC, datetime
from typing import Any

import pytest
from conformance.conftest import (
    Service,
    datastream,
    feature,
    location,
    number,
    observation,
    observed,
    point,
    sensor,
    thing,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def station(service: Service) -> str:
    """A thing with a location and a datastream."""
    return service.make("/Things", thing(Locations=[location()], Datastreams=[datastream()]))


@pytest.fixture
def stream(service: Service, station: str) -> str:
    return str(service.values(f"{station}/Datastreams")[0]["@iot.selfLink"])


def reference(address: str) -> dict[str, int]:
    return {"@iot.id": number(address)}


def bodies(service: Service, station: str, stream: str) -> dict[str, dict[str, Any]]:
    """A body for each entity set, linked to what exists."""
    return {
        "Things": thing("new"),
        "Locations": location("new"),
        "HistoricalLocations": {
            "time": "2020-01-01T00:00:00Z",
            "Thing": reference(station),
            "Locations": [reference(service.make("/Locations", location("old")))],
        },
        "Datastreams": datastream("new", Thing=reference(station)),
        "Sensors": sensor("new"),
        "ObservedProperties": observed("new"),
        "Observations": observation(
            7, Datastream=reference(stream), FeatureOfInterest=feature("new")
        ),
        "FeaturesOfInterest": feature("new"),
    }


def same(sent: Any, found: Any) -> bool:
    """Whether every property that was sent is there, links aside; instants may be written anew."""
    if isinstance(sent, dict):
        return all(same(value, found.get(key)) for key, value in sent.items() if key not in LINKS)
    if isinstance(sent, str) and isinstance(found, str):
        return sent == found or sent.replace(".000Z", "Z") == found
    return bool(sent == found)


LINKS = {
    "Thing",
    "Locations",
    "Sensor",
    "ObservedProperty",
    "Datastream",
    "FeatureOfInterest",
}


@pytest.mark.parametrize(
    "name",
    [
        "Things",
        "Locations",
        "HistoricalLocations",
        "Datastreams",
        "Sensors",
        "ObservedProperties",
        "Observations",
        "FeaturesOfInterest",
    ],
)
def test_req_create_update_delete_create_entity(
    service: Service, station: str, stream: str, name: str
) -> None:
    body = bodies(service, station, stream)[name]
    reply = service.ask("POST", f"/{name}", body)
    assert reply.status_code == 201
    made = reply.headers["Location"]
    assert made.startswith(f"{service.base}/{name}(")
    one = service.get(made)
    assert one["@iot.selfLink"] == made
    assert same(body, one), (body, one)
    if reply.content:
        assert reply.json()["@iot.selfLink"] == made


@pytest.mark.parametrize("body", [[], "x", 3, {"name": 3, "description": "d"}])
def test_req_create_update_delete_create_entity_refuses_what_is_none(
    service: Service, body: Any
) -> None:
    service.refused("POST", "/Things", 400, body)


def test_req_create_update_delete_create_entity_refuses_broken_json(service: Service) -> None:
    reply = service.ask(
        "POST", "/Things", data=b'{"name": ', headers={"Content-Type": "application/json"}
    )
    assert reply.status_code == 400


def test_req_create_update_delete_create_entity_without_a_feature_makes_one(
    service: Service, stream: str
) -> None:
    """10.2: the feature of interest is then made from the location of the thing."""
    body = {"phenomenonTime": "2026-03-01T00:00:00Z", "result": 1}
    one, two = (service.make(f"{stream}/Observations", body) for _ in range(2))
    made = service.get(f"{one}/FeatureOfInterest")
    assert made["feature"] == point(7.22, 51.54)
    assert service.get(f"{two}/FeatureOfInterest")["@iot.id"] == made["@iot.id"]


def test_req_create_update_delete_create_entity_needs_a_feature_or_a_location(
    service: Service,
) -> None:
    """10.2: without either there is nothing that was observed."""
    made = service.make("/Things", thing("nowhere", Datastreams=[datastream()]))
    (stream,) = service.values(f"{made}/Datastreams")
    address = f"{stream['@iot.selfLink']}/Observations"
    service.refused("POST", address, 400, {"result": 1})
    service.make(address, {"result": 1, "FeatureOfInterest": feature()})


def test_req_create_update_delete_create_entity_completes_the_phenomenon_time(
    service: Service, stream: str
) -> None:
    one = service.get(service.make(f"{stream}/Observations", {"result": 1}))
    assert one["phenomenonTime"]
    assert one["resultTime"] is None


def test_req_create_update_delete_link_to_existing_entities(service: Service, station: str) -> None:
    known = {
        "Sensor": service.make("/Sensors", sensor("shared")),
        "ObservedProperty": service.make("/ObservedProperties", observed("shared")),
        "Thing": station,
    }
    body = {**datastream("linked"), **{link: reference(at) for link, at in known.items()}}
    made = service.make("/Datastreams", body)
    for link, address in known.items():
        assert service.get(f"{made}/{link}")["@iot.selfLink"] == address
    place = service.make("/Locations", location("shared"))
    other = service.make("/Things", thing("linked", Locations=[reference(place)]))
    assert [one["@iot.selfLink"] for one in service.values(f"{other}/Locations")] == [place]
    assert other in [one["@iot.selfLink"] for one in service.values(f"{place}/Things")]


def test_req_create_update_delete_link_to_existing_entities_by_the_address(
    service: Service, station: str
) -> None:
    """10.2: a POST to a navigation link makes an entity that hangs there."""
    made = service.make(f"{station}/Datastreams", datastream("posted below"))
    assert service.get(f"{made}/Thing")["@iot.selfLink"] == station
    value = service.make(f"{made}/Observations", observation(1))
    assert service.get(f"{value}/Datastream")["@iot.selfLink"] == made
    place = service.make(f"{station}/Locations", location("posted below"))
    assert [one["@iot.selfLink"] for one in service.values(f"{station}/Locations")] == [place]


def test_req_create_update_delete_link_to_existing_entities_refuses_what_does_not_exist(
    service: Service,
) -> None:
    for body in (
        datastream(Thing={"@iot.id": 987654321}),
        observation(1, Datastream={"@iot.id": 987654321}),
    ):
        name = "Observations" if "result" in body else "Datastreams"
        reply = service.ask("POST", f"/{name}", body)
        assert reply.status_code in (400, 404)


def deep() -> dict[str, Any]:
    stream = datastream(
        "deep",
        Observations=[observation(1, 0, FeatureOfInterest=feature("deep")), observation(2, 1)],
    )
    return thing("deep", Locations=[location("deep")], Datastreams=[stream])


def test_req_create_update_delete_deep_insert(service: Service) -> None:
    made = service.make("/Things", deep())
    tree = service.get(
        f"{made}?$expand=Locations,HistoricalLocations($expand=Locations),Datastreams($expand="
        "Sensor,ObservedProperty,Observations($orderby=phenomenonTime;$expand=FeatureOfInterest))"
    )
    assert tree["Locations"][0]["name"] == "deep"
    assert tree["HistoricalLocations"][0]["Locations"][0]["name"] == "deep"
    (stream,) = tree["Datastreams"]
    assert stream["Sensor"]["name"] == "DHT22"
    assert stream["ObservedProperty"]["name"] == "Air temperature"
    assert [o["result"] for o in stream["Observations"]] == [1, 2]
    assert stream["Observations"][0]["FeatureOfInterest"]["name"] == "deep"


def test_req_create_update_delete_deep_insert_starts_anywhere(
    service: Service, stream: str
) -> None:
    made = service.make(
        "/Observations",
        observation(
            1,
            Datastream=datastream("from below", Thing=thing("from below", Locations=[location()])),
        ),
    )
    assert service.get(f"{made}/Datastream/Thing")["name"] == "from below"
    made = service.make(
        "/Sensors",
        {
            **sensor(),
            "Datastreams": [
                {k: v for k, v in datastream("of a sensor", Thing=thing()).items() if k != "Sensor"}
            ],
        },
    )
    assert [one["name"] for one in service.values(f"{made}/Datastreams")] == ["of a sensor"]


def test_req_create_update_delete_deep_insert_status_code(service: Service) -> None:
    reply = service.ask("POST", "/Things", deep())
    assert reply.status_code == 201
    assert service.get(reply.headers["Location"])["name"] == "deep"


def test_req_create_update_delete_deep_insert_status_code_of_all_or_nothing(
    service: Service,
) -> None:
    def counts() -> list[int]:
        sets = ("Things", "Locations", "Datastreams", "Sensors", "ObservedProperties")
        return [service.get(f"/{name}?$count=true&$top=0")["@iot.count"] for name in sets]

    before = counts()
    body = deep()
    del body["Datastreams"][0]["ObservedProperty"]
    service.refused("POST", "/Things", 400, body)
    assert counts() == before


CHANGES = {
    "Things": {"description": "changed"},
    "Locations": {"location": point(8, 52)},
    "HistoricalLocations": {"time": "2019-05-05T00:00:00Z"},
    "Datastreams": {"unitOfMeasurement": {"name": "K", "symbol": "K", "definition": "K"}},
    "Sensors": {"metadata": "https://example.org/other.pdf"},
    "ObservedProperties": {"definition": "http://example.org/other"},
    "Observations": {"result": 99, "phenomenonTime": "2024-02-29T00:00:00Z"},
    "FeaturesOfInterest": {"feature": point(9, 53)},
}


@pytest.mark.parametrize("name", CHANGES)
def test_req_create_update_delete_update_entity(
    service: Service, station: str, stream: str, name: str
) -> None:
    made = service.make(f"/{name}", bodies(service, station, stream)[name])
    before = service.get(made)
    service.change("PATCH", made, CHANGES[name])
    after = service.get(made)
    assert same(CHANGES[name], after)
    untouched = before.keys() - CHANGES[name].keys()
    assert {k: after[k] for k in untouched} == {k: before[k] for k in untouched}


def test_req_create_update_delete_update_entity_status_code(service: Service) -> None:
    service.refused("PATCH", "/Things(987654321)", 404, {"name": "x"})
    made = service.make("/Things", thing())
    service.refused("PATCH", made, 400, {"name": 5})
    service.refused("PATCH", made, 400, [])


def test_req_create_update_delete_update_entity_takes_no_inline_entities(
    service: Service, station: str, stream: str
) -> None:
    """10.3: related entities are bound by their ids."""
    for address, body in (
        (station, {"Locations": [location("inline")]}),
        (station, {"Datastreams": [datastream("inline")]}),
        (stream, {"Sensor": sensor("inline")}),
        (stream, {"Observations": [observation(1)]}),
    ):
        service.refused("PATCH", address, 400, body)


def test_req_create_update_delete_update_entity_may_relink(service: Service, stream: str) -> None:
    other = service.make("/Sensors", sensor("another"))
    service.change("PATCH", stream, {"Sensor": reference(other)})
    assert service.get(f"{stream}/Sensor")["@iot.selfLink"] == other


@pytest.mark.parametrize("name", ["Things", "Sensors", "ObservedProperties", "Locations"])
def test_req_create_update_delete_update_entity_put(
    service: Service, station: str, stream: str, name: str
) -> None:
    body = bodies(service, station, stream)[name]
    made = service.make(f"/{name}", body)
    whole = {k: v for k, v in body.items() if k != "properties"} | {"name": "replaced"}
    service.change("PUT", made, whole)
    after = service.get(made)
    assert after["name"] == "replaced"
    assert after["@iot.id"] == number(made)
    assert not after.get("properties")
    incomplete = {k: v for k, v in whole.items() if k != "name"}
    service.refused("PUT", made, 400, incomplete)
    service.refused("PUT", f"/{name}(987654321)", 404, whole)


def patched(service: Service, address: str, deeds: Any, status: int = 200) -> None:
    reply = service.ask(
        "PATCH", address, deeds, headers={"Content-Type": "application/json-patch+json"}
    )
    assert reply.status_code == status, reply.text


def test_req_create_update_delete_update_entity_jsonpatch(service: Service) -> None:
    made = service.make("/Things", thing(properties={"a": 1, "b": {"c": 2}}))
    patched(
        service,
        made,
        [
            {"op": "test", "path": "/properties/a", "value": 1},
            {"op": "replace", "path": "/name", "value": "patched"},
            {"op": "add", "path": "/properties/d", "value": [1]},
            {"op": "copy", "from": "/properties/b/c", "path": "/properties/e"},
            {"op": "move", "from": "/properties/a", "path": "/properties/f"},
            {"op": "remove", "path": "/properties/b"},
        ],
    )
    one = service.get(made)
    assert one["name"] == "patched"
    assert one["properties"] == {"d": [1], "e": 2, "f": 1}


def test_req_create_update_delete_update_entity_jsonpatch_is_all_or_nothing(
    service: Service,
) -> None:
    made = service.make("/Things", thing(properties={"a": 1}))
    for deeds in (
        [
            {"op": "replace", "path": "/name", "value": "x"},
            {"op": "test", "path": "/properties/a", "value": 2},
        ],
        [{"op": "remove", "path": "/properties/nothing"}],
        [{"op": "nonsense", "path": "/name"}],
        {"op": "replace", "path": "/name", "value": "x"},
    ):
        reply = service.ask(
            "PATCH", made, deeds, headers={"Content-Type": "application/json-patch+json"}
        )
        assert 400 <= reply.status_code < 500
        assert service.get(made)["name"] == "Station"


@pytest.mark.parametrize("name", CHANGES)
def test_req_create_update_delete_delete_entity(
    service: Service, station: str, stream: str, name: str
) -> None:
    made = service.make(f"/{name}", bodies(service, station, stream)[name])
    assert service.ask("DELETE", made).status_code == 200
    service.refused("GET", made, 404)
    service.refused("DELETE", made, 404)


# Table 25: what goes with an entity.
CASCADES = [
    ("Things", "Datastreams"),
    ("Things", "HistoricalLocations"),
    ("Things", "Datastreams/Observations"),
    ("Datastreams", "Observations"),
    ("Sensors", "Datastreams"),
    ("Sensors", "Datastreams/Observations"),
    ("ObservedProperties", "Datastreams"),
    ("ObservedProperties", "Datastreams/Observations"),
    ("Locations", "HistoricalLocations"),
    ("FeaturesOfInterest", "Observations"),
]


@pytest.mark.parametrize(("name", "path"), CASCADES)
def test_req_create_update_delete_delete_entity_takes_what_depends_on_it(
    service: Service, name: str, path: str
) -> None:
    made = service.make("/Things", deep())
    stream = service.values(f"{made}/Datastreams")[0]["@iot.selfLink"]
    value = service.values(f"{stream}/Observations?$orderby=phenomenonTime")[0]["@iot.selfLink"]
    victim = {
        "Things": made,
        "Datastreams": stream,
        "Sensors": service.get(f"{stream}/Sensor")["@iot.selfLink"],
        "ObservedProperties": service.get(f"{stream}/ObservedProperty")["@iot.selfLink"],
        "Locations": service.values(f"{made}/Locations")[0]["@iot.selfLink"],
        "FeaturesOfInterest": service.get(f"{value}/FeatureOfInterest")["@iot.selfLink"],
    }[name]
    hangs = [victim]
    for link in path.split("/"):
        hangs = [one["@iot.selfLink"] for at in hangs for one in service.values(f"{at}/{link}")]
    assert hangs
    assert service.ask("DELETE", victim).status_code == 200
    for address in [victim, *hangs]:
        service.refused("GET", address, 404)


def test_req_create_update_delete_delete_entity_keeps_what_is_independent(
    service: Service,
) -> None:
    made = service.make("/Things", deep())
    stream = service.values(f"{made}/Datastreams")[0]["@iot.selfLink"]
    kept = [
        service.values(f"{made}/Locations")[0]["@iot.selfLink"],
        service.get(f"{stream}/Sensor")["@iot.selfLink"],
        service.get(f"{stream}/ObservedProperty")["@iot.selfLink"],
    ]
    assert service.ask("DELETE", made).status_code == 200
    for address in kept:
        assert service.get(address)["@iot.selfLink"] == address


def test_req_create_update_delete_historical_location_auto_creation(service: Service) -> None:
    made = service.make("/Things", thing("moving", Locations=[location("first")]))
    (first,) = service.values(f"{made}/HistoricalLocations?$expand=Locations")
    assert [one["name"] for one in first["Locations"]] == ["first"]
    second = service.make("/Locations", location("second"))
    service.change("PATCH", made, {"Locations": [reference(second)]})
    service.make(f"{made}/Locations", location("third"))
    history = service.values(f"{made}/HistoricalLocations?$expand=Locations&$orderby=time")
    stood = [[one["name"] for one in row["Locations"]] for row in history]
    assert stood == [["first"], ["second"], ["third"]]
    assert [one["name"] for one in service.values(f"{made}/Locations")] == ["third"]


def test_req_create_update_delete_historical_location_manual_creation(
    service: Service,
) -> None:
    made = service.make("/Things", thing("moving", Locations=[location("now")]))
    past, new = (service.make("/Locations", location(name)) for name in ("past", "new"))

    def stood(place: str, time: str) -> None:
        service.make(
            "/HistoricalLocations",
            {"time": time, "Thing": reference(made), "Locations": [reference(place)]},
        )

    stood(past, "2001-01-01T00:00:00Z")
    assert [one["name"] for one in service.values(f"{made}/Locations")] == ["now"]
    stood(new, datetime.now(UTC).isoformat())
    assert [one["name"] for one in service.values(f"{made}/Locations")] == ["new"]
    history = service.values(f"{made}/HistoricalLocations?$expand=Locations&$orderby=time")
    assert [row["Locations"][0]["name"] for row in history] == ["past", "now", "new"]
