"""Data arrays, CSV and GeoJSON, read back with parsers that know nothing of this server."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from shapely.geometry import shape

from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, Thing

from .conftest import BASE, HERNE, SENSOR, TEMPERATURE, Client, Reply

pytestmark = pytest.mark.django_db(transaction=True)

START = datetime(2026, 1, 30, tzinfo=UTC)


def series(stream: int, values: Sequence[Any]) -> list[int | None]:
    return store.write(
        [
            store.Observation(
                datastream=stream,
                at=START + timedelta(hours=n),
                value=value if isinstance(value, float) else None,
                other=None if isinstance(value, float) else value,
            )
            for n, value in enumerate(values)
        ]
    )


def second(stream: int, **more: Any) -> int:
    known = Datastream.objects.get(pk=stream)
    return Datastream.objects.create(
        thing=known.thing,
        sensor=known.sensor,
        observed_property=known.observed_property,
        **{"name": "Second", **more},
    ).pk


def table(reply: Reply) -> list[dict[str, str]]:
    assert reply.status == 200, reply.body
    return list(csv.DictReader(StringIO(reply.body.decode(), newline="")))


def test_a_data_array_groups_observations_by_their_datastream(api: Client, stream: int) -> None:
    other = second(stream)
    first, far = series(stream, [1.5, "open"]), series(other, [3.0])
    got = api.get("/Observations?$resultFormat=dataArray&$count=true&$select=id,result")
    assert got["@iot.count"] == 3
    found = {one["Datastream@iot.navigationLink"]: one for one in got["value"]}
    assert found[f"{BASE}/Datastreams({stream})"]["dataArray"] == [
        [first[0], 1.5],
        [first[1], "open"],
    ]
    assert found[f"{BASE}/Datastreams({other})"]["dataArray"] == [[far[0], 3]]
    assert {one["dataArray@iot.count"] for one in got["value"]} == {1, 2}
    assert all(one["components"] == ["id", "result"] for one in got["value"])


def test_a_data_array_below_a_datastream_holds_all_properties_and_has_pages(
    api: Client, stream: int
) -> None:
    series(stream, [1.0, 2.0, 3.0])
    address = f"/Datastreams({stream})/Observations?$resultFormat=dataArray&$top=2"
    (group,) = (page := api.get(address))["value"]
    plain = api.get(f"/Datastreams({stream})/Observations?$top=2")["value"]
    for row, one in zip(group["dataArray"], plain, strict=True):
        shown = dict(zip(group["components"], row, strict=True))
        assert shown["id"] == one["@iot.id"]
        assert {k: v for k, v in shown.items() if v is not None and k != "id"} == {
            k: v for k, v in one.items() if v is not None and "@iot" not in k
        }
    rest = api.get(page["@iot.nextLink"])
    assert [row[2] for row in rest["value"][0]["dataArray"]] == [3]
    assert "@iot.nextLink" not in rest


def test_an_empty_data_array_is_an_empty_list(api: Client, stream: int) -> None:
    address = f"/Datastreams({stream})/Observations?$resultFormat=dataArray"
    assert api.get(address) == {"value": []}
    assert api.get("/Observations?$resultFormat=dataArray&$count=true") == {
        "@iot.count": 0,
        "value": [],
    }


def test_csv_holds_what_json_holds(api: Client, stream: int) -> None:
    series(stream, [1.5, 'a "quoted", text\nin two lines', True, None, {"a": [1]}, "Größe"])
    reply = api.ask("GET", "/Observations?$resultFormat=CSV")
    plain = api.get("/Observations")["value"]
    rows = table(reply)
    assert [row["id"] for row in rows] == [str(one["@iot.id"]) for one in plain]
    assert [row["phenomenonTime"] for row in rows] == [one["phenomenonTime"] for one in plain]
    assert [row["result"] for row in rows] == [
        "1.5",
        'a "quoted", text\nin two lines',
        "true",
        "",
        '{"a":[1]}',
        "Größe",
    ]
    assert reply.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert 'filename="Observations.csv"' in reply.headers["content-disposition"]
    assert reply.body.count(b"\r\n") == 7


def test_csv_shows_units_and_what_is_expanded_in_columns_of_their_own(
    api: Client, stream: int
) -> None:
    series(stream, [4.0])
    expand = (
        "Thing($select=name,properties;$expand=Locations($select=location;$top=1)),"
        "Observations($select=result;$top=1),ObservedProperty($select=id)"
    )
    reply = api.ask(
        "GET",
        f"/Datastreams({stream})/Thing/Datastreams?$resultFormat=CSV"
        f"&$select=id,unitOfMeasurement&$expand={expand}",
    )
    (row,) = table(reply)
    assert list(row) == [
        "id",
        "unitOfMeasurement/name",
        "unitOfMeasurement/symbol",
        "unitOfMeasurement/definition",
        "Thing/name",
        "Thing/properties",
        "Thing/Locations/location",
        "Observations/result",
        "ObservedProperty/id",
    ]
    assert row["unitOfMeasurement/symbol"] == "°C"
    assert row["Thing/properties"] == '{"nr":3}'
    assert row["Observations/result"] == "4"
    assert row["Thing/Locations/location"].startswith('{"type":"Point"')


def test_csv_has_no_room_for_many(api: Client, stream: int) -> None:
    refusal = api.get("/Things?$resultFormat=CSV&$expand=Datastreams", 400)
    assert "$top=1" in refusal["message"]


def test_a_spreadsheet_finds_no_formula_in_csv(api: Client, stream: int) -> None:
    texts = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx"]
    series(stream, texts)
    rows = table(api.ask("GET", "/Observations?$resultFormat=CSV&$select=result"))
    assert [row["result"] for row in rows] == [f"'{text}" for text in texts]


def test_csv_expands_stars(api: Client, stream: int) -> None:
    series(stream, [1.0])
    (row,) = table(api.ask("GET", "/Observations?$resultFormat=CSV&$expand=*($select=name)"))
    assert row["Datastream/name"] == "Air temperature"
    assert row["FeatureOfInterest/name"] == "Market"
    assert row["MultiDatastream/name"] == ""


def test_numbers_written_as_text_stay_as_they_are_in_csv(api: Client, stream: int) -> None:
    series(stream, ["-2.5", "+49", -3.0])
    rows = table(api.ask("GET", "/Observations?$resultFormat=CSV&$select=result"))
    assert [row["result"] for row in rows] == ["-2.5", "+49", "-3"]


def test_a_cut_table_names_its_next_page_in_a_header(api: Client, stream: int) -> None:
    series(stream, [1.0, 2.0, 3.0])
    address: str = "/Observations?$resultFormat=csv&$select=result&$top=2"
    reply = api.ask("GET", address)
    assert [row["result"] for row in table(reply)] == ["1", "2"]
    link, _, kind = reply.headers["link"].partition(";")
    assert kind == ' rel="next"'
    rest = api.ask("GET", link.strip("<>"))
    assert [row["result"] for row in table(rest)] == ["3"]
    assert "link" not in rest.headers


def test_geojson_has_the_first_geometry_and_flat_properties(api: Client, stream: int) -> None:
    Thing.objects.update(properties={"nr": 3, "owner": {"name": "city"}, "tags": ["a", "b"]})
    reply = api.ask(
        "GET", "/Things?$resultFormat=GeoJSON&$expand=Locations,Datastreams($select=name)"
    )
    assert reply.headers["content-type"].startswith("application/geo+json")
    assert reply.json["type"] == "FeatureCollection"
    (feature,) = reply.json["features"]
    assert shape(feature["geometry"]).equals(shape(HERNE))
    shown = feature["properties"]
    assert shown["name"] == "Station"
    assert shown["properties/owner/name"] == "city"
    assert (shown["properties/tags/0"], shown["properties/tags/1"]) == ("a", "b")
    assert shown["Locations/0/name"] == "Market"
    assert shown["Datastreams/0/name"] == "Air temperature"
    assert not [name for name in shown if "iot" in name or name.endswith("location")]


def test_geojson_of_one_entity_is_a_collection_of_one(api: Client, stream: int) -> None:
    (place,) = api.get("/Locations")["value"]
    got = api.get(f"/Locations({place['@iot.id']})?$resultFormat=GeoJSON")
    (feature,) = got["features"]
    assert feature["geometry"] == HERNE
    assert feature["properties"]["id"] == place["@iot.id"]
    observed = api.get("/ObservedProperties?$resultFormat=GeoJSON")["features"]
    assert observed[0]["geometry"] is None


def test_geojson_tells_count_and_next_page(api: Client, stream: int) -> None:
    second(stream)
    got = api.get("/Datastreams?$resultFormat=GeoJSON&$count=true&$top=1")
    assert (got["@iot.count"], len(got["features"])) == (2, 1)
    assert len(api.get(got["@iot.nextLink"])["features"]) == 1


def test_a_format_that_does_not_fit_is_refused(api: Client, stream: int) -> None:
    for address, words in [
        ("/Things?$resultFormat=xml", "JSON, dataArray, CSV, GeoJSON"),
        ("/Things?$resultFormat=", "JSON, dataArray, CSV, GeoJSON"),
        ("/Things?$resultFormat=CSV&$resultFormat=CSV", "twice"),
        ("/Things?$resultMetadata=some", "full, minimal, none, off"),
        ("/Things?$resultFormat=dataArray", "Observations only"),
        ("/Observations?$resultFormat=dataArray&$expand=Datastream", "$expand"),
        ("/Observations?$resultFormat=dataArray&$select=nonsense", "nonsense"),
        ("/Things/$ref?$resultFormat=CSV", "references"),
        ("/Observations?$resultFormat=CSV&$top=10000001", "10000000"),
    ]:
        assert words in api.get(address, 400)["message"]


@pytest.mark.parametrize("level", ["minimal", "none", "off"])
def test_metadata_can_be_left_out(api: Client, stream: int, level: str) -> None:
    second(stream)
    got = api.get(f"/Datastreams?$top=1&$count=true&$expand=Thing&$resultMetadata={level}")
    assert got["@iot.count"] == 2
    assert ("@iot.nextLink" in got) == (level != "off")
    names = [*got["value"][0], *got["value"][0]["Thing"]]
    assert [name for name in names if "@iot" in name] == ["@iot.id", "@iot.id"]


def test_formats_take_filters_orders_and_stars(api: Client, stream: int) -> None:
    series(stream, [1.0, 2.0, 3.0])
    query = "$filter=result gt 1&$orderby=phenomenonTime desc&$select=*"
    rows = table(api.ask("GET", f"/Observations?$resultFormat=CSV&{query}"))
    assert [row["result"] for row in rows] == ["3", "2"]
    (group,) = api.get(f"/Observations?$resultFormat=dataArray&{query}")["value"]
    assert [
        dict(zip(group["components"], row, strict=True))["result"] for row in group["dataArray"]
    ] == [3, 2]


def test_observations_of_a_multi_datastream_have_their_place_in_every_format(
    api: Client, stream: int
) -> None:
    unit = {"name": "n", "symbol": "s", "definition": "d"}
    multi = api.make(
        "/MultiDatastreams",
        {
            "name": "wind",
            "description": "direction and speed",
            "multiObservationDataTypes": ["http://example.org/m"] * 2,
            "unitOfMeasurements": [unit, unit],
            "Thing": {"@iot.id": api.get("/Things")["value"][0]["@iot.id"]},
            "Sensor": SENSOR,
            "ObservedProperties": [TEMPERATURE, {**TEMPERATURE, "name": "Speed"}],
        },
    )
    api.make(f"/MultiDatastreams({multi})/Observations", {"result": [270, 3.5]})
    series(stream, [1.0])
    link = f"{BASE}/MultiDatastreams({multi})"
    groups = api.get("/Observations?$resultFormat=dataArray&$select=result")["value"]
    assert {one.get("MultiDatastream@iot.navigationLink") for one in groups} == {link, None}
    below = f"/MultiDatastreams({multi})/Observations?$resultFormat="
    (group,) = api.get(f"{below}dataArray&$select=result&$top=20000")["value"]
    assert group["MultiDatastream@iot.navigationLink"] == link
    assert group["dataArray"] == [[[270, 3.5]]]
    expand = "&$expand=MultiDatastream($select=unitOfMeasurements)"
    (row,) = table(api.ask("GET", f"{below}CSV&$select=result{expand}"))
    assert row["result"] == "[270,3.5]"
    assert row["MultiDatastream/unitOfMeasurements"].startswith('[{"name":"n"')
    (feature,) = api.get(f"{below}GeoJSON&$select=result")["features"]
    assert feature["properties"] == {"result/0": 270, "result/1": 3.5}
