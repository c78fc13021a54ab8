"""The tabular API: filters, order, pages, words, figures, and clear refusals."""

import csv
import io
import json

import pytest
from doors.conftest import ROWS, body
from openapi_spec_validator import validate

TREES = "/api/tables/trees/all"
COUNTS = "/api/tables/counts/all"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.mark.parametrize("end", ["", "/"])
def test_rows_are_found_with_and_without_a_slash(get, end):
    told = get(TREES + end)
    assert told["total"] == 100
    assert len(told["rows"]) == 100
    assert told["rows"][1]["seen"] == "2026-03-01T13:00:00Z"
    assert told["source"]["licence"].endswith("dl-zero-de/2.0")
    assert "next" not in told


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"kind": "Eiche"}, lambda row: row["kind"] == "Eiche"),
        ({"kind__in": "Eiche,Ahorn"}, lambda row: row["kind"] in ("Eiche", "Ahorn")),
        ({"year__gte": "1950", "year__lt": "1960"}, lambda row: 1950 <= row["year"] < 1960),
        ({"height__null": "true"}, lambda row: row["height"] is None),
        ({"healthy": "false"}, lambda row: not row["healthy"]),
        ({"planted__lte": "1930-01-01"}, lambda row: row["planted"].isoformat() <= "1930-01-01"),
        ({"seen__lt": "2026-03-01T15:00:00+02:00"}, lambda row: row["year"] == 1900),
        ({"name__contains": "straSSe"}, lambda row: False),
        ({"name__contains": "straße"}, lambda row: "Straße" in row["name"]),
        ({"kind__ne": "Eiche"}, lambda row: row["kind"] != "Eiche"),
        ({"bbox": "7.1995,51.4995,7.2025,51.5015"},
         lambda row: row["place"] and row["place"]["coordinates"][0] < 7.2025
         and row["place"]["coordinates"][1] < 51.5015),
    ],
)  # fmt: skip
def test_filters_keep_what_fits(get, query, fits):
    years = [row["year"] for row in get(TREES, {**query, "fields": "year"})["rows"]]
    assert years == [row["year"] for row in ROWS if fits(row)]


def test_a_column_with_a_name_of_ours_is_filtered_too(get):
    assert [row["district"] for row in get(COUNTS, {"limit__eq": "2"})["rows"]] == ["Eickel"]


def test_pages_go_on_to_the_end(get):
    for query in (
        {},
        {"sort": "-height"},
        {"sort": "kind,-year"},
        {"kind": "Linde", "sort": "year"},
    ):
        told = get(TREES, {**query, "limit": "9", "fields": "year"})
        years = [row["year"] for row in told["rows"]]
        for _ in range(20):
            if "next" not in told:
                break
            told = get(told["next"].replace("http://testserver", ""))
            years += [row["year"] for row in told["rows"]]
        assert len(years) == len(set(years)) == (34 if "kind" in query else 100)


def test_words(get):
    assert get(TREES, {"q": "eichen"})["total"] == 33


def test_figures_of_groups(get):
    told = get(TREES, {"group_by": "kind", "count": "*", "max": "year", "sort": "-max_year"})
    assert told["rows"][0] == {"kind": "Linde", "count": 34, "max_year": 1999}
    by_year = get(TREES, {"group_by": "planted.year"})
    assert by_year["rows"][0] == {"planted_year": "1926", "count": 1}
    assert get(TREES, {"avg": "height", "healthy": "true"})["rows"][0]["avg_height"] > 0


def test_csv_has_all_rows_that_fit(client, get):
    answer = client.get(TREES, {"format": "csv", "kind": "Eiche", "sort": "-year"})
    rows = list(csv.DictReader(io.StringIO(body(answer).decode(), newline="")))
    assert [int(row["year"]) for row in rows] == sorted(
        (row["year"] for row in ROWS if row["kind"] == "Eiche"), reverse=True
    )
    assert answer["Content-Type"].startswith("text/csv")
    asked = client.get(TREES, {"limit": "3"}, headers={"Accept": "text/csv"})
    assert len(body(asked).decode().splitlines()) == 1 + 3 + 2  # two names have two lines
    figures = client.get(TREES, {"group_by": "kind", "format": "csv"})
    assert body(figures).startswith(b"kind,count\r\n")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"year": "old"}, "year"),
        ({"year__near": "3"}, "year__near"),
        ({"year": "99999999999999999999"}, "year"),
        ({"height": "nan"}, "height"),
        ({"planted": "2026-02-30"}, "planted"),
        ({"sort": "place"}, "sort"),
        ({"sort": "'; drop table x"}, "sort"),
        ({"fields": "name,nothing"}, "fields"),
        ({"limit": "0"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"offset": "-1"}, "offset"),
        ({"offset": "9999999"}, "offset"),
        ({"next": "!!"}, "next"),
        ({"next": "WyJ4Iiwid3JvbmciXQ"}, "next"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"format": "xml"}, "format"),
        ({"group_by": "kind.year"}, "group_by"),
        ({"sum": "name"}, "sum"),
        ({"name": "a\x00b"}, "name"),
        ({"version": "x"}, "version"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_field_and_reason(get, query, field):
    (problem,) = get(TREES, query, status=400)["errors"]
    assert problem["field"] == field
    assert problem["reason"]


def test_what_is_not_published_is_not_there(get, client):
    get("/api/tables/draft/all", status=404)
    get("/api/tables/draft/all/schema", status=404)
    assert [one["id"] for one in get("/api/tables/")["tables"]] == [
        "counts/all", "parks/all", "trees/all"
    ]  # fmt: skip
    assert get("/api/tables", {"q": "grünflächen"})["total"] == 1
    posted = client.post(TREES)
    assert (posted.status_code, posted["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_the_schema_says_what_is_known(get):
    told = get(f"{TREES}/schema/")
    height = next(one for one in told["columns"] if one["name"] == "height")
    assert height == {
        "name": "height", "kind": "number", "title": "Höhe", "unit": "m",
        "empty": 15, "distinct": 85, "min": 0.25, "max": 24.75,
    }  # fmt: skip
    assert {one["format"] for one in told["doors"]} >= {"CSV", "GPKG", "MVT"}


def test_other_origins_may_ask(client):
    answer = client.options(TREES, headers={"Origin": "https://example.org"})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, "*")
    assert "GET" in answer["Access-Control-Allow-Methods"]
    assert client.get(TREES, {"x": "1"})["Access-Control-Allow-Origin"] == "*"


def test_the_description_is_valid_openapi(client):
    validate(json.loads(client.get("/api/tables/openapi.json").content))


def test_a_question_costs_few_statements(client, django_assert_max_num_queries):
    # The table, the limit on time (with its savepoint), the count, the rows.
    with django_assert_max_num_queries(7):
        client.get(TREES, {"kind": "Eiche", "sort": "-year"})
    with django_assert_max_num_queries(2):
        client.get("/api/tables")
