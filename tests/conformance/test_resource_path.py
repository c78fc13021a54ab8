"""18-088, clause 9.2: the eight usages of a resource path."""

from typing import Any

import pytest
from conformance.conftest import Service, World, number, thing
from conformance.test_datamodel import PLURAL, RELATIONS

pytestmark = pytest.mark.django_db

SETS = (
    "Things",
    "Locations",
    "HistoricalLocations",
    "Datastreams",
    "Sensors",
    "ObservedProperties",
    "Observations",
    "FeaturesOfInterest",
)


def test_req_resource_path_resource_path_to_entities_1_service_root(
    service: Service, world: World
) -> None:
    for address in ("", "/"):
        root = service.get(address)
        listed = {one["name"]: one["url"] for one in root["value"]}
        assert set(SETS) <= listed.keys()
        for name in SETS:
            assert listed[name] == f"{service.base}/{name}"
            assert service.values(listed[name])
        assert root["serverSettings"]["conformance"]


@pytest.mark.parametrize("name", SETS)
def test_req_resource_path_resource_path_to_entities_2_collection_3_entity(
    service: Service, world: World, name: str
) -> None:
    assert world[name] in [one["@iot.selfLink"] for one in service.values(f"/{name}")]
    assert service.get(f"/{name}({number(world[name])})")["@iot.selfLink"] == world[name]
    service.refused("GET", f"/{name}(987654321)", 404)


def test_req_resource_path_resource_path_to_entities_4_property(
    service: Service, world: World
) -> None:
    assert service.get(f"{world['Things']}/name") == {"name": "Station"}
    assert service.get(f"{world['Things']}/properties") == {"properties": {"nr": 3}}
    assert service.get(f"{world['Observations']}/result") == {"result": 0}
    service.refused("GET", f"{world['Things']}/nonsense", 404)
    made = service.make(
        f"{world['Datastreams']}/Observations",
        {"phenomenonTime": "2027-01-01T00:00:00Z", "result": 1},
    )
    service.refused("GET", f"{made}/resultTime", 204)
    service.ask("DELETE", made)


def test_req_resource_path_resource_path_to_entities_5_value(
    service: Service, world: World
) -> None:
    reply = service.ask("GET", f"{world['Things']}/name/$value")
    assert (reply.status_code, reply.text) == (200, "Station")
    assert reply.headers["Content-Type"].startswith("text/plain")
    assert service.ask("GET", f"{world['Observations']}/result/$value").text == "0"


def test_req_resource_path_resource_path_to_entities_6_navigation(
    service: Service, world: World
) -> None:
    (stream,) = service.values(f"{world['Things']}/Datastreams")
    assert stream["@iot.selfLink"] == world["Datastreams"]
    assert service.get(f"{world['Datastreams']}/Thing")["@iot.selfLink"] == world["Things"]
    service.refused("GET", f"{world['Things']}/Observations", 404)
    service.refused("GET", "/Things(987654321)/Datastreams", 404)


def test_req_resource_path_resource_path_to_entities_7_association(
    service: Service, world: World
) -> None:
    found = service.get(f"{world['Things']}/Datastreams/$ref")
    assert found["value"] == [{"@iot.selfLink": world["Datastreams"]}]
    one = service.get(f"{world['Datastreams']}/Thing/$ref")
    assert one["@iot.selfLink"] == world["Things"]


def test_req_resource_path_resource_path_to_entities_8_nested(
    service: Service, world: World
) -> None:
    stream, made = number(world["Datastreams"]), number(world["Observations"])
    path = f"{world['Things']}/Datastreams({stream})/Observations({made})"
    assert service.get(path)["@iot.selfLink"] == world["Observations"]
    assert (
        service.get(f"{path}/FeatureOfInterest")["@iot.selfLink"] == (world["FeaturesOfInterest"])
    )
    assert service.ask("GET", f"{path}/result/$value").text == "0"
    deep = f"{world['Observations']}/Datastream/Thing/Locations"
    assert [one["@iot.selfLink"] for one in service.values(deep)] == [world["Locations"]]
    other = service.make("/Things", thing("another"))
    service.refused("GET", f"{other}/Datastreams({stream})", 404)


def walk(service: Service, path: str, one: dict[str, Any], name: str, depth: int) -> None:
    """Every path from here gives what the navigation links give, step by step."""
    for link, how_many in RELATIONS[name].items():
        found = service.get(f"{path}/{link}")
        assert plain(found) == plain(service.get(one[f"{link}@iot.navigationLink"])), path
        step = link
        if how_many == "many":
            found = found["value"][0]
            step = f"{link}({found['@iot.id']})"
        target = link if link in RELATIONS else PLURAL[link]
        if depth:
            walk(service, f"{path}/{step}", found, target, depth - 1)


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """Without the address of the next page, which repeats the path."""
    return {key: value for key, value in found.items() if key != "@iot.nextLink"}


@pytest.mark.parametrize("name", SETS)
def test_req_resource_path_resource_path_to_entities_8_nested_over_every_link(
    service: Service, world: World, name: str
) -> None:
    walk(service, world[name], service.get(world[name]), name, depth=2)
