"""OGC API Features, by the identifiers of the standard's abstract tests, and with foreign clients.

Tested against the abstract tests of OGC 17-069r4 (Part 1), 18-058r1 (Part 2) and 19-079r2 (Part 3);
that is no certificate.
"""

import json
import re
from datetime import date

import pyproj
import pytest
import shapely
from doors.conftest import ROWS, SHAPES, body
from openapi_spec_validator import validate

from stadtkern.kernel.places.models import Area

API = "/api/features"
TREES = f"{API}/collections/trees-all"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0"
GEOJSON = "application/geo+json"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


def links(told: dict) -> dict[str, dict]:
    return {one["rel"]: one for one in told["links"]}


def names(told: dict) -> list[int]:
    return [feature["id"] - 1 for feature in told["features"]]


def test_ats_core_landing_page(catalogue, get):
    """/conf/core/root-op, /conf/core/root-success"""
    for path in (API, f"{API}/"):
        found = links(get(path))
        assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= set(
            found
        )
        assert found["service-desc"]["type"] == "application/vnd.oai.openapi+json;version=3.0"


def test_ats_core_api_definition(catalogue, get, client):
    """/conf/core/api-definition-op, /conf/core/api-definition-success, /conf/oas30"""
    found = links(get(API))["service-desc"]
    answer = client.get(found["href"])
    assert answer["Content-Type"] == found["type"]
    validate(answer.json())


def test_ats_core_conformance(catalogue, get):
    """/conf/core/conformance-op, /conf/core/conformance-success"""
    told = get(f"{API}/conformance")["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in told
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in told
    assert "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text" in told


def test_ats_core_collections(catalogue, get, client):
    """/conf/core/fc-md-op, /conf/core/fc-md-success, /conf/core/sfc-md-op"""
    told = get(f"{API}/collections")
    assert [one["id"] for one in told["collections"]] == ["parks-all", "trees-all"]
    for one in told["collections"]:
        ((west, south, east, north),) = one["extent"]["spatial"]["bbox"]
        assert west < east
        assert south < north
        alone = get(f"{API}/collections/{one['id']}")
        assert {key: alone[key] for key in ("id", "title", "extent", "crs")} == {
            key: one[key] for key in ("id", "title", "extent", "crs")
        }
        for link in (*one["links"], *alone["links"]):
            if link["href"].startswith("http://testserver/api"):
                assert client.get(link["href"]).status_code == 200, link
    trees = told["collections"][1]
    assert trees["extent"]["temporal"]["interval"] == [
        ["2026-03-01T12:00:00Z", "2026-03-05T15:00:00Z"]
    ]
    get(f"{API}/collections/draft-all", status=404)
    get(f"{API}/collections/counts-all/items", status=404)


def test_ats_core_items(catalogue, get, client):
    """/conf/core/fc-op, /conf/core/fc-response, /conf/geojson/content"""
    answer = client.get(f"{TREES}/items", {"limit": 100})
    told = answer.json()
    assert answer["Content-Type"] == GEOJSON
    assert answer["Content-Crs"] == f"<{CRS84}>"
    assert (told["type"], told["numberMatched"], told["numberReturned"]) == (
        "FeatureCollection",
        100,
        100,
    )
    assert told["features"][3]["geometry"] == ROWS[3]["place"]
    assert told["features"][9]["geometry"] is None
    assert told["features"][3]["properties"]["planted"] == ROWS[3]["planted"].isoformat()
    assert "place" not in told["features"][3]["properties"]
    assert {"self", "alternate", "collection"} == set(links(told))
    assert told["timeStamp"].endswith("Z")


def test_ats_core_limit(catalogue, get):
    """/conf/core/fc-limit-definition, /conf/core/fc-limit-response"""
    assert get(f"{TREES}/items", {"limit": 7})["numberReturned"] == 7
    assert get(f"{TREES}/items", {"limit": 1000000})["numberReturned"] == 100
    for wrong in ("0", "-1", "many", "1.5", ""):
        get(f"{TREES}/items", {"limit": wrong}, status=400)


@pytest.mark.parametrize("query", ["", "&sortby=-height", "&kind=Linde", "&sortby=kind,-year"])
def test_links_to_the_next_page_visit_everything_once(catalogue, get, query):
    """/conf/core/fc-links, rec/core/fc-next-*"""
    path, seen = f"{TREES}/items?limit=9{query}", []
    for _ in range(20):
        told = get(path)
        assert told["numberReturned"] == len(told["features"]) > 0
        seen += names(told)
        if "next" not in links(told):
            break
        path = links(told)["next"]["href"].replace("http://testserver", "")
    expected = [
        i
        for i, row in enumerate(ROWS)
        if "kind" not in query.split("=")[0] or row["kind"] == "Linde"
    ]
    assert sorted(seen) == expected


@pytest.mark.parametrize(
    "box", [(7.2, 51.5, 7.203, 51.502), (7.2015, 51.49, 7.3, 51.6), (8, 52, 9, 53)]
)
def test_ats_core_bbox(catalogue, get, box):
    """/conf/core/fc-bbox-definition, /conf/core/fc-bbox-response"""
    area = shapely.box(*box)
    expected = [i for i, shape in enumerate(SHAPES) if shape and shapely.intersects(area, shape)]
    text = ",".join(map(str, box))
    assert names(get(f"{TREES}/items", {"bbox": text, "limit": 100})) == expected
    with_heights = f"{box[0]},{box[1]},0,{box[2]},{box[3]},9"
    assert names(get(f"{TREES}/items", {"bbox": with_heights, "limit": 100})) == expected


def test_a_box_is_decided_by_the_shape_and_not_by_its_box(catalogue, get):
    parks = f"{API}/collections/parks-all/items"
    corner = get(parks, {"bbox": "7.38,51.58,7.4,51.6"})
    assert corner["numberMatched"] == 0  # in the triangle's box, not in the triangle
    assert get(parks, {"bbox": "7.3,51.5,7.31,51.51"})["numberMatched"] == 1
    assert get(parks, {"bbox": "7,51,8,52"})["numberMatched"] == 2
    ring = get(parks)["features"][0]["geometry"]["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw


@pytest.mark.parametrize(
    "wrong", ["1,2,3", "a,b,c,d", "7,52,8,51", "1,2,3,4,5", "", "nan,1,2,3", "0,0,999,1"]
)
def test_a_wrong_box_is_refused(catalogue, get, wrong):
    assert get(f"{TREES}/items", {"bbox": wrong}, status=400)["errors"][0]["field"] == "bbox"


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ("2026-03-01T13:00:00Z", lambda i: i == 1),
        ("2026-03-01T13:00:00Z/2026-03-01T15:00:00Z", lambda i: 1 <= i <= 3),
        ("../2026-03-01T14:00:00Z", lambda i: i <= 2),
        ("/2026-03-01T14:00:00Z", lambda i: i <= 2),
        ("2026-03-05T14:00:00Z/..", lambda i: i >= 98),
        # A day of the city ends at 23:00 UTC.
        ("2026-03-01", lambda i: i <= 10),
        ("2026-03-05/..", lambda i: i >= 83),
    ],
)
def test_ats_core_datetime(catalogue, get, when, fits):
    """/conf/core/fc-time-definition, /conf/core/fc-time-response"""
    found = names(get(f"{TREES}/items", {"datetime": when, "limit": 100}))
    assert found == [i for i in range(100) if fits(i)]


@pytest.mark.parametrize(
    "wrong", ["", "..", "../..", "/", "yesterday", "2026-03-02/2026-03-01", "a/b/c"]
)
def test_a_wrong_time_is_refused(catalogue, get, wrong):
    assert (
        get(f"{TREES}/items", {"datetime": wrong}, status=400)["errors"][0]["field"] == "datetime"
    )


def test_ats_core_query_parameters(catalogue, get):
    """/conf/core/query-param-unknown, /conf/core/query-param-invalid, rec/core/fc-filters"""
    for path in (
        API,
        f"{API}/conformance",
        f"{API}/collections",
        TREES,
        f"{TREES}/items",
        f"{TREES}/items/1",
    ):
        told = get(path, {"unknown": "1"}, status=400)
        assert told["code"] == "InvalidParameterValue"
        get(path, {"f": "xml"}, status=400)
    found = names(get(f"{TREES}/items", {"kind": "Eiche", "healthy": "true", "limit": 100}))
    assert found == [i for i, row in enumerate(ROWS) if row["kind"] == "Eiche" and row["healthy"]]
    get(f"{TREES}/items", {"year": "old"}, status=400)


def test_ats_core_feature(catalogue, get, client):
    """/conf/core/f-op, /conf/core/f-success"""
    told = get(f"{TREES}/items/4")
    assert (told["type"], told["id"], told["geometry"]) == ("Feature", 4, ROWS[3]["place"])
    assert {"self", "alternate", "collection"} == set(links(told))
    for missing in ("101", "0", "x", "-1", "99999999999999999999999"):
        get(f"{TREES}/items/{missing}", status=404)


def test_ats_crs_of_answers(catalogue, client):
    """Part 2: /conf/crs/crs-uri, /conf/crs/fc-crs-*, /conf/crs/ogc-crs-header"""
    for code in (4326, 25832, 3857):
        answer = client.get(f"{TREES}/items", {"crs": f"{EPSG}/{code}", "limit": 5})
        assert answer["Content-Crs"] == f"<{EPSG}/{code}>"
        # Without always_xy PROJ keeps the order of the authority, as the standard wants.
        change = pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{code}")
        for feature, row in zip(answer.json()["features"], ROWS, strict=False):
            expected = change.transform(*row["place"]["coordinates"])
            assert feature["geometry"]["coordinates"] == pytest.approx(expected, abs=1e-3)
        one = client.get(f"{TREES}/items/4", {"crs": f"{EPSG}/{code}"})
        assert one["Content-Crs"] == f"<{EPSG}/{code}>"
    assert client.get(f"{TREES}/items", {"crs": f"{EPSG}/31467"}).status_code == 400
    assert client.get(f"{TREES}/items", {"bbox-crs": "x"}).status_code == 400


def test_ats_crs_of_boxes(catalogue, get):
    """Part 2: /conf/crs/bbox-crs-*"""
    box = (7.2015, 51.4995, 7.2045, 51.5025)
    expected = names(get(f"{TREES}/items", {"bbox": ",".join(map(str, box)), "limit": 100}))
    assert len(expected) == 9
    turned = (box[1], box[0], box[3], box[2])
    query = {"bbox": ",".join(map(str, turned)), "bbox-crs": f"{EPSG}/4326", "limit": 100}
    assert names(get(f"{TREES}/items", query)) == expected
    for code in (25832, 3857):
        change = pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{code}", always_xy=True)
        west, south = change.transform(*box[:2])
        east, north = change.transform(*box[2:])
        query = {
            "bbox": f"{west},{south},{east},{north}",
            "bbox-crs": f"{EPSG}/{code}",
            "limit": 100,
        }
        assert names(get(f"{TREES}/items", query)) == expected


def test_ats_crs_is_told_by_collections(catalogue, get):
    """Part 2: /conf/crs/crs-uri, /conf/crs/storageCrs-valid-value"""
    told = get(TREES)
    assert told["storageCrs"] == CRS84
    assert told["crs"] == [CRS84, f"{EPSG}/4326", f"{EPSG}/25832", f"{EPSG}/3857"]


def test_ats_filter(catalogue, get):
    """Part 3: /conf/filter/filter-param, filter-lang-param, filter-crs-wgs84, filter-crs-param"""
    text = "kind = 'Eiche' AND T_AFTER(planted, DATE('1990-01-01')) OR S_INTERSECTS(place, POINT(7.203 51.5))"
    expected = [
        i for i, row in enumerate(ROWS)
        if (row["kind"] == "Eiche" and row["planted"] > date(1990, 1, 1)) or i == 3
    ]  # fmt: skip
    assert names(get(f"{TREES}/items", {"filter": text, "limit": 100})) == expected
    node = {"op": "=", "args": [{"property": "kind"}, "Eiche"]}
    query = {"filter": json.dumps(node), "filter-lang": "cql2-json", "limit": 100}
    assert names(get(f"{TREES}/items", query)) == [i for i in range(100) if i % 3 == 1]
    x, y = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:25832").transform(7.203, 51.5)
    near = f"S_INTERSECTS(place, POLYGON(({x - 9} {y - 9},{x + 9} {y - 9},{x + 9} {y + 9},{x - 9} {y + 9},{x - 9} {y - 9})))"
    assert names(get(f"{TREES}/items", {"filter": near, "filter-crs": f"{EPSG}/25832"})) == [3]
    for wrong in ({"filter": "colour = 1"}, {"filter": "((", "filter-lang": "cql2-text"},
                  {"filter": "true", "filter-lang": "sql"}, {"filter": "true", "filter-crs": "x"}):  # fmt: skip
        get(f"{TREES}/items", wrong, status=400)


def test_ats_queryables(catalogue, client):
    """Part 3: /conf/queryables/get-queryables, /conf/queryables/get-queryables-response"""
    answer = client.get(f"{TREES}/queryables")
    assert answer["Content-Type"] == "application/schema+json"
    told = answer.json()
    assert told["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert told["type"] == "object"
    assert (
        told["properties"]["height"] | {"title": "Höhe", "type": "number"}
        == told["properties"]["height"]
    )
    assert told["properties"]["place"]["x-ogc-role"] == "primary-geometry"
    assert told["properties"]["seen"]["format"] == "date-time"
    assert "place" not in client.get(f"{TREES}/sortables").json()["properties"]


def test_order_and_choice_of_properties(catalogue, get):
    told = get(f"{TREES}/items", {"sortby": "-year", "properties": "year", "limit": 3})
    assert [one["properties"] for one in told["features"]] == [
        {"year": 1999},
        {"year": 1998},
        {"year": 1997},
    ]
    assert (
        get(f"{TREES}/items", {"sortby": "+year", "limit": 1})["features"][0]["properties"]["year"]
        == 1900
    )
    get(f"{TREES}/items", {"sortby": "place"}, status=400)
    get(f"{TREES}/items", {"properties": "colour"}, status=400)


@pytest.mark.parametrize("path", ["", "/conformance", "/collections", "/collections/parks-all",
                                  "/collections/trees-all/items", "/collections/parks-all/items/1"])  # fmt: skip
def test_ats_html(catalogue, client, path):
    """/conf/html/definition, /conf/html/content"""
    by_header = client.get(f"{API}{path}", headers={"Accept": "text/html,*/*;q=0.8"})
    by_name = client.get(f"{API}{path}", {"f": "html"})
    for answer in (by_header, by_name):
        assert answer["Content-Type"].startswith("text/html")
        page = body(answer).decode()
        assert "<h1>" in page
        assert "<main" in page
    if "parks" in path and "items" in path:
        assert "Grünflächen" in page
        assert "erfunden" in page or "Beispieldaten" in page


def test_unchanged_answers_are_not_sent_again(catalogue, client):
    first = client.get(f"{TREES}/items")
    known = {"If-None-Match": first["ETag"]}
    assert client.get(f"{TREES}/items", headers=known).status_code == 304
    assert client.get(f"{TREES}/items", {"limit": 3}, headers=known).status_code == 200
    html = {**known, "Accept": "text/html"}
    assert client.get(f"{TREES}/items", headers=html).status_code == 200


def test_a_page_of_features_costs_few_statements(catalogue, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(f"{TREES}/items", {"bbox": "7,51,8,52", "sortby": "year"})
    with django_assert_max_num_queries(2):
        client.get(f"{API}/collections")


def test_the_drawing_of_a_page_shows_the_city_with_its_credit(client):
    ring = [[7.1, 51.4], [7.5, 51.4], [7.5, 51.7], [7.1, 51.7], [7.1, 51.4]]
    Area.objects.create(
        kind="city", key="1", name="Stadt", source="Landesamt", licence="dl-de/by-2-0",
        geometry={"type": "Polygon", "coordinates": [ring]},
    )  # fmt: skip
    page = client.get(f"{TREES}/items", {"f": "html", "limit": 5}).content.decode()
    assert page.count("<circle") == 5
    assert "Landesamt (dl-de/by-2-0)" in page


@pytest.mark.parametrize("path", ["", "/conformance", "/collections", "/collections/trees-all",
                                  "/collections/trees-all/items", "/collections/trees-all/items/1"])  # fmt: skip
def test_a_page_speaks_english_too_and_its_links_stay_english(catalogue, client, path):
    german = client.get(f"{API}{path}", {"f": "html"}).content.decode()
    english = client.get(f"{API}{path}", {"f": "html", "lang": "en"}).content.decode()
    assert '<html lang="de"' in german
    assert '<html lang="en"' in english
    assert f'hreflang="en" href="{API}{path}?f=html&amp;lang=en"' in german
    assert f'hreflang="de" href="{API}{path}?f=html&amp;lang=de"' in english
    main = english.split("<main")[1].split("</main>")[0]
    assert all("lang=en" in link for link in re.findall(r'href="([^"]*f=html[^"]*)"', main))
    assert "/data/datasets/trees/" not in main or "/en/data/datasets/trees/" in main
    assert client.get(f"{API}{path}", {"lang": "fr"}).status_code == 400
