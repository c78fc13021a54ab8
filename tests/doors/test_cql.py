"""CQL2 as text and as JSON: what is found is what Python and shapely find."""

import json
from datetime import date

import pytest
import shapely
from doors.conftest import ROWS, SHAPES, TREES, publish

from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.catalogue.doors.cql import filters
from stadtkern.kernel.catalogue.tables.read import Query, read

pytestmark = pytest.mark.django_db
TRIANGLE = "POLYGON((7.2 51.5, 7.206 51.5, 7.2 51.506, 7.2 51.5))"


def in_triangle(i: int) -> bool:
    return bool(SHAPES[i]) and shapely.intersects(shapely.from_wkt(TRIANGLE), SHAPES[i])


@pytest.fixture(scope="module")
def version(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        resource = publish("cql-trees", TREES, ROWS)
        yield resource.versions.select_related("resource__dataset").get()
        resource.dataset.delete()


def found(version, text, language="cql2-text") -> list[int]:
    fragment = filters.read(text, language, version)
    return [number - 1 for number in read(version, Query(extra=(fragment,), limit=1000)).numbers]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("kind = 'Eiche'", lambda i, r: r["kind"] == "Eiche"),
        ("kind <> 'Eiche'", lambda i, r: r["kind"] != "Eiche"),
        ("year >= 1950 AND year<1960", lambda i, r: 1950 <= r["year"] < 1960),
        # AND binds closer than OR, on either side.
        ("year = 1901 OR year = 1902 AND kind = 'Linde'", lambda i, r: r["year"] == 1901),
        ("kind = 'Linde' AND year = 1903 OR year = 1901", lambda i, r: r["year"] in (1901, 1903)),
        ("(year = 1901 or year = 1902) and kind = 'Eiche'", lambda i, r: r["year"] == 1901),
        ("NOT healthy = true", lambda i, r: not r["healthy"]),
        ("not (healthy) and year > 1990", lambda i, r: not r["healthy"] and r["year"] > 1990),
        ("healthy", lambda i, r: r["healthy"]),
        ("height IS NULL", lambda i, r: r["height"] is None),
        ("height is not null", lambda i, r: r["height"] is not None),
        ("height < 5", lambda i, r: r["height"] is not None and r["height"] < 5),
        ("NOT height < 5", lambda i, r: r["height"] is not None and r["height"] >= 5),
        ("kind LIKE '%n%e'", lambda i, r: r["kind"] == "Linde"),
        ("kind LIKE 'E_che'", lambda i, r: r["kind"] == "Eiche"),
        ("kind NOT LIKE 'L%'", lambda i, r: r["kind"] != "Linde"),
        ("CASEI(kind) = casei('EICHE')", lambda i, r: r["kind"] == "Eiche"),
        ("casei(kind) LIKE casei('LI%')", lambda i, r: r["kind"] == "Linde"),
        ("year BETWEEN 1910 AND 1912", lambda i, r: 1910 <= r["year"] <= 1912),
        ("year NOT BETWEEN 1901 AND 1999", lambda i, r: r["year"] == 1900),
        ("kind IN ('Linde','Ahorn')", lambda i, r: r["kind"] in ("Linde", "Ahorn")),
        ("year not in (1900, 1901)", lambda i, r: r["year"] > 1901),
        ("year + 1 = 1951", lambda i, r: r["year"] == 1950),
        ("(year - 1900) * 2 = 10", lambda i, r: r["year"] == 1905),
        ("height / 2 > 10", lambda i, r: (r["height"] or 0) > 20),
        ("height > -1", lambda i, r: r["height"] is not None),
        ("\"kind\" = 'Eiche'", lambda i, r: r["kind"] == "Eiche"),
        ("name = 'it''s'", lambda i, r: False),
        ("planted = DATE('1927-02-05')", lambda i, r: i == 1),
        ("planted < '1927-02-05'", lambda i, r: i == 0),
        ("seen >= TIMESTAMP('2026-03-05T12:00:00Z')", lambda i, r: i >= 96),
        ("T_AFTER(planted, DATE('2026-01-01'))", lambda i, r: r["planted"] > date(2026, 1, 1)),
        ("T_BEFORE(seen, TIMESTAMP('2026-03-01T13:00:00Z'))", lambda i, r: i == 0),
        ("T_DURING(planted, INTERVAL('1926-06-01','1930-01-01'))",
         lambda i, r: date(1926, 6, 1) < r["planted"] < date(1930, 1, 1)),
        ("T_INTERSECTS(planted, INTERVAL('..','1927-02-05'))", lambda i, r: i <= 1),
        ("T_DISJOINT(planted, INTERVAL('1927-02-05','..'))", lambda i, r: i == 0),
        ("T_EQUALS(seen, TIMESTAMP('2026-03-01T13:00:00Z'))", lambda i, r: i == 1),
        (f"S_INTERSECTS(place, {TRIANGLE})", lambda i, r: in_triangle(i)),
        (f"S_INTERSECTS({TRIANGLE}, place)", lambda i, r: in_triangle(i)),
        (f"NOT S_INTERSECTS(place, {TRIANGLE}) AND year < 1910",
         lambda i, r: not in_triangle(i) and i < 10 ),
        (f"S_DISJOINT(place, {TRIANGLE})", lambda i, r: SHAPES[i] and not in_triangle(i)),
        (f"S_WITHIN(place,{TRIANGLE})",
         lambda i, r: SHAPES[i] and shapely.within(SHAPES[i], shapely.from_wkt(TRIANGLE))),
        (f"S_CONTAINS({TRIANGLE}, place)",
         lambda i, r: SHAPES[i] and shapely.within(SHAPES[i], shapely.from_wkt(TRIANGLE))),
        (f"S_TOUCHES(place, {TRIANGLE})",
         lambda i, r: SHAPES[i] and shapely.touches(SHAPES[i], shapely.from_wkt(TRIANGLE))),
        ("S_EQUALS(geometry, POINT(7.203 51.5))", lambda i, r: i == 3),
        ("S_INTERSECTS(place, BBOX(7.1995,51.4995,7.2015,51.5005))", lambda i, r: i < 2),
        ("TRUE AND year = 1903", lambda i, r: i == 3),
    ],
)  # fmt: skip
def test_text(version, text, fits):
    assert found(version, text) == [i for i, row in enumerate(ROWS) if fits(i, row)]


@pytest.mark.parametrize(
    "node",
    [
        {"op": "and", "args": [{"op": "=", "args": [{"property": "kind"}, "Eiche"]},
                               {"op": ">", "args": [{"property": "year"}, 1980]}]},
        {"op": "not", "args": [{"op": "isNull", "args": [{"property": "height"}]}]},
        {"op": "in", "args": [{"property": "kind"}, ["Linde"]]},
        {"op": "between", "args": [{"property": "year"}, 1910, 1920]},
        {"op": "like", "args": [{"op": "casei", "args": [{"property": "kind"}]}, "l%"]},
        {"op": "t_after", "args": [{"property": "planted"}, {"date": "1980-01-01"}]},
        {"op": "t_during", "args": [{"property": "seen"},
                                    {"interval": ["2026-03-02T00:00:00Z", ".."]}]},
        {"op": "s_intersects", "args": [{"property": "place"}, {"type": "Polygon", "coordinates": [
            [[7.2, 51.5], [7.206, 51.5], [7.2, 51.506], [7.2, 51.5]]]}]},
        {"op": "s_intersects", "args": [{"property": "place"}, {"bbox": [7.2, 51.5, 7.203, 51.503]}]},
    ],
)  # fmt: skip
def test_json_and_text_find_the_same(version, node):
    text = {
        "and": "kind = 'Eiche' AND year > 1980",
        "not": "height IS NOT NULL",
        "in": "kind IN ('Linde')",
        "between": "year BETWEEN 1910 AND 1920",
        "like": "CASEI(kind) LIKE 'l%'",
        "t_after": "T_AFTER(planted, DATE('1980-01-01'))",
        "t_during": "T_DURING(seen, INTERVAL('2026-03-02T00:00:00Z', '..'))",
    }.get(node["op"])
    if text is None:
        box = "bbox" in node["args"][1]
        text = f"S_INTERSECTS(place, {'BBOX(7.2,51.5,7.203,51.503)' if box else TRIANGLE})"
    rows = found(version, json.dumps(node), "cql2-json")
    assert rows == found(version, text)
    assert 0 < len(rows) < 100


@pytest.mark.parametrize(
    "text",
    [
        "", "kind =", "kind = 'Eiche", "colour = 1", "kind = 3", "year = 'old'", "kind LIKE 3",
        "year = 1 2", "(year = 1", "planted > 'soon'", "healthy > place", "kind", "place = 'x'",
        "T_AFTER(kind, DATE('2026-01-01'))", "T_AFTER(planted, DATE('2026-13-01'))",
        "S_INTERSECTS(place, POINT(1))", "S_INTERSECTS(kind, POINT(1 1))",
        "S_INTERSECTS(place, place)", "pg_sleep(9) = 1", "year = 1; drop table x",
        "NOT " * 3000 + "healthy", "(" * 500 + "healthy" + ")" * 500, "-" * 500 + "1 = 1",
        "kind = 'a\x00b'",
        "S_INTERSECTS(place, POLYGON((0 0, 1e400 0, 1 1, 0 0)))",
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_reason(version, text):
    with pytest.raises(Refused) as problem:
        found(version, text)
    assert problem.value.field == "filter"
    assert problem.value.status == 400


@pytest.mark.parametrize(
    "text",
    ["[]", "3", "{}", '{"op": "and"}', '{"op": "=", "args": [1]}', '{"op": 3, "args": [1]}', "{",
     '{"op": "between", "args": [{"property": "year"}, 1]}', '{"op": "=", "args": [{}, 1]}',
     '{"op": "in", "args": [{"property": "year"}, 3]}', '{"op": "t_after", "args": [1, 2]}',
     '{"op": "s_within", "args": [{"property": "place"}, {"bbox": ["x"]}]}',
     '{"op": "not", "args": [' * 100 + "true" + "]}" * 100],
)  # fmt: skip
def test_json_that_makes_no_sense_is_refused(version, text):
    with pytest.raises(Refused):
        found(version, text, "cql2-json")
