"""18-088, clause 8: control information, properties and relations of the eight entities."""

from datetime import datetime
from typing import Any

import pytest
from conformance.conftest import (
    Service,
    World,
    datastream,
    feature,
    location,
    observation,
    observed,
    sensor,
    thing,
)

pytestmark = pytest.mark.django_db

# Tables 2 to 17: mandatory properties, those a service may leave out where they are empty, links.
TEXT, JSON, ANY, TIME, SPAN = str, dict, object, "time", "span"
MANDATORY: dict[str, dict[str, Any]] = {
    "Things": {"name": TEXT, "description": TEXT},
    "Locations": {"name": TEXT, "description": TEXT, "encodingType": TEXT, "location": JSON},
    "HistoricalLocations": {"time": TIME},
    "Datastreams": {
        "name": TEXT,
        "description": TEXT,
        "unitOfMeasurement": JSON,
        "observationType": TEXT,
    },
    "Sensors": {"name": TEXT, "description": TEXT, "encodingType": TEXT, "metadata": ANY},
    "ObservedProperties": {"name": TEXT, "definition": TEXT, "description": TEXT},
    "Observations": {"phenomenonTime": TIME, "result": ANY, "resultTime": TIME},
    "FeaturesOfInterest": {
        "name": TEXT,
        "description": TEXT,
        "encodingType": TEXT,
        "feature": JSON,
    },
}
OPTIONAL: dict[str, dict[str, Any]] = {
    "Things": {"properties": JSON},
    "Locations": {"properties": JSON},
    "HistoricalLocations": {},
    "Datastreams": {
        "observedArea": JSON,
        "phenomenonTime": SPAN,
        "resultTime": SPAN,
        "properties": JSON,
    },
    "Sensors": {"properties": JSON},
    "ObservedProperties": {"properties": JSON},
    "Observations": {"resultQuality": ANY, "validTime": SPAN, "parameters": JSON},
    "FeaturesOfInterest": {"properties": JSON},
}
RELATIONS: dict[str, dict[str, str]] = {
    "Things": {
        "Locations": "many",
        "HistoricalLocations": "many",
        "Datastreams": "many",
    },
    "Locations": {"Things": "many", "HistoricalLocations": "many"},
    "HistoricalLocations": {"Thing": "one", "Locations": "many"},
    "Datastreams": {
        "Thing": "one",
        "Sensor": "one",
        "ObservedProperty": "one",
        "Observations": "many",
    },
    "Sensors": {"Datastreams": "many"},
    "ObservedProperties": {"Datastreams": "many"},
    "Observations": {"Datastream": "one", "FeatureOfInterest": "one"},
    "FeaturesOfInterest": {"Observations": "many"},
}
PLURAL = {
    "Thing": "Things",
    "Sensor": "Sensors",
    "ObservedProperty": "ObservedProperties",
    "Datastream": "Datastreams",
    "FeatureOfInterest": "FeaturesOfInterest",
}
BODIES: dict[str, dict[str, Any]] = {
    "Things": thing(),
    "Locations": location(),
    "Sensors": sensor(),
    "ObservedProperties": observed(),
    "FeaturesOfInterest": feature(),
}


def is_instant(text: str) -> bool:
    return datetime.fromisoformat(text).tzinfo is not None


def is_span(text: str) -> bool:
    first, _, last = text.partition("/")
    return is_instant(first) and is_instant(last)


def fits(value: Any, kind: Any) -> bool:
    if kind == TIME:
        return is_instant(value)
    if kind == SPAN:
        return is_span(value)
    return isinstance(value, kind)


def check_properties(service: Service, world: World, name: str) -> None:
    one = service.get(world[name])
    for key, kind in {**MANDATORY[name], **OPTIONAL[name]}.items():
        assert key in one, (name, key)
        assert fits(one[key], kind), (name, key, one[key])
    for key in MANDATORY[name].keys() & BODIES.get(name, {}).keys():
        body = {k: v for k, v in BODIES[name].items() if k != key}
        service.refused("POST", f"/{name}", 400, body)


def check_relations(service: Service, world: World, name: str) -> None:
    one = service.get(world[name])
    for link, how_many in RELATIONS[name].items():
        found = service.get(one[f"{link}@iot.navigationLink"])
        if how_many == "one":
            assert found["@iot.selfLink"], (name, link)
        else:
            assert len(found["value"]) >= 1, (name, link)


def test_req_datamodel_entity_control_information_common_control_information(
    service: Service, world: World
) -> None:
    for name, address in world.address.items():
        one = service.get(address)
        assert one["@iot.selfLink"] == address
        assert service.get(f"/{name}({one['@iot.id']})") == one
        for link in RELATIONS[name]:
            assert one[f"{link}@iot.navigationLink"].startswith("http"), (name, link)


def test_req_datamodel_thing_properties(service: Service, world: World) -> None:
    check_properties(service, world, "Things")


def test_req_datamodel_thing_relations(service: Service, world: World) -> None:
    check_relations(service, world, "Things")
    bare = service.make("/Things", thing("without anything"))
    for link in RELATIONS["Things"]:
        assert service.values(f"{bare}/{link}") == []


def test_req_datamodel_location_properties(service: Service, world: World) -> None:
    check_properties(service, world, "Locations")
    one = service.get(world["Locations"])
    assert one["encodingType"] == "application/geo+json"
    assert one["location"] == {"type": "Point", "coordinates": [7.22, 51.54]}


def test_req_datamodel_location_relations(service: Service, world: World) -> None:
    check_relations(service, world, "Locations")
    (standing,) = service.values(f"{world['Locations']}/Things")
    assert standing["@iot.selfLink"] == world["Things"]


def test_req_datamodel_historical_location_properties(service: Service, world: World) -> None:
    check_properties(service, world, "HistoricalLocations")


def test_req_datamodel_historical_location_relations(service: Service, world: World) -> None:
    check_relations(service, world, "HistoricalLocations")
    at = world["HistoricalLocations"]
    assert service.get(f"{at}/Thing")["@iot.selfLink"] == world["Things"]
    (stood,) = service.values(f"{at}/Locations")
    assert stood["@iot.selfLink"] == world["Locations"]


def test_req_datamodel_datastream_properties(service: Service, world: World) -> None:
    check_properties(service, world, "Datastreams")
    one = service.get(world["Datastreams"])
    assert one["unitOfMeasurement"] == datastream()["unitOfMeasurement"]
    first, last = one["phenomenonTime"].split("/")
    assert datetime.fromisoformat(first) == datetime.fromisoformat("2026-01-01T00:00:00Z")
    assert datetime.fromisoformat(last) == datetime.fromisoformat("2026-01-01T09:00:00Z")
    first, last = one["resultTime"].split("/")
    assert datetime.fromisoformat(last) == datetime.fromisoformat("2026-01-01T09:00:00Z")


def test_req_datamodel_datastream_relations(service: Service, world: World) -> None:
    check_relations(service, world, "Datastreams")
    for missing in ("Sensor", "ObservedProperty"):
        body = {k: v for k, v in datastream().items() if k != missing}
        service.refused("POST", f"{world['Things']}/Datastreams", 400, body)
    service.refused("POST", "/Datastreams", 400, datastream())


@pytest.mark.parametrize("key", ["name", "description", "unitOfMeasurement", "observationType"])
def test_req_datamodel_datastream_properties_are_mandatory(
    service: Service, world: World, key: str
) -> None:
    body = {k: v for k, v in datastream().items() if k != key}
    service.refused("POST", f"{world['Things']}/Datastreams", 400, body)


def test_req_datamodel_sensor_properties(service: Service, world: World) -> None:
    check_properties(service, world, "Sensors")


def test_req_datamodel_sensor_relations(service: Service, world: World) -> None:
    check_relations(service, world, "Sensors")


def test_req_datamodel_observed_property_properties(service: Service, world: World) -> None:
    check_properties(service, world, "ObservedProperties")


def test_req_datamodel_observed_property_relations(service: Service, world: World) -> None:
    check_relations(service, world, "ObservedProperties")


def test_req_datamodel_observation_properties(service: Service, world: World) -> None:
    check_properties(service, world, "Observations")
    one = service.get(world["Observations"])
    assert one["result"] == 0
    assert one["parameters"] == {"tilt": 30}
    assert one["resultQuality"] == "good"


@pytest.mark.parametrize(
    "result", [1, -2.5, "open", True, {"a": [1, None]}, [1, "b"], "2026-01-01T00:00:00Z", "5"]
)
def test_req_datamodel_observation_properties_result_is_of_any_type(
    service: Service, world: World, result: Any
) -> None:
    made = service.make(f"{world['Things']}/Datastreams", datastream("of any type"))
    one = service.get(service.make(f"{made}/Observations", observation(result)))
    assert one["result"] == result
    assert type(one["result"]) in (type(result), float)


def test_req_datamodel_observation_properties_phenomenon_time_may_be_an_interval(
    service: Service, world: World
) -> None:
    made = service.make(f"{world['Things']}/Datastreams", datastream("hourly means"))
    body = {"phenomenonTime": "2026-05-01T00:00:00Z/2026-05-01T01:00:00Z", "result": 4}
    one = service.get(service.make(f"{made}/Observations", body))
    first, last = (datetime.fromisoformat(part) for part in one["phenomenonTime"].split("/"))
    assert (last - first).total_seconds() == 3600
    assert one["resultTime"] is None


def test_req_datamodel_observation_relations(service: Service, world: World) -> None:
    check_relations(service, world, "Observations")
    service.refused("POST", "/Observations", 400, observation(1))
    made = service.make(f"{world['Datastreams']}/Observations", observation(5, 500))
    assert service.get(f"{made}/Datastream")["@iot.selfLink"] == world["Datastreams"]
    service.ask("DELETE", made)


def test_req_datamodel_feature_of_interest_properties(service: Service, world: World) -> None:
    check_properties(service, world, "FeaturesOfInterest")


def test_req_datamodel_feature_of_interest_relations(service: Service, world: World) -> None:
    check_relations(service, world, "FeaturesOfInterest")
    found = service.values(f"{world['FeaturesOfInterest']}/Observations")
    assert [one["@iot.selfLink"] for one in found] == [world["Observations"]]
