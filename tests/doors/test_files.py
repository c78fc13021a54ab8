"""Files to take along are what the programs for them read again."""

import csv
import io
import json

import openpyxl
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from django.test import Client
from doors.conftest import ROWS, TREES, body

from stadtkern.kernel.catalogue.doors.files import kept
from stadtkern.kernel.catalogue.models import Dataset, Resource, StoredFile
from stadtkern.kernel.catalogue.tables.write import write

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def take(client: Client):
    def taken(path: str, status: int = 200, **query) -> bytes:
        answer = client.get(f"/data/files/{path}", query)
        assert answer.status_code == status, body(answer)[:300]
        return body(answer)

    return taken


def test_csv_has_every_value_with_wkt_and_coordinates(take):
    text = take("trees/all.csv").decode("utf-8")
    assert text.startswith("name,kind,height,year,planted,seen,healthy,place,lon,lat\r\n")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 100
    assert rows[0]["name"] == ROWS[0]["name"]
    assert rows[1] == {
        "name": ROWS[1]["name"], "kind": "Eiche", "height": "0.25", "year": "1901",
        "planted": "1927-02-05", "seen": "2026-03-01T13:00:00Z", "healthy": "true",
        "place": "POINT (7.201 51.5)", "lon": "7.201", "lat": "51.5",
    }  # fmt: skip
    assert (rows[9]["place"], rows[9]["lon"], rows[7]["height"]) == ("", "", "")


def test_json_and_lines_of_json_are_the_same_rows(take):
    rows = json.loads(take("trees/all.json"))
    assert rows == [json.loads(line) for line in take("trees/all.ndjson").splitlines()]
    assert rows[5]["place"] == ROWS[5]["place"]
    assert rows[5]["healthy"] is True
    assert json.loads(take("counts/all.json"))[3] == {"district": None, "people": None, "limit": 4}


def test_geojson_is_read_by_gdal_and_turns_its_rings_right(take, tmp_path):
    path = tmp_path / "parks.geojson"
    path.write_bytes(take("parks/all.geojson"))
    told = json.loads(path.read_bytes())
    for feature in told["features"]:
        ring = shapely.LinearRing(feature["geometry"]["coordinates"][0])
        assert ring.is_ccw
    frame = pyogrio.raw.read(path)
    assert list(frame[3][0]) == ["Stadtgarten", "Dreieck"]


def test_geopackage_is_read_by_gdal(take, tmp_path):
    path = tmp_path / "trees.gpkg"
    path.write_bytes(take("trees/all.gpkg"))
    frame = pyogrio.read_dataframe(path, use_arrow=False) if _geopandas() else None
    meta, _, geometry, fields = pyogrio.raw.read(path)
    assert (meta["crs"], meta["geometry_type"]) == ("EPSG:4326", "Point")
    columns = dict(zip(meta["fields"], fields, strict=True))
    assert list(columns["name"]) == [row["name"] for row in ROWS]
    assert list(columns["year"]) == [row["year"] for row in ROWS]
    assert str(columns["planted"][1])[:10] == "1927-02-05"
    assert columns["height"][7] != columns["height"][7]  # not a number: an empty cell
    assert shapely.from_wkb(geometry[3]) == shapely.Point(7.203, 51.5)
    assert geometry[9] is None
    assert frame is None or len(frame) == 100


def _geopandas() -> bool:
    try:
        import geopandas  # noqa: F401
    except ImportError:
        return False
    return True


def test_parquet_is_read_by_arrow_and_is_geoparquet(take):
    table = pq.read_table(io.BytesIO(take("trees/all.parquet")))
    assert table.column("height").to_pylist() == [row["height"] for row in ROWS]
    assert table.column("seen").to_pylist()[0] == ROWS[0]["seen"]
    assert table.column("planted").to_pylist()[0] == ROWS[0]["planted"]
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    column = geo["columns"][geo["primary_column"]]
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Point"])
    assert shapely.from_wkb(table.column("place").to_pylist()[3]) == shapely.Point(7.203, 51.5)
    plain = pq.read_table(io.BytesIO(take("counts/all.parquet")))
    assert b"geo" not in plain.schema.metadata
    assert plain.column("people").to_pylist() == [30, 20, 12, None]


def test_a_workbook_has_the_rows_and_says_what_they_are(take):
    book = openpyxl.load_workbook(io.BytesIO(take("parks/all.xlsx")))
    rows, about = book.worksheets
    assert [cell.value for cell in rows[1]] == ["name", "area"]
    assert rows["A2"].value == "Stadtgarten"
    said = {line[0].value: line[1].value for line in about.iter_rows()}
    assert "Creative Commons" in said["Lizenz"]
    assert said["Quellenvermerk"] == "Amt für Grün"
    assert "erfunden" in said["Hinweis"]


def test_a_workbook_says_where_it_ends(take, monkeypatch):
    from stadtkern.kernel.catalogue.doors.files import excel

    monkeypatch.setattr(excel, "MOST_ROWS", 40)
    book = openpyxl.load_workbook(io.BytesIO(take("trees/all.xlsx")))
    assert book.worksheets[0].max_row == 41
    said = {line[0].value: line[1].value for line in book.worksheets[1].iter_rows()}
    assert said["Zeilen"].startswith("100; hier stehen die ersten 40.")


def test_a_file_is_written_once_for_a_version(take, catalogue, monkeypatch):
    first = take("trees/all.gpkg")
    monkeypatch.setattr(kept, "WRITERS", {})
    assert take("trees/all.gpkg") == first


def test_there_is_no_map_of_what_has_no_places_and_no_unknown_form(take):
    told = json.loads(take("counts/all.gpkg", 404))
    assert told["errors"][0]["field"] == "format"
    take("trees/all.exe", 404)
    take("draft/all.csv", 404)
    take("nothing/all.csv", 404)


def test_an_older_version_is_there_until_its_rows_are_dropped(take, catalogue):
    write(catalogue["counts"], catalogue["counts"].versions.get().columns, [])
    assert take("counts/all.csv") == b"district,people,limit\r\n"
    assert len(take("counts/all.csv", version=1).splitlines()) == 5
    assert take("counts/all.json") == b"[]"
    told = json.loads(take("counts/all.csv", 404, version=7))
    assert told["code"] == "NotFound"
    take("counts/all.csv", 400, version="first")
    catalogue["counts"].versions.filter(number=1).update(dropped=True)
    assert json.loads(take("counts/all.csv", 410, version=1))["errors"][0]["field"] == "version"


def test_what_is_staged_is_not_there_yet(take, catalogue):
    version = write(catalogue["counts"], catalogue["counts"].versions.get().columns, [], stage=True)
    take("counts/all.csv", 404, version=version.number)
    assert len(take("counts/all.csv").splitlines()) == 5


def test_nothing_is_sent_twice_to_who_has_it(client, catalogue):
    path = "/data/files/trees/all.csv"
    first = client.get(path)
    assert first["Access-Control-Allow-Origin"] == "*"
    again = client.get(path, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, body(again)) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"
    since = client.get(path, headers={"If-Modified-Since": first["Last-Modified"]})
    assert since.status_code == 304
    write(catalogue["trees"], TREES, ROWS[:3])
    assert client.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_file_as_it_came_is_given_back_whole(take, client, catalogue):
    content = bytes(range(256)) * 9000  # more than two pieces
    file = StoredFile.objects.create(
        name="Zählung März.CSV", media_type="text/csv", size=len(content), sha256="0" * 64,
        content=content,
    )  # fmt: skip
    resource = catalogue["counts"]
    write(resource, resource.versions.get().columns, [{"people": 1}], file=file)
    assert take("counts/all/original") == content
    assert take("counts/all/original/2") == content
    take("counts/all/original/1", 404)
    answer = client.get("/data/files/counts/all/original")
    assert answer["Content-Disposition"] == 'attachment; filename="zahlung-marz.csv"'
    assert int(answer["Content-Length"]) == len(content)
    resource.refresh_from_db()
    assert resource.original == "text/csv"


def test_a_resource_that_is_a_file_has_one_door(take):
    dataset = Dataset.objects.get(slug="trees")
    given = StoredFile.objects.create(
        name="plan.pdf", media_type="application/pdf", size=3, sha256="0" * 64, content=b"pdf"
    )
    plan = Resource.objects.create(
        dataset=dataset, slug="plan", title="Plan", kind="file", media_type="application/pdf"
    )
    plan.versions.create(number=1, file=given)
    assert take("trees/plan/original") == take("trees/plan.pdf") == b"pdf"
    take("trees/plan.csv", 200)
