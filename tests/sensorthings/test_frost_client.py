"""FROST's own Python client against the application on a loopback port."""

import socket
import threading
from collections.abc import Iterator

import frost_sta_client as fsc
import pytest
import uvicorn
from frost_sta_client.model.ext.data_array_document import DataArrayDocument
from frost_sta_client.model.ext.data_array_value import DataArrayValue
from geojson import Point
from requests import HTTPError

from stadtkern.kernel.sensorthings import http

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def service(key: str) -> Iterator[fsc.SensorThingsService]:
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    door.listen()
    server = uvicorn.Server(uvicorn.Config(http.application, log_level="warning", lifespan="on"))
    running = threading.Thread(target=server.run, kwargs={"sockets": [door]})
    running.start()
    address = f"http://127.0.0.1:{door.getsockname()[1]}{http.PREFIX}"
    yield fsc.SensorThingsService(
        address, auth_handler=fsc.AuthHandler(username="program", password=key)
    )
    server.should_exit = True
    running.join(10)
    assert not running.is_alive()


def a_datastream(name: str, thing: fsc.Thing) -> fsc.Datastream:
    return fsc.Datastream(
        name=name,
        description="d",
        observation_type="http://example.org/OM_Measurement",
        unit_of_measurement=fsc.UnitOfMeasurement("Celsius", "°C", "Cel"),
        thing=thing,
        sensor=fsc.Sensor(
            name="s", description="d", encoding_type="text/html", metadata="http://example.org"
        ),
        observed_property=fsc.ObservedProperty(
            name="t", definition="http://example.org/t", description="d"
        ),
    )


def test_the_client_creates_queries_filters_changes_and_deletes(
    service: fsc.SensorThingsService,
) -> None:
    place = fsc.Location(
        name="Markt",
        description="d",
        location=Point((7.22, 51.54)),
        encoding_type="application/geo+json",
    )
    thing = fsc.Thing(name="Station", description="d", properties={"nr": 3}, locations=[place])
    service.create(thing)
    stream = a_datastream("air", thing)
    service.create(stream)
    for n in range(5):
        service.create(
            fsc.Observation(
                phenomenon_time=f"2026-01-01T0{n}:00:00Z", result=20 + n, datastream=stream
            )
        )

    found = (
        service.things()
        .query()
        .filter("properties/nr eq 3")
        .expand("Datastreams($expand=Observations($top=2;$orderby=phenomenonTime desc))")
        .list()
    )
    (one,) = found.entities
    assert one.id == thing.id
    assert [o.result for o in one.datastreams.entities[0].observations.entities] == [24, 23]

    observations = (
        service.observations()
        .query()
        .filter("result gt 21")
        .orderby("phenomenonTime")
        .count()
        .top(2)
        .list()
    )
    assert observations.count == 3
    assert [o.result for o in observations] == [24, 23, 22]

    stream = service.datastreams().find(stream.id)
    stream.name = "renamed"
    service.update(stream)
    assert service.datastreams().find(stream.id).name == "renamed"

    correction = service.observations().find(observations.entities[0].id)
    correction.result = 99
    service.update(correction)
    newest = (
        service.datastreams()
        .query()
        .expand("Observations($orderby=phenomenonTime desc;$top=1)")
        .list()
        .entities[0]
    )
    assert newest.observations.entities[0].result == 99

    service.delete(thing)
    with pytest.raises(HTTPError):
        service.things().find(thing.id)
    assert list(service.observations().query().list()) == []


def test_the_client_is_told_what_is_wrong(service: fsc.SensorThingsService) -> None:
    with pytest.raises(HTTPError) as caught:
        service.things().query().filter("nonsense eq 1").list()
    assert caught.value.response.json()["code"] == 400
    service.auth_handler = fsc.AuthHandler(username="program", password="wrong")
    with pytest.raises(HTTPError) as caught:
        service.create(fsc.Thing(name="x", description="d"))
    assert caught.value.response.status_code == 401


class Units(list[fsc.UnitOfMeasurement]):
    """The client asks a list of units for its state, which a plain list does not have."""

    def __getstate__(self) -> list[dict[str, str]]:
        return [one.__getstate__() for one in self]


def test_the_client_works_with_a_multi_datastream(service: fsc.SensorThingsService) -> None:
    place = fsc.Location(
        name="Markt",
        description="d",
        location=Point((7.22, 51.54)),
        encoding_type="application/geo+json",
    )
    thing = fsc.Thing(name="Station", description="d", locations=[place])
    service.create(thing)
    properties = [
        fsc.ObservedProperty(name=name, definition=f"http://example.org/{name}", description="d")
        for name in ("wind", "rain")
    ]
    stream = fsc.MultiDatastream(
        name="weather",
        description="d",
        unit_of_measurements=Units(
            [
                fsc.UnitOfMeasurement("metre per second", "m/s", "m/s"),
                fsc.UnitOfMeasurement("litre", "l", "L"),
            ]
        ),
        multi_observation_data_types=["http://example.org/OM_Measurement"] * 2,
        thing=thing,
        sensor=fsc.Sensor(
            name="s", description="d", encoding_type="text/html", metadata="http://example.org"
        ),
        observed_properties=properties,
    )
    service.create(stream)
    for n in range(3):
        service.create(
            fsc.Observation(
                phenomenon_time=f"2026-01-01T0{n}:00:00Z",
                result=[n, 10 * n],
                multi_datastream=stream,
            )
        )

    found = service.multi_datastreams().find(stream.id)
    assert [one["symbol"] for one in found.unit_of_measurements] == ["m/s", "l"]
    assert found.phenomenon_time == "2026-01-01T00:00:00Z/2026-01-01T02:00:00Z"
    assert [one.name for one in found.get_observed_properties().query().list()] == ["wind", "rain"]
    newest = found.get_observations().query().orderby("phenomenonTime", "desc").list()
    assert [one.result for one in newest] == [[2, 20], [1, 10], [0, 0]]
    (seen,) = service.things().query().expand("Datastreams,MultiDatastreams").list().entities
    assert [one.name for one in seen.multi_datastreams.entities] == ["weather"]
    assert seen.datastreams is None or seen.datastreams.entities == []
    service.delete(found)
    assert list(service.observations().query().list()) == []


def test_the_client_posts_data_arrays_and_pages_through_what_it_posted(
    service: fsc.SensorThingsService,
) -> None:
    place = fsc.Location(
        name="Markt",
        description="d",
        location=Point((7.22, 51.54)),
        encoding_type="application/geo+json",
    )
    thing = fsc.Thing(name="Station", description="d", locations=[place])
    service.create(thing)
    stream = a_datastream("air", thing)
    service.create(stream)
    group = DataArrayValue()
    group.components = {group.Property.PHENOMENON_TIME, group.Property.RESULT}
    group.datastream = stream
    for n in range(25):
        group.add_observation(
            fsc.Observation(phenomenon_time=f"2026-01-01T{n % 24:02}:00:00Z", result=n)
        )
    document = DataArrayDocument()
    document.add_data_array_value(group)
    assert len(service.observations().create(document)) == 25
    found = service.observations().query().orderby("result", "ASC").top(10).list()
    assert [one.result for one in found] == list(range(25))
