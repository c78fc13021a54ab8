"""Spatial functions over stored geometries, and how many statements they take."""

import random
from typing import Any

import pytest
from psycopg import AsyncConnection
from shapely.geometry import (
    LineString,
    MultiLineString,
    MultiPoint,
    Point,
    box,
    mapping,
    shape,
)

from stadtkern.kernel.places.models import Place
from stadtkern.kernel.sensorthings.plan import candidates
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import (
    Datastream,
    FeatureOfInterest,
    ObservedProperty,
    Sensor,
    Thing,
)

from .conftest import Client
from .test_filter import START

pytestmark = pytest.mark.django_db(transaction=True)

SHAPES: dict[str, dict[str, Any]] = {
    "P51": {"type": "Point", "coordinates": [8, 51]},
    "P52": {"type": "Point", "coordinates": [8, 52, 70.5]},
    "P53": {"type": "Point", "coordinates": [8, 53]},
    "P54": {"type": "Point", "coordinates": [8, 54]},
    "triangle": {"type": "Polygon", "coordinates": [[[8, 53], [7, 52], [7, 53], [8, 53]]]},
    "up": {"type": "LineString", "coordinates": [[5, 52], [5, 53]]},
    "slope": {"type": "LineString", "coordinates": [[5, 52], [6, 53]]},
    "long": {"type": "LineString", "coordinates": [[4, 52], [8, 52]]},
}
SQUARE = "geography'POLYGON((7.5 51.5, 7.5 53.5, 8.5 53.5, 8.5 51.5, 7.5 51.5))'"
WEDGE = "geography'POLYGON((8 53, 7.5 54.5, 8.5 54.5, 8 53))'"
LINE = "geography'LINESTRING(7.5 51, 7.5 54)'"
POINTS = {"P51", "P52", "P53", "P54"}
LINES = {"up", "slope", "long"}


@pytest.fixture
def world(transactional_db: None) -> dict[str, Place]:
    """A place, a thing and a feature of each shape, and an observation of each feature."""
    sensor, observed = Sensor.objects.create(name="s"), ObservedProperty.objects.create(name="p")
    made = {}
    for name, geometry in SHAPES.items():
        made[name] = Place.objects.create(name=name, geometry=geometry)
        thing = Thing.objects.create(name=name, place=made[name])
        feature = FeatureOfInterest.objects.create(name=name, geometry=geometry)
        stream = Datastream.objects.create(
            name=name, thing=thing, sensor=sensor, observed_property=observed
        )
        store.write(
            [store.Observation(datastream=stream.pk, at=START, value=1, feature=feature.pk)]
        )
    Place.objects.create(name="told otherwise", described="Cranger Straße 1")
    Thing.objects.create(name="nowhere")
    return made


def names(reader: Client, address: str) -> set[str]:
    return {one["name"] for one in reader.get(address)["value"]}


AROUND = "geography'POLYGON((6.5 50.5, 7.5 50.5, 7.5 51.5, 6.5 51.5, 6.5 50.5))'"
CASES = [
    ("geo.distance({}, geography'POINT(8 54.1)') lt 1", {"P54"}),
    ("geo.distance({}, geography'POINT(8 54.1)') gt 1", set(SHAPES) - {"P54"}),
    ("geo.distance(geography'POINT(8 54.1)', {}) sub 0.1 le 0.000001", {"P54"}),
    ("geo.distance({}, geography'LINESTRING(8 50, 8 60)') eq 0", {*POINTS, "triangle", "long"}),
    ("not (geo.distance({}, geography'POINT(8 54.1)') gt 1)", {"P54"}),
    (f"geo.intersects({{}}, {LINE})", {"triangle", "long"}),
    (f"st_intersects({LINE}, {{}})", {"triangle", "long"}),
    (f"not st_intersects({LINE}, {{}})", set(SHAPES) - {"triangle", "long"}),
    ("geo.length({}) gt 1", {"slope", "long"}),
    ("geo.length({}) ge 1", LINES),
    ("geo.length({}) eq 1", {"up"}),
    ("geo.length({}) ne 1", set(SHAPES) - {"up"}),
    ("geo.length({}) eq 0", {*POINTS, "triangle"}),
    (f"st_contains({SQUARE}, {{}})", {"P52", "P53"}),
    (f"st_within({{}}, {SQUARE})", {"P52", "P53"}),
    ("st_within(geography'POINT(7.2 52.75)', {})", {"triangle"}),
    ("st_contains({}, geometry'SRID=4326;POINT(7.2 52.75)')", {"triangle"}),
    (f"st_crosses({LINE}, {{}})", {"triangle", "long"}),
    (f"st_disjoint({SQUARE}, {{}})", {"P51", "P54", "up", "slope"}),
    (f"not st_disjoint({SQUARE}, {{}})", set(SHAPES) - {"P51", "P54", "up", "slope"}),
    ("st_equals({}, geography'POINT(8 53)')", {"P53"}),
    ("st_equals({}, geography'LINESTRING(5 53, 5 52.5, 5 52)')", {"up"}),
    (f"st_overlaps({SQUARE}, {{}})", {"triangle"}),
    (f"st_relate({SQUARE}, {{}}, 'T********')", {"P52", "P53", "triangle", "long"}),
    (f"st_relate({{}}, {SQUARE}, 'FF*FF****')", {"P51", "P54", "up", "slope"}),
    (f"st_touches({WEDGE}, {{}})", {"P53", "triangle"}),
    ("st_intersects(geography'POINT(1 1)', geography'POINT(1 1)') and geo.length({}) eq 1", {"up"}),
]


def test_a_spatial_function_finds_what_lies_so(reader: Client, world: dict[str, Place]) -> None:
    for text, expected in CASES:
        here = f"location ne null and {text.format('location')}"
        assert names(reader, f"/Locations?$filter={here}") == expected, text
        there = text.format("feature")
        assert names(reader, f"/FeaturesOfInterest?$filter={there}") == expected, text


def test_the_parts_of_a_geometry_are_found_as_they_are_shown(api: Client) -> None:
    """As QGIS asks for the geometries of one type."""
    point = {"type": "Point", "coordinates": [7, 51]}
    line = {"type": "LineString", "coordinates": [[7, 51], [8, 52]]}
    feature = {"type": "Feature", "geometry": point, "properties": {}}
    common = {"description": "", "encodingType": "application/geo+json"}
    for name, form in (("point", point), ("line", line), ("feature", feature)):
        api.make("/Locations", {**common, "name": name, "location": form})
    either = "location/type eq '{0}' or location/geometry/type eq '{0}'"
    for text, expected in (
        (either.format("Point"), {"point", "feature"}),
        (either.format("LineString"), {"line"}),
        ("location/type eq 'Feature'", {"feature"}),
        ("location/coordinates[1] eq 51", {"point"}),
        (
            f"({either.format('Point')}) and geo.intersects(location, {AROUND})",
            {"point", "feature"},
        ),
    ):
        assert names(api, f"/Locations?$filter={text}") == expected, text
    (made,) = api.get("/Locations?$filter=name eq 'feature'")["value"]
    assert api.get(f"/Locations({made['@iot.id']})/location/type") == {"type": "Feature"}


def test_it_reaches_over_links_to_one_and_to_many(reader: Client, world: dict[str, Place]) -> None:
    within = f"st_within(Locations/location, {SQUARE})"
    assert names(reader, f"/Things?$filter={within}") == {"P52", "P53"}
    assert names(reader, f"/Things?$filter={within} and name ne 'P52'") == {"P53"}
    any_of = f"Locations/any(l:st_within(l/location, {SQUARE}))"
    assert names(reader, f"/Things?$filter={any_of}") == {"P52", "P53"}
    near = "geo.distance(FeatureOfInterest/feature, geography'POINT(8 54.1)') lt 1"
    (one,) = reader.get(f"/Observations?$filter={near}&$expand=FeatureOfInterest")["value"]
    assert one["FeatureOfInterest"]["name"] == "P54"
    far = "geo.distance(Thing/Locations/location, geography'POINT(8 54.1)') gt 1"
    assert names(reader, f"/Datastreams?$filter={far}") == set(SHAPES) - {"P54"}


def test_it_works_inside_an_expand(reader: Client, world: dict[str, Place]) -> None:
    inner = f"Locations($filter=st_within(location,{SQUARE});$count=true)"
    found = reader.get(f"/Things?$expand={inner.replace(';', '%3B')}")["value"]
    assert {one["name"] for one in found if one["Locations@iot.count"]} == {"P52", "P53"}
    assert {one["name"] for one in found if one["Locations"]} == {"P52", "P53"}
    counted = reader.get(f"/Locations?$filter=st_within(location,{SQUARE})&$count=true&$top=1")
    assert counted["@iot.count"] == 2


def test_datastreams_are_found_by_their_observed_area(
    reader: Client, world: dict[str, Place]
) -> None:
    for name, geometry in SHAPES.items():
        Datastream.objects.filter(name=name).update(area=geometry)
    found = names(reader, f"/Datastreams?$filter=st_contains({SQUARE}, observedArea)")
    assert found == {"P52", "P53"}
    found = names(reader, f"/Datastreams?$filter=geo.intersects(observedArea, {SQUARE})")
    assert found == {"P52", "P53", "triangle", "long"}
    nearest = "$orderby=geo.distance(observedArea, geography'POINT(5.5 53)')&$top=1"
    assert names(reader, f"/Datastreams?{nearest}") == {"slope"}
    of_many = f"/Things?$filter=st_contains({SQUARE}, Datastreams/observedArea)"
    assert names(reader, of_many) == {"P52", "P53"}


def test_the_nearest_come_first_page_by_page(reader: Client, world: dict[str, Place]) -> None:
    address = "/Locations?$select=name&$orderby=geo.distance(location, geography'POINT(8.1 53.9)')"
    by_distance = sorted(SHAPES, key=lambda name: shape(SHAPES[name]).distance(Point(8.1, 53.9)))
    found = [one["name"] for one in reader.all(f"{address}&$top=2")]
    assert sorted(found) == sorted([*SHAPES, "told otherwise"])
    assert [name for name in found if name in SHAPES] == by_distance
    back = [one["name"] for one in reader.all(f"{address} desc&$top=3")]
    assert back == found[::-1]


NONSENSE = [
    ("geo.distance(location, 'POINT(8 54)') lt 1", "geography"),
    ("geo.distance(location, location) lt 1", "constant"),
    ("geo.distance(location, geography'POINT(8') lt 1", "well-known"),
    ("geo.distance(location, geography'') lt 1", "well-known"),
    ("geo.distance(location, geography'POINT EMPTY') lt 1", "no finite"),
    ("geo.distance(location, geography'POINT(nan 1)') lt 1", "no finite"),
    ("geo.distance(location, geography'SRID=25832;POINT(1 1)') lt 1", "4326"),
    ("st_within(location, geography'POLYGON((0 0, 1 1, 0 1, 1 0, 0 0))')", "not valid"),
    ("st_within(location, geography'POLYGON((0 0, 1 1))')", "well-known"),
    ("st_within(location, geography'CIRCULARSTRING(0 0, 1 1, 2 0)')", "well-known"),
    ("st_within(location, geography'CURVEPOLYGON((0 0, 1 1, 2 0, 0 0))')", "well-known"),
    ("st_within(location, geography'POINT(1e400 1)')", "no finite"),
    ("st_within(location, geography'POINT(1 1) and more')", "well-known"),
    ("st_within(name, geography'POINT(8 54)')", "no geometry"),
    ("st_within(location/type, geography'POINT(8 54)')", "no geometry"),
    ("st_within(location)", "2 arguments"),
    ("st_relate(location, geography'POINT(8 54)', 'XYZ')", "pattern"),
    ("st_relate(location, geography'POINT(8 54)', name)", "pattern"),
    ("geo.length(location, location) gt 1", "1 arguments"),
    ("geo.length(name) gt 1", "no geometry"),
    ("location eq geography'POINT(8 54)'", "cannot be compared"),
    ("geography'POINT(8 54)'", "true or false"),
    ("location", "true or false"),
]


def test_what_is_no_such_geometry_is_refused_with_its_place(
    reader: Client,
) -> None:
    for text, word in NONSENSE:
        body = reader.get(f"/Locations?$filter={text}", 400)
        assert word in body["message"], body
        assert body["option"] == "$filter"
        assert text[body["position"] - 1 :].startswith(body["near"])


def test_the_number_of_statements_does_not_depend_on_the_rows(
    reader: Client, world: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Any] = []
    execute = AsyncConnection.execute

    async def counted(self: Any, query: Any, *rest: Any, **more: Any) -> Any:
        sent.append(query)
        return await execute(self, query, *rest, **more)

    monkeypatch.setattr(AsyncConnection, "execute", counted)
    text = f"st_within(location, {SQUARE}) or geo.length(location) gt 1"
    reader.get("/Locations?$filter=id eq 0")
    for size in (0, 40):
        Place.objects.bulk_create(
            [Place(name=str(n), geometry=SHAPES["triangle"]) for n in range(size)]
        )
        sent.clear()
        assert len(reader.get(f"/Locations?$filter={text}")["value"]) == 4
        assert len(sent) == 3


PATTERNS = ["T********", "FF*FF****", "T*F**F***", "****T****", "**T***T**", "F**T*****"]


def anything(chance: random.Random) -> Any:
    """A geometry on a small grid, so that many touch, cover and cross each other."""
    spots = [(chance.randrange(5), chance.randrange(5)) for _ in range(3)]
    kind = chance.choice(["point", "line", "box", "points", "lines"])
    if kind == "point":
        return Point(spots[0])
    if kind == "points":
        return MultiPoint(spots)
    if kind == "box":
        (x, y), (w, h) = spots[0], spots[1]
        return box(x, y, x + 1 + w / 2, y + 1 + h / 2)
    line = LineString(spots) if len(set(spots)) > 1 else LineString([(0, 0), (1, 3)])
    return line if kind == "line" else MultiLineString([line, [(0, 4), (4, 4)]])


def test_what_is_decided_in_advance_is_what_is_so_for_each(reader: Client, world: Any) -> None:
    """Boxes that are looked at first, turned arguments and points in SQL change nothing."""
    Place.objects.all().delete()
    chance = random.Random(3)
    stored = {}
    for _ in range(50):
        found = anything(chance)
        stored[Place.objects.create(name="x", geometry=mapping(found)).pk] = found
    relations = ["equals", "touches", "within", "overlaps", "crosses", "intersects", "contains"]
    for n in range(15):
        one = anything(chance)
        told = f"geography'{one.wkt}'"
        pattern = PATTERNS[n % len(PATTERNS)]
        expected = {
            f"geo.distance(location, {told}) lt 1.5": lambda g, o=one: g.distance(o) < 1.5,
            f"geo.distance({told}, location) ge 2": lambda g, o=one: g.distance(o) >= 2,
            f"st_disjoint(location, {told})": lambda g, o=one: g.disjoint(o),
            f"st_relate(location, {told}, '{pattern}')": (
                lambda g, o=one, p=pattern: g.relate_pattern(o, p)
            ),
            f"st_relate({told}, location, '{pattern}')": (
                lambda g, o=one, p=pattern: o.relate_pattern(g, p)
            ),
        }
        for name in relations:
            expected[f"st_{name}(location, {told})"] = lambda g, o=one, n=name: getattr(g, n)(o)
            expected[f"st_{name}({told}, location)"] = lambda g, o=one, n=name: getattr(o, n)(g)
        for text, rule in expected.items():
            page = reader.get(f"/Locations?$select=id&$filter={text}")["value"]
            assert {row["@iot.id"] for row in page} == {n for n, g in stored.items() if rule(g)}, (
                text
            )


def test_too_many_candidates_are_refused_with_a_reason(
    reader: Client, world: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "MOST", 2)
    monkeypatch.setattr("stadtkern.kernel.sensorthings.plan.spatial.MOST", 2)
    text = f"st_within(location, {SQUARE})"
    assert "smaller area" in reader.get(f"/Locations?$filter={text}", 400)["message"]
    tiny = "geography'POLYGON((7.9 53.9, 8.1 53.9, 8.1 54.1, 7.9 54.1, 7.9 53.9))'"
    assert names(reader, f"/Locations?$filter=st_within(location, {tiny})") == {"P54"}


def test_a_stored_geometry_that_crosses_itself_does_no_harm(
    reader: Client, world: dict[str, Place]
) -> None:
    bow = {"type": "Polygon", "coordinates": [[[8, 51], [9, 52], [9, 51], [8, 52], [8, 51]]]}
    Place.objects.create(name="bow", geometry=bow)
    found = names(reader, f"/Locations?$filter=st_within(location, {SQUARE})")
    assert found == {"P52", "P53"}
    low = "geography'POLYGON((7 50, 10 50, 10 53, 7 53, 7 50))'"
    assert "bow" in names(reader, f"/Locations?$filter=st_within(location, {low})")


def test_what_lies_so_is_deleted_and_nothing_else(api: Client, world: dict[str, Place]) -> None:
    text = f"st_within(Locations/location, {SQUARE})"
    assert api.ask("DELETE", f"/Things?$filter={text}").status == 200
    left = set(Thing.objects.values_list("name", flat=True))
    assert left == {*SHAPES, "nowhere"} - {"P52", "P53"}
