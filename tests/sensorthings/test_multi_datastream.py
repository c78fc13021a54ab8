"""The MultiDatastream extension of 18-088: req/multi-datastream/properties, relations, constraints."""

from typing import Any

import pytest
from django.test import Client as Browser

from stadtkern.kernel.places.models import Place
from tests.sensorthings.conftest import SENSOR, TEMPERATURE, Client, datastream, place, thing

pytestmark = pytest.mark.django_db(transaction=True)

OM = "http://www.opengis.net/def/observationType/OGC-OM/2.0/"
HUMIDITY = {"name": "Humidity", "definition": "http://example.org/h", "description": "air"}
UNITS = [
    {"name": "degree Celsius", "symbol": "°C", "definition": "Cel"},
    {"name": "percent", "symbol": "%", "definition": "%"},
]


def multi(name: str = "Weather", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "description": "air, every minute",
        "observationType": OM + "OM_ComplexObservation",
        "multiObservationDataTypes": [OM + "OM_Measurement", OM + "OM_CountObservation"],
        "unitOfMeasurements": UNITS,
        "Sensor": SENSOR,
        "ObservedProperties": [TEMPERATURE, HUMIDITY],
        **more,
    }


@pytest.fixture
def station(api: Client) -> int:
    return api.make("/Things", thing(Locations=[place()]))


@pytest.fixture
def weather(api: Client, station: int) -> int:
    return api.make(f"/Things({station})/MultiDatastreams", multi())


def observe(api: Client, stream: int, *results: list[Any]) -> list[int]:
    return [
        api.make(
            f"/MultiDatastreams({stream})/Observations",
            {"result": result, "phenomenonTime": f"2026-01-01T0{hour}:00:00Z"},
        )
        for hour, result in enumerate(results)
    ]


def names(page: Any) -> list[str]:
    return [one["name"] for one in page["value"]]


def test_a_multi_datastream_shows_all_its_properties_and_links(api: Client, weather: int) -> None:
    observe(api, weather, [20.5, 60], [21, 61])
    found = api.get(f"/MultiDatastreams({weather})")
    own = f"http://testserver/api/sensorthings/v1.1/MultiDatastreams({weather})"
    assert found == {
        "@iot.id": weather,
        "@iot.selfLink": own,
        "name": "Weather",
        "description": "air, every minute",
        "observationType": OM + "OM_ComplexObservation",
        "multiObservationDataTypes": [OM + "OM_Measurement", OM + "OM_CountObservation"],
        "unitOfMeasurements": UNITS,
        "observedArea": {"type": "Polygon", "coordinates": [[[7.22, 51.54]] * 5]},
        "phenomenonTime": "2026-01-01T00:00:00Z/2026-01-01T01:00:00Z",
        "properties": {},
        **{
            f"{name}@iot.navigationLink": f"{own}/{name}"
            for name in ("Thing", "Sensor", "ObservedProperties", "Observations")
        },
    }


def test_the_service_root_names_the_set_and_its_conformance(api: Client) -> None:
    root = api.get("")
    assert "MultiDatastreams" in [one["name"] for one in root["value"]]
    assert (
        "http://www.opengis.net/spec/iot_sensing/1.1/req/multi-datastream"
        in root["serverSettings"]["conformance"]
    )


def test_datastreams_and_multi_datastreams_are_apart_on_every_way(
    api: Client, station: int, weather: int
) -> None:
    plain = api.make(f"/Things({station})/Datastreams", datastream("Air"))
    for way in ("", f"/Things({station})"):
        assert names(api.get(f"{way}/Datastreams")) == ["Air"]
        assert names(api.get(f"{way}/MultiDatastreams")) == ["Weather"]
    assert api.ask("GET", f"/Datastreams({weather})").status == 404
    assert api.ask("GET", f"/MultiDatastreams({plain})").status == 404
    assert api.ask("PATCH", f"/Datastreams({weather})", {"name": "x"}).status == 404
    assert api.ask("DELETE", f"/MultiDatastreams({plain})").status == 404
    assert api.ask("POST", f"/Datastreams({weather})/Observations", {"result": 1}).status == 404
    told = api.get(f"/Things({station})?$expand=Datastreams,MultiDatastreams")
    assert [one["name"] for one in told["Datastreams"]] == ["Air"]
    assert [one["name"] for one in told["MultiDatastreams"]] == ["Weather"]
    for of in ("Sensors", "ObservedProperties"):
        for one in api.all(f"/{of}?$expand=Datastreams,MultiDatastreams"):
            streams = [*one["Datastreams"], *one["MultiDatastreams"]]
            assert {stream["name"] for stream in streams} <= {"Air", "Weather"}
            assert (
                f"/{of}({one['@iot.id']})/MultiDatastreams"
                in (api.get(f"/{of}({one['@iot.id']})")["MultiDatastreams@iot.navigationLink"])
            )


def test_nothing_of_a_multi_datastream_lies_below_the_datastream_of_its_number(
    api: Client, weather: int
) -> None:
    observe(api, weather, [20, 60])
    assert api.ask("GET", f"/Datastreams({weather})/Observations").status == 404


def test_an_observation_leads_to_the_one_or_the_other(
    api: Client, station: int, weather: int
) -> None:
    plain = api.make(f"/Things({station})/Datastreams", datastream("Air"))
    single = api.make(f"/Datastreams({plain})/Observations", {"result": 20})
    (double,) = observe(api, weather, [20, 60])
    one, two = api.get(f"/Observations({single})"), api.get(f"/Observations({double})")
    assert "Datastream@iot.navigationLink" in one
    assert "MultiDatastream@iot.navigationLink" not in one
    assert "MultiDatastream@iot.navigationLink" in two
    assert "Datastream@iot.navigationLink" not in two
    told = api.get("/Observations?$expand=Datastream,MultiDatastream&$orderby=id")["value"]
    assert [(o["Datastream"] or {}).get("name") for o in told] == ["Air", None]
    assert [(o["MultiDatastream"] or {}).get("name") for o in told] == [None, "Weather"]
    assert api.get(f"/Observations({double})/MultiDatastream")["name"] == "Weather"
    assert api.ask("GET", f"/Observations({double})/Datastream").status == 404
    assert api.ask("GET", f"/Observations({single})/MultiDatastream").status == 404


def test_filters_know_the_two_apart(api: Client, station: int, weather: int) -> None:
    plain = api.make(f"/Things({station})/Datastreams", datastream("Air"))
    single = api.make(f"/Datastreams({plain})/Observations", {"result": 20})
    (double,) = observe(api, weather, [20, 60])

    def found(text: str) -> list[int]:
        return [one["@iot.id"] for one in api.get(f"/Observations?$filter={text}")["value"]]

    assert found(f"Datastream/id eq {plain}") == [single]
    assert found(f"Datastream/id eq {weather}") == []
    assert found(f"MultiDatastream/id eq {weather}") == [double]
    assert found(f"MultiDatastream/id eq {plain}") == []
    assert found("MultiDatastream/name eq 'Weather'") == [double]
    assert names(api.get("/MultiDatastreams?$filter=ObservedProperties/name eq 'Humidity'")) == [
        "Weather"
    ]
    assert names(api.get("/Things?$filter=MultiDatastreams/name eq 'Weather'")) == ["Station"]
    assert names(
        api.get("/ObservedProperties?$filter=MultiDatastreams/name eq 'Weather'&$orderby=id")
    ) == ["Temperature", "Humidity"]


def test_one_value_of_a_result_is_asked_for_by_its_number(api: Client, weather: int) -> None:
    _, number = observe(api, weather, [20, 60], [21, 61])
    for text in ("result[0] gt 20.5", "result/0 gt 20.5", "result[1] eq 61"):
        (one,) = api.get(f"/MultiDatastreams({weather})/Observations?$filter={text}")["value"]
        assert one["result"] == [21, 61]
    sorted_ = api.get("/Observations?$orderby=result[1] desc")["value"]
    assert [one["result"][1] for one in sorted_] == [61, 60]
    assert api.get(f"/Observations({number})/result[0]") == {"result[0]": 21}
    assert api.ask("GET", f"/Observations({number})/result[1]/$value").body == b"61"
    for way in ("result[2]", "result[0][0]", "result/x"):
        assert api.ask("GET", f"/Observations({number})/{way}").status == 204
    for way in ("result[-1]", "resultTime[0]", "[0]", "result]0[", "nothing[0]"):
        assert api.ask("GET", f"/Observations({number})/{way}").status == 404


def test_observed_properties_keep_their_order_and_may_come_twice(api: Client, station: int) -> None:
    first = api.make("/ObservedProperties", TEMPERATURE)
    second = api.make("/ObservedProperties", HUMIDITY)
    keys = [second, first, second]
    made = api.make(
        f"/Things({station})/MultiDatastreams",
        multi(
            multiObservationDataTypes=[OM + "OM_Measurement"] * 3,
            unitOfMeasurements=[*UNITS, UNITS[1]],
            ObservedProperties=[{"@iot.id": key} for key in keys],
        ),
    )
    way = f"/MultiDatastreams({made})"
    assert [o["@iot.id"] for o in api.get(f"{way}/ObservedProperties")["value"]] == keys
    told = api.get(f"{way}?$expand=ObservedProperties($count=true)")
    assert [o["@iot.id"] for o in told["ObservedProperties"]] == keys
    assert told["ObservedProperties@iot.count"] == 3
    assert api.get(f"{way}/ObservedProperties?$count=true")["@iot.count"] == 3
    cut = api.get(f"{way}?$expand=ObservedProperties($top=1)")
    rest = api.all(cut["ObservedProperties@iot.nextLink"])
    assert [o["@iot.id"] for o in [*cut["ObservedProperties"], *rest]] == keys
    assert [o["@iot.id"] for o in api.all(f"{way}/ObservedProperties?$top=1")] == keys
    assert [o["@iot.id"] for o in api.all(f"{way}/ObservedProperties?$top=2")] == keys
    sorted_ = api.all(f"{way}/ObservedProperties?$orderby=name desc&$top=1")
    assert [o["name"] for o in sorted_] == ["Temperature", "Humidity", "Humidity"]
    assert api.get(f"{way}/ObservedProperties({second})")["name"] == "Humidity"
    assert names(api.get(f"{way}/ObservedProperties({second})/MultiDatastreams")) == ["Weather"]
    assert names(api.get(f"/ObservedProperties({second})/MultiDatastreams")) == ["Weather"]


def test_a_deep_insert_makes_all_of_it(api: Client) -> None:
    observations = [
        {"result": [20, None], "phenomenonTime": "2026-01-01T00:00:00Z"},
        {"result": [21, 61], "phenomenonTime": "2026-01-01T01:00:00Z"},
    ]
    made = api.make(
        "/Things",
        thing(Locations=[place()], MultiDatastreams=[multi(Observations=observations)]),
    )
    (stream,) = api.get(
        f"/Things({made})/MultiDatastreams?$expand=Sensor,ObservedProperties,"
        "Observations($orderby=phenomenonTime;$expand=FeatureOfInterest)"
    )["value"]
    assert stream["Sensor"]["name"] == "DHT22"
    assert [one["name"] for one in stream["ObservedProperties"]] == ["Temperature", "Humidity"]
    assert [one["result"] for one in stream["Observations"]] == [[20, None], [21, 61]]
    assert {o["FeatureOfInterest"]["name"] for o in stream["Observations"]} == {"Market"}


def test_a_multi_datastream_is_made_below_its_sensor_or_its_one_property(
    api: Client, station: int
) -> None:
    sensor = api.make("/Sensors", SENSOR)
    body = multi(Thing={"@iot.id": station})
    del body["Sensor"]
    api.make(f"/Sensors({sensor})/MultiDatastreams", body)
    assert names(api.get(f"/Sensors({sensor})/MultiDatastreams")) == ["Weather"]
    only = api.make("/ObservedProperties", TEMPERATURE)
    body = multi(
        "Lonely",
        Thing={"@iot.id": station},
        unitOfMeasurements=UNITS[:1],
        multiObservationDataTypes=[OM + "OM_Measurement"],
    )
    del body["ObservedProperties"]
    made = api.make(f"/ObservedProperties({only})/MultiDatastreams", body)
    assert [o["@iot.id"] for o in api.get(f"/MultiDatastreams({made})/ObservedProperties")["value"]]
    assert names(api.get(f"/ObservedProperties({only})/MultiDatastreams")) == ["Lonely"]
    made = api.make("/ObservedProperties", {**HUMIDITY, "MultiDatastreams": [body]})
    assert names(api.get(f"/ObservedProperties({made})/MultiDatastreams")) == ["Lonely"]


def test_a_multi_datastream_comes_to_another_thing(api: Client, weather: int) -> None:
    way = f"/MultiDatastreams({weather})"
    second = api.make("/Things", thing("Second", MultiDatastreams=[{"@iot.id": weather}]))
    assert api.get(f"{way}/Thing")["@iot.id"] == second
    third = api.make("/Things", thing("Third"))
    assert api.ask("PATCH", way, {"Thing": {"@iot.id": third}}).status == 200
    assert names(api.get(f"/Things({third})/MultiDatastreams")) == ["Weather"]
    assert api.get(f"/Things({second})/MultiDatastreams")["value"] == []


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"unitOfMeasurements": UNITS[:1]}, "1 unitOfMeasurements"),
    ({"multiObservationDataTypes": [OM + "OM_Measurement"] * 3}, "3 multiObservationDataTypes"),
    ({"ObservedProperties": [TEMPERATURE]}, "1 ObservedProperties"),
    (
        {"unitOfMeasurements": [], "multiObservationDataTypes": [], "ObservedProperties": []},
        "at least one",
    ),
    ({"unitOfMeasurements": None}, "expected a list"),
    ({"unitOfMeasurements": ["°C", "%"]}, "unitOfMeasurements"),
    ({"multiObservationDataTypes": [1, 2]}, "expected a string"),
    ({"multiObservationDataTypes": ["x" * 121, "y"]}, "longer than"),
    ({"observationType": OM + "OM_Measurement"}, "OM_ComplexObservation"),
    ({"ObservedProperties": [{"@iot.id": 4711}, {"@iot.id": 4712}]}, "4711"),
    ({"ObservedProperty": TEMPERATURE}, "ObservedProperty"),
]


def test_lists_that_do_not_fit_together_are_refused(api: Client, station: int) -> None:
    for change, word in WRONG:
        reply = api.ask("POST", f"/Things({station})/MultiDatastreams", multi(**change))
        assert (reply.status, word in reply.json["message"]) == (400, True), reply.body
    assert api.get("/MultiDatastreams")["value"] == []
    assert api.get("/ObservedProperties")["value"] == []


def test_what_a_multi_datastream_must_have_is_asked_for(api: Client, station: int) -> None:
    way = f"/Things({station})/MultiDatastreams"
    for name in [name for name in multi() if name != "observationType"]:
        reply = api.ask("POST", way, {k: v for k, v in multi().items() if k != name})
        assert (reply.status, name in reply.json["message"]) == (400, True), reply.body
    made = api.make(way, {k: v for k, v in multi().items() if k != "observationType"})
    found = api.get(f"/MultiDatastreams({made})")["observationType"]
    assert found == OM + "OM_ComplexObservation"


def test_a_result_has_a_value_for_each_property(api: Client, weather: int) -> None:
    (number,) = observe(api, weather, [20, None])
    link = {"MultiDatastream": {"@iot.id": weather}}
    for result in (20, "20", None, [], [20], [20, 60, 1], {"0": 20, "1": 60}):
        for method, way, sent in (
            ("POST", "/Observations", {"result": result, **link}),
            ("POST", f"/MultiDatastreams({weather})/Observations", {"result": result}),
            ("PATCH", f"/Observations({number})", {"result": result}),
        ):
            reply = api.ask(method, way, sent)
            told = (reply.status, "list of 2" in reply.json["message"])
            assert told == (400, True), (method, reply.body)
    (one,) = api.get(f"/MultiDatastreams({weather})/Observations")["value"]
    assert one["result"] == [20, None]


def test_an_observation_belongs_to_just_one_series(api: Client, station: int, weather: int) -> None:
    plain = api.make(f"/Things({station})/Datastreams", datastream("Air"))
    both = {
        "result": [20, 60],
        "Datastream": {"@iot.id": plain},
        "MultiDatastream": {"@iot.id": weather},
    }
    assert api.ask("POST", "/Observations", both).status == 400
    assert api.ask("POST", "/Observations", {"result": [20, 60]}).status == 400
    crossed = {"result": [20, 60], "Datastream": {"@iot.id": weather}}
    assert api.ask("POST", "/Observations", crossed).status == 400
    single = api.make(f"/Datastreams({plain})/Observations", {"result": 20})
    move = {"MultiDatastream": {"@iot.id": weather}}
    assert api.ask("PATCH", f"/Observations({single})", move).status == 400
    linked = {"result": [20, 60], "MultiDatastream": {"@iot.id": weather}}
    made = api.make("/Observations", linked)
    assert api.get(f"/Observations({made})/MultiDatastream")["@iot.id"] == weather


def test_patch_and_put_change_it(api: Client, weather: int) -> None:
    way = f"/MultiDatastreams({weather})"
    observe(api, weather, [20, 60])
    fahrenheit = {"name": "degree Fahrenheit", "symbol": "°F", "definition": "[degF]"}
    change = {"name": "Climate", "unitOfMeasurements": [fahrenheit, UNITS[1]]}
    before = api.ask("GET", way).headers["etag"]
    assert api.ask("PATCH", way, change).status == 200
    assert api.ask("GET", way).headers["etag"] != before
    found = api.get(f"{way}?$expand=ObservedProperties")
    assert (found["name"], found["description"]) == ("Climate", "air, every minute")
    assert found["unitOfMeasurements"] == [fahrenheit, UNITS[1]]
    assert [one["name"] for one in found["ObservedProperties"]] == ["Temperature", "Humidity"]
    body = multi("New", multiObservationDataTypes=[OM + "OM_Observation"] * 2)
    del body["Sensor"], body["ObservedProperties"]
    assert api.ask("PUT", way, body).status == 200
    found = api.get(f"{way}?$expand=ObservedProperties")
    assert (found["name"], found["unitOfMeasurements"]) == ("New", UNITS)
    assert found["multiObservationDataTypes"] == [OM + "OM_Observation"] * 2
    assert [one["name"] for one in found["ObservedProperties"]] == ["Temperature", "Humidity"]
    symbol = f"{way}/unitOfMeasurements/1/symbol"
    assert api.get(symbol) == {"symbol": "%"}
    patch = [{"op": "replace", "path": "/unitOfMeasurements/1/symbol", "value": "pct"}]
    reply = api.ask("PATCH", way, patch, content_type="application/json-patch+json")
    assert (reply.status, api.get(symbol)) == (200, {"symbol": "pct"})
    stale = api.ask("PATCH", way, {"unitOfMeasurements": UNITS}, if_match=before)
    assert (stale.status, api.get(symbol)) == (412, {"symbol": "pct"})
    del body["unitOfMeasurements"]
    assert api.ask("PUT", way, body).status == 400
    assert api.ask("PATCH", way, {"unitOfMeasurements": UNITS[:1]}).status == 400
    assert api.get(symbol) == {"symbol": "pct"}


def test_the_number_of_values_is_fixed_once_there_are_observations(
    api: Client, weather: int
) -> None:
    way = f"/MultiDatastreams({weather})"
    wind = {"name": "Wind", "definition": "http://example.org/w", "description": "air"}
    third = api.make("/ObservedProperties", wind)
    keys = [one["@iot.id"] for one in api.get(f"{way}/ObservedProperties")["value"]]
    change = {
        "unitOfMeasurements": [*UNITS, {"name": None, "symbol": None, "definition": None}],
        "multiObservationDataTypes": [OM + "OM_Measurement"] * 3,
        "ObservedProperties": [{"@iot.id": one} for one in (third, *keys)],
    }
    (number,) = observe(api, weather, [20, 60])
    assert api.ask("PATCH", way, change).status == 409
    assert api.ask("DELETE", f"/Observations({number})").status == 200
    assert api.ask("PATCH", way, change).status == 200
    assert names(api.get(f"{way}/ObservedProperties")) == ["Wind", "Temperature", "Humidity"]
    assert api.ask("POST", f"{way}/Observations", {"result": [20, 60]}).status == 400
    observe(api, weather, [3, 20, 60])


def test_a_property_is_not_added_alone(api: Client, weather: int) -> None:
    way = f"/MultiDatastreams({weather})"
    wind = {"name": "Wind", "definition": "http://example.org/w", "description": "air"}
    reply = api.ask("POST", f"{way}/ObservedProperties", wind)
    assert (reply.status, "PATCH" in reply.json["message"]) == (400, True)
    reply = api.ask(
        "PATCH",
        f"/ObservedProperties({api.make('/ObservedProperties', wind)})",
        {"MultiDatastreams": [{"@iot.id": weather}]},
    )
    assert (reply.status, "PATCH" in reply.json["message"]) == (400, True)
    assert names(api.get(f"{way}/ObservedProperties")) == ["Temperature", "Humidity"]


@pytest.mark.parametrize("of", ["Thing", "Sensor", "ObservedProperty", "MultiDatastream"])
def test_what_it_cannot_be_without_takes_it_along(api: Client, weather: int, of: str) -> None:
    observe(api, weather, [20, 60])
    ways = {
        "Thing": f"/Things({api.get(f'/MultiDatastreams({weather})/Thing')['@iot.id']})",
        "Sensor": f"/Sensors({api.get(f'/MultiDatastreams({weather})/Sensor')['@iot.id']})",
        "ObservedProperty": "/ObservedProperties({})".format(
            api.get(f"/MultiDatastreams({weather})/ObservedProperties")["value"][1]["@iot.id"]
        ),
        "MultiDatastream": f"/MultiDatastreams({weather})",
    }
    assert api.ask("DELETE", ways[of]).status == 200
    assert api.get("/MultiDatastreams")["value"] == []
    assert api.get("/Observations")["value"] == []


def test_its_newest_observation_and_its_pages_come_like_those_of_a_datastream(
    api: Client, weather: int
) -> None:
    observe(api, weather, *([n, 60 + n] for n in range(5)))
    (stream,) = api.get(
        "/MultiDatastreams?$expand=Observations($orderby=phenomenonTime desc;$top=1)"
    )["value"]
    assert [one["result"] for one in stream["Observations"]] == [[4, 64]]
    way = f"/MultiDatastreams({weather})/Observations"
    pages = api.all(f"{way}?$orderby=phenomenonTime desc&$top=2")
    assert [one["result"][0] for one in pages] == [4, 3, 2, 1, 0]
    assert api.get(f"{way}?$count=true&$top=1")["@iot.count"] == 5


def test_a_property_that_is_unlinked_takes_its_unit_and_type_along(
    api: Client, weather: int
) -> None:
    way = f"/MultiDatastreams({weather})"
    first, second = (one["@iot.id"] for one in api.get(f"{way}/ObservedProperties")["value"])
    (number,) = observe(api, weather, [20, 60])
    ref = f"{way}/ObservedProperties({first})/$ref"
    assert api.ask("DELETE", ref).status == 409
    assert api.ask("DELETE", f"/Observations({number})").status == 200
    elsewhere = f"{way}/ObservedProperties/$ref?$id=../../Observations({first})"
    assert api.ask("DELETE", elsewhere).status == 400
    assert api.ask("DELETE", f"{way}/ObservedProperties(4711)/$ref").status == 404
    for nowhere in (4711, -1):
        other = f"{way}/ObservedProperties/$ref?$id=../../ObservedProperties({nowhere})"
        assert api.ask("DELETE", other).status == 404
    assert api.ask("DELETE", ref).status in (200, 204)
    found = api.get(f"{way}?$expand=ObservedProperties")
    assert [one["@iot.id"] for one in found["ObservedProperties"]] == [second]
    assert found["unitOfMeasurements"] == UNITS[1:]
    assert found["multiObservationDataTypes"] == [OM + "OM_CountObservation"]
    last = api.ask("DELETE", f"{way}/ObservedProperties({second})/$ref")
    assert (last.status, "at least one" in last.json["message"]) == (400, True)
    observe(api, weather, [60])


def test_the_page_of_a_place_shows_its_plain_datastreams_only(
    api: Client, client: Browser, station: int, weather: int
) -> None:
    observe(api, weather, [20.5, 60])
    stream = api.make(f"/Things({station})/Datastreams", datastream("Air"))
    api.make(f"/Datastreams({stream})/Observations", {"result": 12.5})
    page = client.get(f"/places/{Place.objects.get(things=station).public_id}/")
    assert page.status_code == 200
    assert [value.stream.pk for value in page.context["values"]] == [stream]
    assert "12,5" in page.content.decode()


def test_the_admin_shows_the_two_apart(
    api: Client, admin_client: Browser, station: int, weather: int
) -> None:
    stream = api.make(f"/Things({station})/Datastreams", datastream("Air"))
    for name, number, other in (
        ("datastream", stream, weather),
        ("multidatastream", weather, stream),
    ):
        listed = admin_client.get(f"/admin/things/{name}/").content.decode()
        assert f"/{name}/{number}/change/" in listed
        assert f"/{name}/{other}/change/" not in listed
        assert admin_client.get(f"/admin/things/{name}/{number}/change/").status_code == 200
