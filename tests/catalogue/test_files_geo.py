"""Workbooks, geo files and archives: written with other programs, read by us."""

import io
import json
import zipfile
from datetime import UTC, date, datetime

import numpy
import pyogrio.raw
import pytest
import shapely
from catalogue.reading import read, read_all
from openpyxl import Workbook

from stadtkern.kernel.catalogue.files import limits
from stadtkern.kernel.catalogue.files.limits import FileProblem

PLACES = [(377291.0, 5704569.0), (376656.0, 5705699.0)]


def workbook(**sheets) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def archive(**members: bytes | str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "."), content)
    return file.getvalue()


def geo(tmp_path, driver: str, name: str, crs: str = "EPSG:25832"):
    """Two trees, written by GDAL."""
    path = tmp_path / name
    pyogrio.raw.write(
        path, geometry=shapely.to_wkb([shapely.Point(*one) for one in PLACES]),
        field_data=[numpy.array(["Ahorn", "Linde"], dtype=object), numpy.array([6, 14])],
        fields=["art", "anzahl"], geometry_type="Point", crs=crs, driver=driver, encoding="utf-8",
    )  # fmt: skip
    return path


def check_trees(table) -> None:
    assert [(row["art"], row["anzahl"]) for row in table.rows] == [("Ahorn", 6), ("Linde", 14)]
    assert table.sheet.position.crs == 25832
    assert table.rows[0]["geometry"]["coordinates"] == pytest.approx((7.2335, 51.4790), abs=0.01)


def test_each_sheet_of_a_workbook_is_a_table_with_its_own_types():
    seen = datetime(2026, 3, 1, 12, 30)  # noqa: DTZ001
    content = workbook(
        Bäume=[["Stand 2026"], ["Art", "Zahl", "gepflanzt", "gesehen"],
               ["Ahorn", 3, date(1998, 4, 1), seen], ["Linde", None, date(2001, 5, 2), seen]],
        Parks=[["Name", "PLZ"], ["Stadtgarten", "04462"], ["#NV", "44623"]],
        leer=[],
    )  # fmt: skip
    trees, parks = read_all("a.xlsx", content)
    assert trees.kinds == {
        "art": "text",
        "zahl": "integer",
        "gepflanzt": "date",
        "gesehen": "datetime",
    }
    assert trees.rows[0]["gepflanzt"] == date(1998, 4, 1)
    assert trees.rows[0]["gesehen"].astimezone(UTC) == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)
    assert trees.sheet.notes == ["Stand 2026"]
    assert parks.rows == [{"name": "Stadtgarten", "plz": "04462"}, {"name": None, "plz": "44623"}]
    assert parks.told("formula_error", "Name") == [(3, "#NV")]


def test_formulas_that_no_program_has_reckoned_are_told():
    table = read("a.xlsx", workbook(Werte=[["a", "b"], [1, 2], [3, "=A3*2"]]))
    assert [row["b"] for row in table.rows] == [2, None]
    assert table.told("unsolved") == [(0, "1")]


@pytest.mark.parametrize(("driver", "name"), [("GPKG", "trees.gpkg"), ("GeoJSON", "trees.geojson")])
def test_geo_files_bring_their_reference_system(tmp_path, driver, name):
    path = geo(tmp_path, driver, name) if driver == "GPKG" else None
    if path is None:
        path = tmp_path / name
        features = [
            {"type": "Feature", "properties": {"art": a, "anzahl": n},
             "geometry": {"type": "Point", "coordinates": list(xy)}}
            for (a, n), xy in zip([("Ahorn", 6), ("Linde", 14)], PLACES, strict=True)
        ]  # fmt: skip
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
        path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    check_trees(read(name, path.read_bytes()))


def test_a_shapefile_comes_in_an_archive(tmp_path):
    geo(tmp_path, "ESRI Shapefile", "bäume.shp")
    members = {f"daten/{one.name}": one.read_bytes() for one in tmp_path.glob("b*.*")}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    table = read("trees.zip", file.getvalue())
    check_trees(table)
    assert table.sheet.name == "bäume"
    lonely = archive(**{"a.shp": members["daten/bäume.shp"]})
    with pytest.raises(FileProblem, match=r"\.shx"):
        read("trees.zip", lonely)


def test_a_feed_of_public_transport_gives_stops_and_lines():
    feed = archive(
        stops__txt="stop_id,stop_name,stop_lat,stop_lon\n001,Herne Bf,51.5387,7.2197\n2,Wanne,51.5318,7.1653\n",
        routes__txt="route_id,route_short_name,route_type\n1,306,0\n",
        trips__txt="route_id,service_id,trip_id,shape_id\n1,w,t1,s\n",
        stop_times__txt="trip_id,arrival_time,stop_id,stop_sequence\nt1,25:10:00,001,1\n",
        shapes__txt="shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\ns,51.53,7.17,2\ns,51.54,7.22,1\n",
    )
    tables = {one.sheet.name: one for one in read_all("gtfs.zip", feed)}
    assert set(tables) == {"stops", "routes", "trips", "stop_times", "shapes"}
    assert tables["stops"].rows[0]["geometry"]["coordinates"] == [7.2197, 51.5387]
    assert tables["stops"].kinds["stop_id"] == "text"
    assert tables["stop_times"].rows[0]["arrival_time"] == "25:10:00"
    line = tables["shapes"].rows[0]["geometry"]
    assert line["type"] == "LineString"
    assert [list(p) for p in line["coordinates"]] == [[7.22, 51.54], [7.17, 51.53]]


def test_an_archive_that_unpacks_without_end_is_refused():
    bomb = archive(**{"a.csv": b"0" * (limits.HARMLESS + 5 * limits.MB)})
    assert len(bomb) < limits.MB
    with pytest.raises(FileProblem, match="25 MB"):
        read("a.zip", bomb)


def test_a_workbook_with_entities_that_unfold_is_refused():
    laughs = '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY b "&lol;&lol;">]><x>&b;</x>'
    content = archive(**{"[Content_Types].xml": laughs, "xl/workbook.xml": "<workbook/>"})
    with pytest.raises(FileProblem, match="XML"):
        read("a.xlsx", content)
