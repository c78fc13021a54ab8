"""18-088, clauses 14.1 and 14.2: creating observations and receiving updates over MQTT."""

from collections.abc import Iterator
from typing import Any

import pytest
from conformance.conftest import (
    Service,
    World,
    datastream,
    feature,
    moment,
    number,
    observation,
    thing,
)
from pytest_django.plugin import DjangoDbBlocker
from sensorthings.mqtt_town import Program, Town, embedded, eventually

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def town(
    service: Service,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """The broker, with what listens and publishes behind it."""
    with django_db_blocker.unblock(), embedded(tmp_path_factory.mktemp("broker")) as made:
        yield made


@pytest.fixture
def program(town: Town, service: Service) -> Iterator[Program]:
    """An MQTT client with the service's key."""
    yield town.program(service.key)
    town.empty()


@pytest.fixture
def stream(service: Service, world: World) -> str:
    return service.make(f"{world['Things']}/Datastreams", datastream("over MQTT"))


def topic(address: str, service: Service, rest: str = "") -> str:
    return f"v1.1{address.removeprefix(service.base)}{rest}"


def results(service: Service, stream: str) -> list[Any]:
    return [one["result"] for one in service.values(f"{stream}/Observations?$orderby=result")]


def plain(one: dict[str, Any]) -> dict[str, Any]:
    """Without links: those of the broker name another host than the test's service."""
    return {
        key: value
        for key, value in one.items()
        if not key.endswith(("@iot.navigationLink", "@iot.selfLink"))
    }


def test_req_create_observations_via_mqtt_observations_creation(
    program: Program, service: Service, stream: str
) -> None:
    program.post(topic(stream, service, "/Observations"), observation(1, 1)).wait_for_publish(10)
    linked = {**observation(2, 2), "Datastream": {"@iot.id": number(stream)}}
    program.post("v1.1/Observations", linked).wait_for_publish(10)
    assert eventually(lambda: results(service, stream) == [1, 2])
    first = service.values(f"{stream}/Observations?$orderby=result")[0]
    assert first["phenomenonTime"] == moment(1)
    assert first["parameters"] == {"tilt": 30}


def test_req_create_observations_via_mqtt_observations_creation_with_a_feature(
    program: Program, service: Service, stream: str
) -> None:
    body = observation(3, 3, FeatureOfInterest=feature("from MQTT"))
    program.post(topic(stream, service, "/Observations"), body).wait_for_publish(10)
    assert eventually(lambda: results(service, stream) == [3])
    (one,) = service.values(f"{stream}/Observations?$expand=FeatureOfInterest")
    assert one["FeatureOfInterest"]["name"] == "from MQTT"


def test_req_receive_updates_via_mqtt_receive_updates_of_an_entity_set(
    program: Program, service: Service, stream: str
) -> None:
    topics = [topic(stream, service, "/Observations"), "v1.1/Observations"]
    program.subscribe(*topics)
    made = service.make(f"{stream}/Observations", observation(21.5, 5))
    heard = dict(program.next() for _ in topics)
    assert set(heard) == set(topics)
    for said in heard.values():
        assert plain(said) == plain(service.get(made))


def test_req_receive_updates_via_mqtt_receive_updates_with_select(
    program: Program, service: Service, stream: str
) -> None:
    wanted = topic(stream, service, "/Observations?$select=phenomenonTime,result")
    program.subscribe(wanted)
    service.make(f"{stream}/Observations", observation(7, 6))
    said, content = program.next()
    assert said == wanted
    assert content == {"phenomenonTime": moment(6), "result": 7}


def test_req_receive_updates_via_mqtt_receive_updates_of_an_entity(
    program: Program, service: Service
) -> None:
    made = service.make("/Things", thing("heard of"))
    program.subscribe(topic(made, service))
    service.change("PATCH", made, {"description": "changed"})
    said, content = program.next()
    assert said == topic(made, service)
    assert plain(content) == plain(service.get(made))
    assert content["description"] == "changed"


def test_req_receive_updates_via_mqtt_receive_updates_of_a_property(
    program: Program, service: Service
) -> None:
    made = service.make("/Things", thing("heard of"))
    wanted = topic(made, service, "/description")
    program.subscribe(wanted)
    service.change("PATCH", made, {"name": "not asked for"})
    service.change("PATCH", made, {"description": "asked for"})
    assert program.next() == (wanted, {"description": "asked for"})
    assert program.nothing()


@pytest.mark.parametrize("name", ["Things", "Locations", "Sensors", "ObservedProperties"])
def test_req_receive_updates_via_mqtt_receive_updates_of_new_entities(
    program: Program, service: Service, world: World, name: str
) -> None:
    program.subscribe(f"v1.1/{name}")
    known = service.get(world[name])
    body = {
        key: value
        for key, value in known.items()
        if "@iot" not in key and not isinstance(value, list)
    }
    made = service.make(f"/{name}", {**body, "name": "brand new"})
    said, content = program.next()
    assert (said, content["@iot.id"], content["name"]) == (
        f"v1.1/{name}",
        number(made),
        "brand new",
    )
