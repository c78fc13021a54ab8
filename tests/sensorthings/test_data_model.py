"""The data model of 18-088, clause 8: every property by name, what must be there, what is kept."""

from typing import Any

import pytest

from tests.sensorthings.conftest import (
    HERNE,
    SENSOR,
    TEMPERATURE,
    Client,
    datastream,
    place,
    thing,
)

pytestmark = pytest.mark.django_db(transaction=True)

FEATURE = {
    "name": "Square",
    "description": "the square itself",
    "encodingType": "application/geo+json",
    "feature": HERNE,
    "properties": {"nr": 4},
}
# Tables 1 to 12: what each entity set must have, what it may have, its links, a body for it.
MODEL: dict[str, tuple[set[str], set[str], set[str], dict[str, Any]]] = {
    "Things": (
        {"name", "description"},
        {"properties"},
        {"Locations", "HistoricalLocations", "Datastreams", "MultiDatastreams"},
        thing(),
    ),
    "Locations": (
        {"name", "description", "encodingType", "location"},
        {"properties"},
        {"Things", "HistoricalLocations"},
        {**place(), "properties": {"nr": 1}},
    ),
    "HistoricalLocations": (
        {"time"},
        set(),
        {"Thing", "Locations"},
        {"time": "2026-01-01T00:00:00Z", "Thing": thing(), "Locations": [place()]},
    ),
    "Datastreams": (
        {"name", "description", "unitOfMeasurement", "observationType"},
        {"properties", "observedArea"},
        {"Thing", "Sensor", "ObservedProperty", "Observations"},
        datastream(
            Thing=thing(),
            properties={"nr": 2},
            observedArea={"type": "Polygon", "coordinates": [[[7, 51], [8, 51], [8, 52], [7, 51]]]},
        ),
    ),
    "Sensors": (
        {"name", "description", "encodingType", "metadata"},
        {"properties"},
        {"Datastreams", "MultiDatastreams"},
        {**SENSOR, "properties": {"nr": 3}},
    ),
    "ObservedProperties": (
        {"name", "definition", "description"},
        {"properties"},
        {"Datastreams", "MultiDatastreams"},
        {**TEMPERATURE, "properties": {"nr": 5}},
    ),
    "FeaturesOfInterest": (
        {"name", "description", "encodingType", "feature"},
        {"properties"},
        {"Observations"},
        FEATURE,
    ),
}


@pytest.mark.parametrize("name", MODEL)
def test_an_entity_keeps_and_shows_all_its_properties_and_links(api: Client, name: str) -> None:
    must, may, links, body = MODEL[name]
    found = api.get(f"/{name}({api.make(f'/{name}', body)})")
    properties = {key for key in found if "@" not in key}
    assert properties == must | may
    assert {one: found[one] for one in must | may} == {one: body[one] for one in must | may}
    told = {key.partition("@")[0] for key in found if key.endswith("@iot.navigationLink")}
    assert told == links


@pytest.mark.parametrize("name", MODEL)
def test_what_is_mandatory_is_asked_for_and_never_null(api: Client, name: str) -> None:
    must, _, _, body = MODEL[name]
    for one in sorted(must):
        without = {key: value for key, value in body.items() if key != one}
        for wrong in (without, {**body, one: None}):
            reply = api.ask("POST", f"/{name}", wrong)
            assert (reply.status, one in reply.json["message"]) == (400, True), reply.body
    assert api.get(f"/{name}")["value"] == []
    made = api.make(f"/{name}", body)
    for one in sorted(must):
        assert api.ask("PATCH", f"/{name}({made})", {one: None}).status == 400, one
        assert api.get(f"/{name}({made})")[one] == body[one]


def test_what_is_optional_may_be_left_out(api: Client) -> None:
    for name, (must, may, _, body) in MODEL.items():
        least = {key: value for key, value in body.items() if key not in may}
        found = api.get(f"/{name}({api.make(f'/{name}', least)})")
        assert must <= found.keys()
        assert [found[one] for one in may & found.keys()] == [{}] * ("properties" in may), name


def test_an_observation_keeps_all_its_properties(api: Client, stream: int) -> None:
    body = {
        "phenomenonTime": "2026-01-01T01:00:00+01:00/2026-01-01T02:00:00+01:00",
        "resultTime": "2026-01-01T02:00:05.25+01:00",
        "result": 20.5,
        "resultQuality": {"code": "checked"},
        "validTime": "2026-01-01T00:00:00Z/2026-02-01T00:00:00Z",
        "parameters": {"wind": "none"},
    }
    found = api.get(f"/Observations({api.make(f'/Datastreams({stream})/Observations', body)})")
    assert {key: value for key, value in found.items() if "@" not in key} == {
        **body,
        "phenomenonTime": "2026-01-01T00:00:00Z/2026-01-01T01:00:00Z",
        "resultTime": "2026-01-01T01:00:05.25Z",
    }


def test_an_observation_without_times_gets_now_and_null(api: Client, stream: int) -> None:
    made = api.make(f"/Datastreams({stream})/Observations", {"result": 1})
    found = api.get(f"/Observations({made})")
    assert found["phenomenonTime"].endswith("Z")
    assert found["resultTime"] is None
    assert not {"validTime", "resultQuality", "parameters"} & found.keys()
    reply = api.ask("POST", f"/Datastreams({stream})/Observations", {"resultTime": None})
    assert (reply.status, "result" in reply.json["message"]) == (400, True)


def test_a_result_is_given_back_as_it_came(api: Client, stream: int) -> None:
    for result in (20, 20.5, -1e-9, "wet", "", "20", True, False, {"a": [1]}, [1, "b", None], {}):
        made = api.make(f"/Datastreams({stream})/Observations", {"result": result})
        found = api.get(f"/Observations({made})")["result"]
        assert (found, type(found) is bool) == (result, type(result) is bool)


def test_a_datastream_spans_the_times_of_its_observations(api: Client, stream: int) -> None:
    way = f"/Datastreams({stream})"
    assert not {"phenomenonTime", "resultTime", "observedArea"} & api.get(way).keys()
    for hour, (phenomenon, result) in enumerate(
        [
            ("2026-01-01T02:00:00Z", None),
            ("2026-01-01T00:00:00Z/2026-01-01T05:00:00Z", "2026-01-01T05:00:01Z"),
            ("2026-01-01T03:00:00Z", "2026-01-01T03:00:01Z"),
        ]
    ):
        body = {"phenomenonTime": phenomenon, "resultTime": result, "result": hour}
        api.make(f"{way}/Observations", body)
    found = api.get(way)
    assert found["phenomenonTime"] == "2026-01-01T00:00:00Z/2026-01-01T05:00:00Z"
    assert found["resultTime"] == "2026-01-01T03:00:01Z/2026-01-01T05:00:01Z"
    for text, size in (
        ("phenomenonTime gt 2025-12-31T00:00:00Z", 1),
        ("phenomenonTime lt 2026-01-01T04:00:00Z", 0),
        ("phenomenonTime lt 2026-01-01T05:00:01Z", 1),
        ("resultTime lt 2026-01-01T04:00:00Z", 0),
        ("resultTime gt 2026-01-01T03:00:00Z", 1),
    ):
        assert len(api.get(f"/Datastreams?$filter={text}")["value"]) == size, text
    for one in api.get(f"{way}/Observations")["value"]:
        assert api.ask("DELETE", f"/Observations({one['@iot.id']})").status == 200
    assert not {"phenomenonTime", "resultTime", "observedArea"} & api.get(way).keys()


def test_what_the_service_keeps_is_not_taken_from_a_body(api: Client, stream: int) -> None:
    times = "2020-01-01T00:00:00Z/2021-01-01T00:00:00Z"
    way = f"/Datastreams({stream})"
    change = {"phenomenonTime": times, "resultTime": times, "name": "New"}
    assert api.ask("PATCH", way, change).status == 200
    found = api.get(way)
    assert found["name"] == "New"
    assert not {"phenomenonTime", "resultTime"} & found.keys()


def test_an_observed_area_that_was_given_is_kept_until_it_is_taken_away(
    api: Client, stream: int
) -> None:
    way = f"/Datastreams({stream})"
    api.make(f"{way}/Observations", {"result": 1})
    box = {"type": "Polygon", "coordinates": [[[7.22, 51.54]] * 5]}
    assert api.get(way)["observedArea"] == box
    area = {"type": "Polygon", "coordinates": [[[7, 51], [8, 51], [8, 52], [7, 51]]]}
    assert api.ask("PATCH", way, {"observedArea": area}).status == 200
    assert api.get(way)["observedArea"] == area
    assert api.get(f"{way}/observedArea")["observedArea"] == area
    assert api.ask("PATCH", way, {"observedArea": None}).status == 200
    assert api.get(way)["observedArea"] == box
    assert api.ask("PATCH", way, {"observedArea": {"type": "Moon"}}).status == 400


def test_an_observed_area_reaches_around_the_features_of_the_observations(
    api: Client, stream: int
) -> None:
    way = f"/Datastreams({stream})"

    def feature(lon: float, lat: float) -> dict[str, Any]:
        point = {"type": "Point", "coordinates": [lon, lat]}
        return {**FEATURE, "feature": point}

    def corners() -> list[list[float]]:
        (ring,) = api.get(way)["observedArea"]["coordinates"]
        assert ring[0] == ring[4]
        return [ring[0], ring[2]]

    first = {"result": 1, "FeatureOfInterest": feature(7.3, 51.6)}
    number = api.make(f"{way}/Observations", first)
    assert corners() == [[7.3, 51.6], [7.3, 51.6]]
    second = {"result": 2, "FeatureOfInterest": feature(7.1, 51.7)}
    api.make(f"{way}/Observations", second)
    assert corners() == [[7.1, 51.6], [7.3, 51.7]]
    api.make(f"{way}/Observations", {"result": 3})
    assert corners() == [[7.1, 51.54], [7.3, 51.7]]
    other = api.make("/FeaturesOfInterest", feature(7.4, 51.6))
    link = {"FeatureOfInterest": {"@iot.id": other}}
    assert api.ask("PATCH", f"/Observations({number})", link).status == 200
    assert corners() == [[7.1, 51.54], [7.4, 51.7]]


def test_a_datastream_without_a_unit_says_so_with_nulls(api: Client) -> None:
    nothing = {"name": None, "symbol": None, "definition": None}
    made = api.make("/Datastreams", datastream(Thing=thing(), unitOfMeasurement=nothing))
    assert api.get(f"/Datastreams({made})")["unitOfMeasurement"] == nothing


def test_every_observation_type_is_kept(api: Client) -> None:
    for kind in ("CategoryObservation", "CountObservation", "Measurement", "TruthObservation"):
        name = f"http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_{kind}"
        made = api.make("/Datastreams", datastream(Thing=thing(), observationType=name))
        assert api.get(f"/Datastreams({made})")["observationType"] == name


def test_metadata_of_a_sensor_is_anything(api: Client) -> None:
    for metadata in ("http://example.org/a.pdf", {"SensorML": [1]}, ["a"], ""):
        made = api.make("/Sensors", {**SENSOR, "metadata": metadata})
        assert api.get(f"/Sensors({made})")["metadata"] == metadata


def test_a_path_leads_into_json(api: Client, stream: int) -> None:
    floor = {"floor": {"nr": 3, "rooms": ["a", "b"]}}
    way = f"/Things({api.make('/Things', thing(properties=floor))})"
    assert api.get(f"{way}/properties/floor/nr") == {"nr": 3}
    assert api.get(f"{way}/properties/floor/rooms[1]") == {"rooms[1]": "b"}
    assert api.ask("GET", f"{way}/properties/floor/rooms/0/$value").body == b"a"
    assert api.get(f"/Datastreams({stream})/unitOfMeasurement/symbol") == {"symbol": "°C"}
    assert api.ask("GET", f"{way}/properties/cellar").status == 204
    assert api.ask("GET", f"{way}/name/first").status == 404


def test_properties_are_an_object(api: Client) -> None:
    for name in [name for name, (_, may, *_) in MODEL.items() if "properties" in may]:
        reply = api.ask("POST", f"/{name}", {**MODEL[name][3], "properties": [1]})
        assert (reply.status, "properties" in reply.json["message"]) == (400, True)
