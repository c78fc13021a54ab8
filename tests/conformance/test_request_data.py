"""18-088, clause 9.3: query options, their order, status codes and paging."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from conformance.conftest import (
    Service,
    World,
    datastream,
    feature,
    location,
    number,
    observation,
    observed,
    sensor,
    thing,
)
from conformance.test_datamodel import MANDATORY, OPTIONAL, PLURAL, RELATIONS

pytestmark = pytest.mark.django_db


def results(service: Service, world: World, query: str) -> list[Any]:
    """The results of the ten observations 0 to 9 that a query leaves, in its order."""
    return [one["result"] for one in service.values(f"{world['Datastreams']}/Observations?{query}")]


def inner(found: Any) -> Any:
    """As an expanded entity shows itself: without the addresses of its links."""
    if isinstance(found, list):
        return [inner(one) for one in found]
    return {key: value for key, value in found.items() if not key.endswith("navigationLink")}


def names(service: Service, query: str) -> list[str]:
    return [one["name"] for one in service.values(f"/Things?{query}")]


@pytest.fixture(scope="module")
def three(service: Service) -> list[str]:
    """Three things of one kind, named for the tests of orders and pages."""
    return [
        service.make("/Things", thing(name, properties={"kind": "abc", "rank": rank}))
        for name, rank in (("abc B", 2), ("abc A", 3), ("abc C", 1))
    ]


ABC = "$filter=properties/kind eq 'abc'"


def test_req_request_data_order(service: Service, world: World) -> None:
    query = "$top=2&$skip=1&$orderby=result desc&$filter=result gt 4&$count=true"
    found = service.get(f"{world['Datastreams']}/Observations?{query}&$select=result")
    assert [one["result"] for one in found["value"]] == [8, 7]
    assert found["@iot.count"] == 5
    assert all(one.keys() == {"result"} for one in found["value"])


def test_req_request_data_status_code(service: Service, world: World) -> None:
    assert service.ask("GET", "/Things").status_code == 200
    assert service.ask("GET", world["Things"]).status_code == 200
    for missing in ("/Things(987654321)", "/Nonsense", "/Things(1)/Nonsense", "/Things('x')"):
        assert service.ask("GET", missing).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "$nonsense=1",
        "$top=abc",
        "$top=-1",
        "$skip=-1",
        "$skip=x",
        "$count=maybe",
        "$filter=",
        "$filter=name eq",
        "$filter=nonsense eq 1",
        "$filter=name eq 'x' and",
        "$filter=(name eq 'x'",
        "$filter=nonsense(name)",
        "$filter=length(name, name) gt 1",
        "$orderby=nonsense",
        "$orderby=name sideways",
        "$expand=Nonsense",
        "$expand=Datastreams($nonsense=1)",
        "$select=nonsense",
    ],
)
def test_req_request_data_query_status_code(service: Service, query: str) -> None:
    reply = service.ask("GET", f"/Things?{query}")
    assert reply.status_code == 400
    assert reply.json()["message"]


@pytest.mark.parametrize("option", ["$search=x", "$apply=x", "$compute=x"])
def test_req_request_data_query_status_code_of_options_that_are_not_supported(
    service: Service, option: str
) -> None:
    assert service.ask("GET", f"/Things?{option}").status_code in (400, 501)


def test_req_request_data_expand(service: Service, world: World) -> None:
    one = service.get(f"{world['Things']}?$expand=Datastreams")
    assert [d["@iot.selfLink"] for d in one["Datastreams"]] == [world["Datastreams"]]
    one = service.get(f"{world['Datastreams']}?$expand=Thing,Sensor,ObservedProperty")
    for link, name in (
        ("Thing", "Things"),
        ("Sensor", "Sensors"),
        ("ObservedProperty", "ObservedProperties"),
    ):
        assert one[link] == inner(service.get(world[name]))
        assert one[f"{link}@iot.navigationLink"].endswith(f"/{link}")


def test_req_request_data_expand_over_paths(service: Service, world: World) -> None:
    path = "Datastreams/Observations/FeatureOfInterest,Datastreams/Sensor,Locations"
    one = service.get(f"{world['Things']}?$expand={path}")
    (stream,) = one["Datastreams"]
    assert len(stream["Observations"]) == 10
    assert all(o["FeatureOfInterest"]["name"] for o in stream["Observations"])
    assert stream["Sensor"]["name"] == "DHT22"
    assert one["Locations"][0]["@iot.selfLink"] == world["Locations"]


def test_req_request_data_expand_with_options(service: Service, world: World) -> None:
    options = (
        "Observations($filter=result gt 2;$orderby=result desc;$skip=1;$top=2;$count=true"
        ";$select=result,id;$expand=Datastream($select=name))"
    )
    for one in (
        service.get(f"{world['Datastreams']}?$expand={options}"),
        service.get(f"{world['Things']}?$expand=Datastreams($expand={options})")["Datastreams"][0],
    ):
        found = one["Observations"]
        assert [o["result"] for o in found] == [8, 7]
        assert one["Observations@iot.count"] == 7
        assert [o["Datastream"] for o in found] == [{"name": "Temperature"}] * 2
        assert all("phenomenonTime" not in o for o in found)
        following = service.get(one["Observations@iot.nextLink"])
        assert [o["result"] for o in following["value"]] == [6, 5]


def test_req_request_data_expand_of_collections(service: Service, world: World) -> None:
    found = service.values("/Datastreams?$expand=Thing,Observations($top=1)")
    assert all(one["Thing"]["@iot.selfLink"] for one in found)
    mine = [one for one in found if one["@iot.selfLink"] == world["Datastreams"]]
    assert len(mine[0]["Observations"]) == 1


def test_req_request_data_select(service: Service, world: World) -> None:
    for address in (world["Things"], f"{world['Datastreams']}/Thing"):
        assert service.get(f"{address}?$select=name") == {"name": "Station"}
    one = service.get(f"{world['Things']}?$select=id,description")
    assert one == {"@iot.id": number(world["Things"]), "description": "on a pole"}
    (row,) = service.values(f"{world['Things']}/Datastreams?$select=name,unitOfMeasurement")
    assert row.keys() == {"name", "unitOfMeasurement"}
    one = service.get(f"{world['Things']}?$select=name&$expand=Datastreams($select=name)")
    assert one == {"name": "Station", "Datastreams": [{"name": "Temperature"}]}


def test_req_request_data_orderby(service: Service, world: World, three: list[str]) -> None:
    assert names(service, f"{ABC}&$orderby=name") == ["abc A", "abc B", "abc C"]
    assert names(service, f"{ABC}&$orderby=name asc") == ["abc A", "abc B", "abc C"]
    assert names(service, f"{ABC}&$orderby=name desc") == ["abc C", "abc B", "abc A"]
    assert names(service, f"{ABC}&$orderby=description,name desc") == ["abc C", "abc B", "abc A"]
    assert names(service, f"{ABC}&$orderby=properties/rank") == ["abc C", "abc B", "abc A"]
    assert results(service, world, "$orderby=phenomenonTime desc") == list(range(9, -1, -1))
    assert results(service, world, "$orderby=result desc") == list(range(9, -1, -1))


def test_req_request_data_orderby_over_links(service: Service, three: list[str]) -> None:
    for address, name in zip(three, "BAC", strict=True):
        service.make(f"{address}/Datastreams", datastream(f"stream of {name}"))
    rows = service.values(
        "/Datastreams?$filter=startswith(name,'stream of')&$orderby=Thing/name&$expand=Thing"
    )
    assert [one["Thing"]["name"] for one in rows] == ["abc A", "abc B", "abc C"]


def test_req_request_data_top(service: Service, world: World) -> None:
    for top in (1, 3, 10, 50):
        assert results(service, world, f"$top={top}&$orderby=result") == list(range(min(top, 10)))
    assert results(service, world, "$top=0") == []


def test_req_request_data_skip(service: Service, world: World) -> None:
    assert results(service, world, "$skip=7&$orderby=result") == [7, 8, 9]
    assert results(service, world, "$skip=10") == []
    assert results(service, world, "$skip=2&$top=3&$orderby=result") == [2, 3, 4]


def test_req_request_data_count(service: Service, world: World) -> None:
    address = f"{world['Datastreams']}/Observations"
    assert service.get(f"{address}?$count=true")["@iot.count"] == 10
    assert service.get(f"{address}?$count=true&$top=2&$skip=4")["@iot.count"] == 10
    assert service.get(f"{address}?$count=true&$filter=result ge 8")["@iot.count"] == 2
    assert service.get(f"{address}?$count=true&$filter=result gt 80")["@iot.count"] == 0
    for query in ("", "?$count=false"):
        assert "@iot.count" not in service.get(f"{address}{query}")


def test_req_request_data_filter(service: Service, world: World, three: list[str]) -> None:
    assert results(service, world, "$filter=result eq 4") == [4]
    assert names(service, f"{ABC} and properties/rank eq 3") == ["abc A"]
    assert names(service, f"{ABC} and name eq 'abc B'") == ["abc B"]
    here = number(world["Datastreams"])
    for path in (
        f"Datastreams/id eq {here}",
        "Datastreams/Observations/result eq 9 and Locations/name eq 'Market' and name eq 'Station'",
        "Datastreams/ObservedProperty/definition eq 'http://example.org/AirTemperature'"
        " and Locations/name eq 'Market' and name eq 'Station'",
    ):
        found = service.values(f"/Things?$filter={path}")
        assert [one["@iot.selfLink"] for one in found] == [world["Things"]], path


def test_req_request_data_filter_of_quotes_and_unicode(service: Service) -> None:
    made = service.make("/Things", thing("O'Brien's Straße ☂"))
    (one,) = service.values("/Things?$filter=name eq 'O''Brien''s Straße ☂'")
    assert one["@iot.selfLink"] == made


def test_req_request_data_pagination(service: Service, world: World) -> None:
    address = f"{world['Datastreams']}/Observations?$top=4&$orderby=result desc&$select=result"
    seen: list[Any] = []
    pages = 0
    while address:
        page = service.get(address)
        seen += [one["result"] for one in page["value"]]
        assert all(one.keys() == {"result"} for one in page["value"])
        address, pages = page.get("@iot.nextLink", ""), pages + 1
        assert address == "" or parse_qs(urlsplit(address).query)["$top"] == ["4"]
    assert (seen, pages) == (list(range(9, -1, -1)), 3)


def test_req_request_data_pagination_ends_with_the_last_page(
    service: Service, world: World
) -> None:
    for top in (10, 11):
        page = service.get(f"{world['Datastreams']}/Observations?$top={top}")
        assert "@iot.nextLink" not in page


def test_req_request_data_pagination_without_top(service: Service) -> None:
    made = service.make("/Things", thing("with much to tell", Locations=[location()]))
    stream = service.make(f"{made}/Datastreams", datastream("long"))
    for hour in range(130):
        service.make(f"{stream}/Observations", observation(hour, hour))
    page = service.get(f"{stream}/Observations")
    seen = [one["result"] for one in page["value"]]
    while link := page.get("@iot.nextLink"):
        page = service.get(link)
        seen += [one["result"] for one in page["value"]]
    assert seen == list(range(130))


@pytest.fixture(scope="module")
def rows(service: Service, world: World) -> None:
    """A second row with other values in every entity set."""
    made = service.make(
        "/Things",
        thing(
            "Another station",
            description="elsewhere",
            Locations=[{**location("Bridge", {"type": "Point", "coordinates": [7, 51]})}],
            Datastreams=[
                datastream(
                    "Humidity",
                    description="b",
                    Sensor=sensor("B"),
                    ObservedProperty={**observed("B"), "definition": "http://b.org"},
                )
            ],
        ),
    )
    (stream,) = service.values(f"{made}/Datastreams")
    body = observation(-3, -5, FeatureOfInterest={**feature("B"), "description": "b"})
    service.make(f"{stream['@iot.selfLink']}/Observations", body)


@pytest.mark.parametrize("name", MANDATORY)
def test_req_request_data_select_of_every_property(
    service: Service, world: World, name: str
) -> None:
    whole = service.get(world[name])
    for key in (*MANDATORY[name], *OPTIONAL[name]):
        assert service.get(f"{world[name]}?$select={key}") == {key: whole[key]}
        row = service.values(f"/{name}?$filter=id eq {whole['@iot.id']}&$select={key},id")
        assert row == [{"@iot.id": whole["@iot.id"], key: whole[key]}]
    for link in RELATIONS[name]:
        navigation = f"{link}@iot.navigationLink"
        assert service.get(f"{world[name]}?$select={link}") == {navigation: whole[navigation]}


@pytest.mark.parametrize("name", MANDATORY)
def test_req_request_data_orderby_every_property(service: Service, rows: None, name: str) -> None:
    for key, kind in MANDATORY[name].items():
        if kind not in (str, "time", object):
            continue
        for word in ("asc", "desc"):
            found = service.values(f"/{name}?$orderby={key} {word}&$top=1000")
            values = [one[key] for one in found if one[key] is not None]
            assert values == sorted(values, reverse=word == "desc"), (name, key)


OPERATORS: dict[str, Any] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}


@pytest.mark.parametrize("name", MANDATORY)
def test_req_request_data_filter_by_every_property(service: Service, rows: None, name: str) -> None:
    everything = service.values(f"/{name}?$top=1000")
    for key, kind in {**MANDATORY[name], "id": int}.items():
        if kind not in (str, "time", object, int):
            continue
        shown = "@iot.id" if key == "id" else key
        pivot = everything[len(everything) // 2][shown]
        literal = f"'{pivot}'" if isinstance(pivot, str) and kind != "time" else str(pivot)
        literal = literal.replace("+", "%2B")
        for word, fits in OPERATORS.items():
            query = f"/{name}?$top=1000&$filter={key} {word} {literal}"
            expected = [one["@iot.id"] for one in everything if fits(one[shown], pivot)]
            assert sorted(one["@iot.id"] for one in service.values(query)) == sorted(expected)


@pytest.mark.parametrize("name", RELATIONS)
def test_req_request_data_expand_of_every_link(service: Service, world: World, name: str) -> None:
    for link, how_many in RELATIONS[name].items():
        one = service.get(f"{world[name]}?$expand={link}")
        found = service.get(f"{world[name]}/{link}")
        assert one[link] == inner(found if how_many == "one" else found["value"])
        assert {f"{each}@iot.navigationLink" for each in RELATIONS[name]} <= one.keys()
        target = {**{k: k for k in RELATIONS}, **PLURAL}[link]
        for next_one in RELATIONS[target]:
            deep = service.get(f"{world[name]}?$expand={link}/{next_one}")[link]
            first = deep if how_many == "one" else deep[0]
            got = service.get(f"{first['@iot.selfLink']}/{next_one}")
            assert first[next_one] == inner(got.get("value", got))


# Table 22 of the standard.
OPERATIONS = [
    ("result eq 3", [3]),
    ("result ne 3", [0, 1, 2, 4, 5, 6, 7, 8, 9]),
    ("result gt 7", [8, 9]),
    ("result ge 7", [7, 8, 9]),
    ("result lt 2", [0, 1]),
    ("result le 2", [0, 1, 2]),
    ("3 eq result", [3]),
    ("7 lt result", [8, 9]),
    ("result gt 2 and result lt 5", [3, 4]),
    ("result lt 2 or result gt 8", [0, 1, 9]),
    ("not result gt 2", [0, 1, 2]),
    ("not (result gt 2 and result lt 9)", [0, 1, 2, 9]),
    ("result lt 1 or result gt 7 and result lt 9", [0, 8]),
    ("(result lt 1 or result gt 7) and result lt 9", [0, 8]),
    ("(result lt 1 or result gt 7) and result ge 8", [8, 9]),
    ("result add 5 eq 9", [4]),
    ("result sub 5 eq 1", [6]),
    ("result mul 2 gt 15", [8, 9]),
    ("result div 2 eq 4", [8]),
    ("result mod 4 eq 3", [3, 7]),
    ("result add 1 mul 2 eq 6", [4]),
    ("(result add 1) mul 2 eq 6", [2]),
    ("result sub 1 sub 1 eq 1", [3]),
    ("-1 mul result lt -8", [9]),
    ("result eq 3.0", [3]),
    ("phenomenonTime gt 2026-01-01T07:00:00Z", [8, 9]),
    ("phenomenonTime ge 2026-01-01T08:00:00+01:00", [7, 8, 9]),
    ("phenomenonTime eq 2026-01-01T02:00:00.000Z", [2]),
    ("phenomenonTime lt 2026-01-01T02:00:00Z", [0, 1]),
    ("resultTime le 2026-01-01T01:00:00Z", [0, 1]),
    ("resultTime eq null", []),
    ("parameters/tilt eq 30 and result lt 2", [0, 1]),
    ("parameters/tilt eq 31", []),
    ("Datastream/name eq 'Temperature' and result eq 1", [1]),
    ("Datastream/unitOfMeasurement/name eq 'degree Celsius' and result eq 1", [1]),
    ("Datastream/Thing/properties/nr eq 3 and result eq 1", [1]),
    ("FeatureOfInterest/name eq 'Air at the market'", [0]),
]


@pytest.mark.parametrize(("expression", "found"), OPERATIONS)
def test_req_request_data_built_in_filter_operations(
    service: Service, world: World, expression: str, found: list[int]
) -> None:
    query = f"$orderby=result&$filter={expression.replace('+', '%2B')}"
    assert results(service, world, query) == found


# Table 23 of the standard, on `Station` (`on a pole`) and its observations.
STRINGS = [
    ("substringof('tatio',name)", True),
    ("substringof('Tatio',name)", False),
    ("endswith(name,'tion')", True),
    ("endswith(name,'Stat')", False),
    ("startswith(name,'Stat')", True),
    ("startswith(name,'tion')", False),
    ("length(name) eq 7", True),
    ("indexof(name,'tion') eq 3", True),
    ("indexof(name,'x') eq -1", True),
    ("substring(name,3) eq 'tion'", True),
    ("substring(name,1,3) eq 'tat'", True),
    ("tolower(name) eq 'station'", True),
    ("toupper(name) eq 'STATION'", True),
    ("trim(concat('  ',concat(name,' '))) eq 'Station'", True),
    ("concat(concat(name,', '),description) eq 'Station, on a pole'", True),
]
DATES = [
    ("year(phenomenonTime) eq 2026", 10),
    ("month(phenomenonTime) eq 1", 10),
    ("day(phenomenonTime) eq 1", 10),
    ("hour(phenomenonTime) eq 7", 1),
    ("minute(phenomenonTime) eq 0", 10),
    ("second(phenomenonTime) eq 0", 10),
    ("fractionalseconds(phenomenonTime) eq 0", 10),
    ("date(phenomenonTime) eq 2026-01-01", 10),
    ("time(phenomenonTime) lt 02:00:00", 2),
    ("totaloffsetminutes(phenomenonTime) eq 0", 10),
    ("phenomenonTime lt now()", 10),
    ("phenomenonTime gt now()", 0),
    ("phenomenonTime gt mindatetime()", 10),
    ("phenomenonTime lt maxdatetime()", 10),
]
MATH = [
    ("round(result div 4.0) eq 2", [6, 7, 8, 9]),
    ("floor(result div 4.0) eq 1", [4, 5, 6, 7]),
    ("ceiling(result div 4.0) eq 1", [1, 2, 3, 4]),
]


@pytest.mark.parametrize(("expression", "true"), STRINGS)
def test_req_request_data_built_in_query_functions_of_strings(
    service: Service, world: World, expression: str, true: bool
) -> None:
    query = f"$filter=id eq {number(world['Things'])} and {expression}"
    assert bool(service.values(f"/Things?{query}")) is true


@pytest.mark.parametrize(("expression", "count"), DATES)
def test_req_request_data_built_in_query_functions_of_dates(
    service: Service, world: World, expression: str, count: int
) -> None:
    assert len(results(service, world, f"$filter={expression}")) == count


@pytest.mark.parametrize(("expression", "found"), MATH)
def test_req_request_data_built_in_query_functions_of_numbers(
    service: Service, world: World, expression: str, found: list[int]
) -> None:
    assert results(service, world, f"$orderby=result&$filter={expression}") == found


SQUARE = {
    "type": "Polygon",
    "coordinates": [[[10, 10], [20, 10], [20, 20], [10, 20], [10, 10]]],
}
LINE = {"type": "LineString", "coordinates": [[10, 5], [20, 5]]}
PLACES = {
    "inside": {"type": "Point", "coordinates": [15, 15]},
    "outside": {"type": "Point", "coordinates": [30, 30]},
    "corner": {"type": "Point", "coordinates": [10, 10]},
    "square": SQUARE,
    "line": LINE,
}
_POLYGON = "geography'POLYGON ((10 10, 20 10, 20 20, 10 20, 10 10))'"
_HALF = "geography'POLYGON ((15 5, 40 5, 40 40, 15 40, 15 5))'"
GEO = [
    ("geo.distance(location, geography'POINT (15 14)') le 1.0", {"inside", "square"}),
    ("geo.intersects(location, geography'POINT (15 15)')", {"inside", "square"}),
    (f"geo.intersects(location, {_POLYGON})", {"inside", "corner", "square"}),
    ("geo.length(location) eq 10", {"line"}),
    ("st_equals(location, geography'POINT (30 30)')", {"outside"}),
    (f"st_disjoint(location, {_POLYGON})", {"outside", "line"}),
    (f"st_touches(location, {_POLYGON})", {"corner"}),
    (f"st_within(location, {_POLYGON})", {"inside", "square"}),
    (f"st_overlaps(location, {_HALF})", {"square"}),
    ("st_crosses(location, geography'LINESTRING (15 0, 15 6)')", {"line"}),
    (f"st_intersects(location, {_POLYGON})", {"inside", "corner", "square"}),
    ("st_contains(location, geography'POINT (12 12)')", {"square"}),
    (f"st_relate(location, {_POLYGON}, 'T*F**F***')", {"inside", "square"}),
]


@pytest.fixture(scope="module")
def places(service: Service) -> None:
    for name, geometry in PLACES.items():
        service.make("/Locations", location(name, geometry))


@pytest.mark.parametrize(("expression", "found"), GEO)
def test_req_request_data_built_in_query_functions_of_geometry(
    service: Service, places: None, expression: str, found: set[str]
) -> None:
    query = f"/Locations?$filter=name ne 'Market' and name ne 'Bridge' and {expression}"
    assert {one["name"] for one in service.values(query)} == found


def test_req_request_data_built_in_query_functions_with_durations(
    service: Service, world: World
) -> None:
    for expression, found in (
        ("phenomenonTime sub duration'PT1H' ge 2026-01-01T07:00:00Z", [8, 9]),
        ("phenomenonTime add duration'P1D' lt 2026-01-02T02:00:00Z", [0, 1]),
        ("resultTime sub phenomenonTime eq duration'PT0S' and result lt 2", [0, 1]),
    ):
        assert results(service, world, f"$orderby=result&$filter={expression}") == found


def test_req_request_data_filter_reaches_every_entity_set(service: Service, world: World) -> None:
    for name, address in world.address.items():
        rows = service.values(f"/{name}?$filter=id eq {number(address)}")
        assert [one["@iot.selfLink"] for one in rows] == [address]
