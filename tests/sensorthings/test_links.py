"""Links: over nested addresses, by `$ref`, and from a Thing to several Locations."""

from typing import Any

import pytest

from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import Datastream, HistoricalLocation, Representation, Thing

from .conftest import BASE, HERNE, SENSOR, TEMPERATURE, Client, datastream, place, thing

pytestmark = pytest.mark.django_db(transaction=True)


def address(name: str = "Am Markt 1", text: Any = "Am Markt 1, Herne") -> dict[str, Any]:
    """A Location that tells a place in words."""
    return {"name": name, "description": "in words", "encodingType": "text/plain", "location": text}


def names(api: Client, where: str) -> list[str]:
    return [one["name"] for one in api.all(where)]


def history(api: Client, owner: int) -> list[list[str]]:
    """The names of the Locations of each entry, the oldest first."""
    where = f"/Things({owner})/HistoricalLocations?$expand=Locations&$orderby=time,id"
    return [[inner["name"] for inner in one["Locations"]] for one in api.all(where)]


# --- addresses


def test_what_lies_at_the_end_of_a_path_is_changed_and_deleted_there(
    api: Client, stream: int
) -> None:
    number = api.make(f"/Datastreams({stream})/Observations", {"result": 1})
    owner = Thing.objects.get().pk
    far = f"/Observations({number})/Datastream/Thing"
    assert api.ask("PATCH", far, {"name": "renamed"}).status == 200
    assert Thing.objects.get().name == "renamed"
    assert api.ask("PUT", f"/Datastreams({stream})/Thing", thing("put")).status == 200
    assert Thing.objects.get().name == "put"
    path = f"/Things({owner})/Datastreams({stream})/Observations({number})"
    assert api.ask("PATCH", path, {"result": 2}).status == 200
    assert api.get(path)["result"] == 2
    assert api.ask("DELETE", f"/Datastreams({stream})/Sensor").status == 200
    assert not Datastream.objects.exists()


def test_one_posts_below_a_path_of_any_depth(api: Client, stream: int) -> None:
    owner = Thing.objects.get().pk
    deep = f"/Things({owner})/Datastreams({stream})/Observations"
    number = api.make(deep, {"result": 3})
    assert [one["@iot.id"] for one in api.get(deep)["value"]] == [number]
    made = api.make(f"/Observations({number})/Datastream/Thing/Datastreams", datastream("more"))
    assert Datastream.objects.get(pk=made).thing_id == owner
    moved = f"/Observations({number})/Datastream/Thing/Locations"
    api.make(moved, place("Harbour"))
    assert names(api, f"/Things({owner})/Locations") == ["Harbour"]


def test_a_path_whose_parts_do_not_belong_together_leads_nowhere(api: Client, stream: int) -> None:
    number = api.make(f"/Datastreams({stream})/Observations", {"result": 1})
    other = api.make("/Things", thing("other"))
    wrong = f"/Things({other})/Datastreams({stream})/Observations"
    assert api.ask("GET", wrong).status == 404
    assert api.ask("POST", wrong, {"result": 300}).status == 404
    for method, body in (("PUT", {"result": 2}), ("PATCH", {"result": 3}), ("DELETE", None)):
        assert api.ask(method, f"{wrong}({number})", body).status == 404
    assert api.get(f"/Observations({number})")["result"] == 1


NOT_THERE = [
    ("POST", "/Things({thing})"),
    ("POST", "/Datastreams({stream})/Thing"),
    ("POST", "/Things({thing})/name"),
    ("PUT", "/Things"),
    ("PATCH", "/Things({thing})/Datastreams"),
    ("PUT", "/Things({thing})/Locations/$ref"),
    ("POST", "/Datastreams({stream})/Thing/$ref"),
    ("POST", "/Things/$ref"),
    ("DELETE", "/Things({thing})/$ref"),
    ("PATCH", "/"),
]


def test_a_method_that_does_not_fit_is_a_405_that_says_which_do(api: Client, stream: int) -> None:
    for method, where in NOT_THERE:
        reply = api.ask(method, where.format(thing=Thing.objects.get().pk, stream=stream), {})
        assert reply.status == 405, reply.body
        assert "GET" in reply.headers["allow"]
        assert method not in reply.headers["allow"].split(", ")


# --- ways to write a link


def test_a_link_names_an_entity_by_id_or_address(api: Client, stream: int) -> None:
    other = api.make("/Sensors", {**SENSOR, "name": "other"})
    far = api.make(
        "/Things", thing("far", Datastreams=[datastream("x", Sensor={"@iot.id": other})])
    )
    last, before = Datastream.objects.get(thing=far).pk, Datastream.objects.get(pk=stream).sensor_id
    for link in (
        {"@iot.id": other},
        {"@iot.id": str(other)},
        {"id": other},
        {"@id": f"Sensors({other})"},
        {"@id": f"/Sensors({other})"},
        {"@odata.id": f"{BASE}/Sensors({other})"},
        {"@iot.selfLink": f"{BASE}/Sensors({other})"},
        {"@id": f"{BASE}/Datastreams({last})/Sensor"},
        {"@iot.id": other, "name": "as it was read"},
    ):
        assert api.ask("PATCH", f"/Datastreams({stream})", {"Sensor": link}).status == 200, link
        assert Datastream.objects.get(pk=stream).sensor_id == other
        Datastream.objects.filter(pk=stream).update(sensor=before)


def test_a_link_may_stand_in_an_annotation(api: Client, stream: int) -> None:
    other = api.make("/Sensors", {**SENSOR, "name": "other"})
    body = {"Sensor@odata.bind": f"Sensors({other})"}
    assert api.ask("PATCH", f"/Datastreams({stream})", body).status == 200
    assert Datastream.objects.get(pk=stream).sensor_id == other
    here = api.make("/Locations", place("bound"))
    made = api.make("/Things", thing(**{"Locations@odata.bind": [f"Locations({here})"]}))
    assert names(api, f"/Things({made})/Locations") == ["bound"]


NO_LINKS = [
    {"@iot.id": 999999},
    {"@iot.id": "x"},
    {"@iot.id": True},
    {"@iot.id": None},
    {"@iot.id": 1.5},
    {"@id": "Things(1)"},
    {"@id": "Sensors"},
    {"@id": "Sensors(999999)"},
    {"@id": "http://elsewhere.example/v1.1/Sensors(1)"},
    {"@id": ""},
    {"@id": 5},
    {},
    [],
    "Sensors(1)",
    5,
]


def test_a_link_that_leads_nowhere_is_a_400(api: Client, stream: int) -> None:
    for link in NO_LINKS:
        before = Datastream.objects.get(pk=stream).sensor_id
        assert api.ask("PATCH", f"/Datastreams({stream})", {"Sensor": link}).status == 400
        assert api.ask("PUT", f"/Datastreams({stream})/Sensor/$ref", link).status == 400
        assert Datastream.objects.get(pk=stream).sensor_id == before


# --- $ref


def test_put_ref_leads_a_link_elsewhere(api: Client, stream: int) -> None:
    other = api.make("/Sensors", {**SENSOR, "name": "other"})
    observed = api.make("/ObservedProperties", TEMPERATURE)
    owner = api.make("/Things", thing("owner"))
    for name, link in (
        ("Sensor", {"@iot.id": other}),
        ("ObservedProperty", {"@id": f"ObservedProperties({observed})"}),
        ("Thing", {"@odata.id": f"{BASE}/Things({owner})"}),
    ):
        assert api.ask("PUT", f"/Datastreams({stream})/{name}/$ref", link).status == 204
    row = Datastream.objects.get(pk=stream)
    assert (row.sensor_id, row.observed_property_id, row.thing_id) == (other, observed, owner)


def test_post_ref_brings_an_entity_over(api: Client, stream: int) -> None:
    owner = api.make("/Things", thing("owner"))
    link = {"@iot.id": stream}
    assert api.ask("POST", f"/Things({owner})/Datastreams/$ref", link).status == 204
    assert Datastream.objects.get(pk=stream).thing_id == owner


NEEDED = [
    ("/Datastreams({stream})/Sensor/$ref", "Datastream cannot be without its Sensor"),
    ("/Datastreams({stream})/Thing/$ref", "cannot be without its Thing"),
    ("/Observations({number})/FeatureOfInterest/$ref", "without its FeatureOfInterest"),
    ("/Observations({number})/Datastream/$ref", "without its Datastream"),
    ("/Things({thing})/Datastreams({stream})/$ref", "Datastream cannot be without its Thing"),
    (
        "/Things({thing})/Datastreams/$ref?$id=Datastreams({stream})",
        "Datastream cannot be without its Thing",
    ),
]


def test_a_link_that_must_be_is_not_taken_away(api: Client, stream: int) -> None:
    for where, words in NEEDED:
        number = api.make(f"/Datastreams({stream})/Observations", {"result": 1})
        ids = {"stream": stream, "thing": Thing.objects.get().pk, "number": number}
        reply = api.ask("DELETE", where.format(**ids))
        assert (reply.status, words in reply.json["message"]) == (409, True), reply.body


def test_an_observation_may_get_another_feature_but_no_other_datastream(
    api: Client, stream: int
) -> None:
    number = api.make(f"/Datastreams({stream})/Observations", {"result": 1})
    tree = {"name": "tree", "description": "", "encodingType": "application/geo+json"}
    feature = api.make("/FeaturesOfInterest", {**tree, "feature": HERNE})
    where = f"/Observations({number})"
    link = {"@iot.id": feature}
    assert api.ask("PUT", f"{where}/FeatureOfInterest/$ref", link).status == 204
    assert api.get(f"{where}/FeatureOfInterest")["name"] == "tree"
    second = api.make(f"/Datastreams({stream})/Observations", {"result": 2})
    link = {"@iot.id": second}
    assert api.ask("POST", f"/FeaturesOfInterest({feature})/Observations/$ref", link).status == 204
    assert len(api.get(f"/FeaturesOfInterest({feature})/Observations")["value"]) == 2
    other = api.make(f"/Things({Thing.objects.get().pk})/Datastreams", datastream("other"))
    assert api.ask("PUT", f"{where}/Datastream/$ref", {"@iot.id": other}).status == 409
    assert api.ask("PUT", f"{where}/Datastream/$ref", {"@iot.id": stream}).status == 204


def test_locations_are_added_and_taken_away_by_ref(api: Client) -> None:
    owner = api.make("/Things", thing(Locations=[place("Market")]))
    words, market = api.make("/Locations", address()), Place.objects.get(name="Market").pk
    where = f"/Things({owner})/Locations"
    # Another encoding: the same place once more.
    assert api.ask("POST", f"{where}/$ref", {"@iot.id": words}).status == 204
    assert sorted(names(api, where)) == ["Am Markt 1", "Market"]
    # The same encoding: another place.
    harbour = api.make("/Locations", place("Harbour"))
    assert api.ask("POST", f"/Locations({harbour})/Things/$ref", {"@iot.id": owner}).status == 204
    assert names(api, where) == ["Harbour"]
    assert [sorted(one) for one in history(api, owner)] == [
        ["Market"],
        ["Am Markt 1", "Market"],
        ["Harbour"],
    ]
    assert api.ask("DELETE", f"{where}({market})/$ref").status == 404
    relative = f"{where}/$ref?$id=../../Locations({{}})"
    assert api.ask("DELETE", relative.format(market)).status == 404
    assert api.ask("DELETE", relative.format(harbour)).status == 204
    assert api.ask("POST", f"{where}/$ref", {"@iot.id": harbour}).status == 204
    assert api.ask("DELETE", f"{where}/$ref?$id={BASE}/Locations({harbour})").status == 204
    assert names(api, where) == []
    assert len(history(api, owner)) == 4
    assert api.ask("DELETE", f"{where}/$ref").status == 400


def test_an_entry_of_the_history_that_is_led_to_another_thing_moves_that(api: Client) -> None:
    first = api.make("/Things", thing("first", Locations=[place("Market")]))
    second = api.make("/Things", thing("second"))
    entry = HistoricalLocation.objects.get(thing=first).pk
    link = {"@iot.id": second}
    assert api.ask("PUT", f"/HistoricalLocations({entry})/Thing/$ref", link).status == 204
    assert names(api, f"/Things({second})/Locations") == ["Market"]


def test_an_entry_of_the_history_keeps_at_least_one_location(api: Client) -> None:
    owner = api.make("/Things", thing(Locations=[place("Market")]))
    entry = HistoricalLocation.objects.get(thing=owner).pk
    words, market = api.make("/Locations", address()), Place.objects.get(name="Market").pk
    where = f"/HistoricalLocations({entry})/Locations"
    assert api.ask("POST", f"{where}/$ref", {"@iot.id": words}).status == 204
    assert sorted(names(api, where)) == ["Am Markt 1", "Market"]
    assert sorted(names(api, f"/Things({owner})/Locations")) == ["Am Markt 1", "Market"]
    found = api.get(f"/Locations({words})/HistoricalLocations")["value"]
    assert [one["@iot.id"] for one in found] == [entry]
    assert api.ask("DELETE", f"{where}({market})/$ref").status == 204
    assert names(api, where) == ["Am Markt 1"]
    assert api.ask("DELETE", f"{where}({words})/$ref").status == 409


# --- several Locations


def test_a_thing_stands_at_one_place_told_in_several_encodings(api: Client) -> None:
    gml = address("as GML", "<gml:Point/>") | {"encodingType": "application/gml+xml"}
    owner = api.make("/Things", thing(Locations=[address(), place("Market"), gml]))
    where = f"/Things({owner})/Locations"
    assert names(api, where) == ["Am Markt 1", "Market", "as GML"]
    row = Thing.objects.get(pk=owner)
    assert row.place is not None
    assert row.place.name == "Market"
    assert history(api, owner) == [["Am Markt 1", "Market", "as GML"]]
    (found,) = api.all("/Things?$expand=Locations($select=name)")
    assert [one["name"] for one in found["Locations"]] == ["Am Markt 1", "Market", "as GML"]
    for location in Place.objects.all():
        assert names(api, f"/Locations({location.pk})/Things") == ["Station"]
        assert len(api.all(f"/Locations({location.pk})/HistoricalLocations")) == 1
    expanded = api.all("/Locations?$expand=Things($select=name)&$orderby=id")
    assert [one["Things"] for one in expanded] == [[{"name": "Station"}]] * 3
    assert names(api, "/Things?$filter=Locations/name eq 'as GML'") == ["Station"]
    assert names(api, "/Locations?$filter=Things/name eq 'Station'&$count=true") == names(
        api, where
    )
    counted = api.get(f"{where}?$count=true&$top=1")
    assert counted["@iot.count"] == 3
    assert names(api, counted["@iot.nextLink"]) == ["Market", "as GML"]


def test_observations_are_of_the_place_that_has_a_geometry(api: Client) -> None:
    drawn = {"type": "Feature", "properties": {"height": 4}, "geometry": HERNE}
    market = {**place("Market"), "location": drawn}
    owner = api.make("/Things", thing(Locations=[address(), market], Datastreams=[datastream()]))
    stream = Datastream.objects.get(thing=owner).pk
    number = api.make(f"/Datastreams({stream})/Observations", {"result": 1})
    feature = api.get(f"/Observations({number})/FeatureOfInterest")
    assert (feature["name"], feature["feature"]) == ("Market", drawn)


def test_new_locations_replace_those_there_were(api: Client) -> None:
    owner = api.make("/Things", thing(Locations=[address(), place("Market")]))
    where = f"/Things({owner})/Locations"
    api.make(where, place("Harbour"))
    assert names(api, where) == ["Harbour"]
    words = api.make("/Locations", address("Am Kanal 5"))
    links = [{"@iot.id": words}, {"@iot.id": Place.objects.get(name="Harbour").pk}]
    for _ in range(2):
        assert api.ask("PATCH", f"/Things({owner})", {"Locations": links}).status == 200
    assert sorted(names(api, where)) == ["Am Kanal 5", "Harbour"]
    assert [sorted(one) for one in history(api, owner)] == [
        ["Am Markt 1", "Market"],
        ["Harbour"],
        ["Am Kanal 5", "Harbour"],
    ]
    assert api.ask("PATCH", f"/Things({owner})", {"Locations": []}).status == 200
    assert names(api, where) == []
    assert not Representation.objects.exists()
    assert len(history(api, owner)) == 3


def test_the_newest_entry_of_the_history_moves_a_thing_with_all_its_locations(
    api: Client,
) -> None:
    owner = api.make("/Things", thing(Locations=[place("Market")]))
    HistoricalLocation.objects.update(time="2016-01-01T06:00:00Z")

    def entry(time: str, *locations: Any) -> int:
        body = {"time": time, "Thing": {"@iot.id": owner}, "Locations": list(locations)}
        return api.make("/HistoricalLocations", body)

    entry("2016-01-01T07:00:00Z", address("Am Kanal 5"), place("Harbour"))
    assert sorted(names(api, f"/Things({owner})/Locations")) == ["Am Kanal 5", "Harbour"]
    old = entry("2016-01-01T05:00:00Z", place("Tower"))
    assert sorted(names(api, f"/Things({owner})/Locations")) == ["Am Kanal 5", "Harbour"]
    change = {"time": "2016-01-01T08:00:00Z"}
    assert api.ask("PATCH", f"/HistoricalLocations({old})", change).status == 200
    assert names(api, f"/Things({owner})/Locations") == ["Tower"]
    assert [sorted(one) for one in history(api, owner)] == [
        ["Market"],
        ["Am Kanal 5", "Harbour"],
        ["Tower"],
    ]


def test_a_location_takes_its_history_along_and_leaves_the_others(api: Client) -> None:
    owner = api.make("/Things", thing(Locations=[address(), place("Market")]))
    api.make("/Things", thing("other", Locations=[place("Tower")]))
    market = Place.objects.get(name="Market").pk
    assert api.ask("DELETE", f"/Locations({market})").status == 200
    assert names(api, f"/Things({owner})/Locations") == ["Am Markt 1"]
    row = Thing.objects.get(pk=owner)
    assert row.place is not None
    assert row.place.name == "Am Markt 1"
    assert history(api, owner) == []
    words = Place.objects.get(name="Am Markt 1").pk
    assert api.ask("DELETE", f"/Locations({words})").status == 200
    assert names(api, f"/Things({owner})/Locations") == []
    assert [one.name for one in Place.objects.all()] == ["Tower"]


def test_a_deleted_further_location_takes_the_history_along_too(api: Client) -> None:
    owner = api.make("/Things", thing(Locations=[place("Market"), address()]))
    words = Place.objects.get(name="Am Markt 1").pk
    assert api.ask("DELETE", f"/Locations({words})").status == 200
    assert names(api, f"/Things({owner})/Locations") == ["Market"]
    assert history(api, owner) == []


# --- encodings


ENCODINGS = [
    ("text/plain", "Am Markt 1"),
    ("text/plain", ""),
    ("application/gml+xml", "<gml:Point/>"),
    ("text/wkt", "POINT (7.22 51.54)"),
    ("application/vnd.example", {"floor": 3, "room": [1, None]}),
    ("application/vnd.geo+json", HERNE),
    ("application/geo+json", HERNE),
    (
        "application/geo+json",
        {"type": "Feature", "properties": {"height": 4}, "geometry": HERNE},
    ),
    (
        "application/vnd.geo+json",
        {"type": "Feature", "id": 5, "geometry": HERNE, "properties": None},
    ),
]


@pytest.mark.parametrize(
    ("where", "name"), [("Locations", "location"), ("FeaturesOfInterest", "feature")]
)
def test_what_is_told_in_any_encoding_comes_back_as_it_came(
    api: Client, where: str, name: str
) -> None:
    near = f"geo.distance({name}, geography'POINT (7.22 51.54)') lt 0.1"
    for encoding, location in ENCODINGS:
        body = {"name": "x", "description": "y", "encodingType": encoding, name: location}
        made = api.make(f"/{where}", body)
        got = api.get(f"/{where}({made})")
        assert {key: got[key] for key in body} == body
        assert made in [one["@iot.id"] for one in api.all(f"/{where}")]
        drawn = [one["@iot.id"] for one in api.all(f"/{where}?$filter={near}")]
        assert (made in drawn) == ("geo+json" in encoding)


def test_a_location_changes_with_its_encoding(api: Client) -> None:
    made = api.make("/Locations", place())
    where = f"/Locations({made})"
    words = {"encodingType": "text/plain", "location": "Am Markt 1"}
    assert api.ask("PATCH", where, words).status == 200
    assert api.get(where)["location"] == "Am Markt 1"
    row = Place.objects.get(pk=made)
    assert (row.geometry, row.west) == (None, None)
    assert api.ask("PATCH", where, {"encodingType": "application/geo+json"}).status == 400
    assert api.ask("PATCH", where, {"location": {"any": "JSON"}}).status == 200
    assert api.ask("PATCH", where, {"location": None}).status == 400
    back = {"encodingType": "application/geo+json", "location": HERNE}
    assert api.ask("PATCH", where, back).status == 200
    row = Place.objects.get(pk=made)
    assert (row.geometry, row.described, row.west) == (HERNE, None, 7.22)


METADATA = ["http://example.org", {"any": [1, None]}, [1], 5, False, ""]


def test_the_metadata_of_a_sensor_is_any_json(api: Client) -> None:
    for metadata in METADATA:
        made = api.make("/Sensors", {**SENSOR, "metadata": metadata})
        assert api.get(f"/Sensors({made})")["metadata"] == metadata
