"""Files as the world has them: read, typed, and every oddity told by row and column."""

from datetime import UTC, date, datetime
from math import degrees
from pathlib import Path

import pytest
from catalogue.reading import read, stored

from stadtkern.kernel.catalogue.files.limits import FileProblem

DEMO = Path(__file__).parents[2] / "src/stadtkern/systems/open_data/demo_data"


def test_a_genesis_table_keeps_its_head_and_foot_as_notes():
    table = stored("genesis_173-21-4.csv")
    # By the file itself: below its eighth line, the headings, whatever has all separators.
    lines = (Path(__file__).parent / "data/genesis_173-21-4.csv").read_text("utf-8").splitlines()
    data = [line for line in lines[8:] if line.count(";") == 5]
    assert len(table.rows) == len(data)
    assert list(table.kinds.values()) == ["text", "text", "text", "integer", "integer", "integer"]
    assert table.sheet.header == 8
    herne = [
        r for r in table.rows if r["spalte_2"].startswith("Herne") and r["spalte_3"] == "Total"
    ]
    assert [r["total"] for r in herne] == [154608]
    assert herne[0]["spalte_1"] == "05916"
    assert any("Reproduction and distribution" in note for note in table.sheet.notes)
    assert table.told("before")[0][0] == 1
    assert len(table.told("no_heading")) == 3
    assert table.told("footnote")[-1][0] == len(lines)


def test_an_election_file_with_doubled_and_damaged_headings():
    table = read("wahl.csv", (DEMO / "bundestagswahl_2017_stimmbezirke.csv").read_bytes())
    assert len(table.rows) == 124
    assert table.kinds["ags"] == "text"
    assert table.rows[0]["wahltermin_datum"] == date(2017, 9, 24)
    assert (table.rows[0]["cdu"], table.rows[0]["cdu_2"]) == (100, 87)
    assert {one.column for one in table.notices if one.code == "same_heading"} >= {
        "CDU (2)",
        "SPD (2)",
    }
    assert any(one.code == "lost_zero" and one.column == "AGS" for one in table.notices)
    assert any(one.code == "damaged" for one in table.notices)


def test_lines_with_a_field_too_many_a_remark_amid_and_twenty_four_o_clock():
    table = stored("uba_hourly_cut.csv")
    raw = (Path(__file__).parent / "data/uba_hourly_cut.csv").read_text("utf-8").splitlines()
    broken = [n for n, line in enumerate(raw, 1) if line.count(";") == 7]
    assert [row for row, _value in table.told("extra_empty")] == broken
    (remark,) = table.told("between")
    assert raw[remark[0] - 1].strip('"').startswith("Source:")
    assert remark[1].startswith("Source: German Environment Agency")
    assert len(table.rows) == sum(line.startswith("DENW095") for line in raw)
    units = {one.slug: one.unit for one in table.sheet.columns}
    assert units["ozone_o3_one_hour_average"] == "µg/m³"
    midnight = [row for row, value in table.told("midnight") if "24:00" in value]
    assert midnight
    after = next(r for r, line in zip(table.rows, raw[1:], strict=False) if "24:00" in line)
    assert after["date"].astimezone(UTC) == datetime(2020, 1, 1, 23, tzinfo=UTC)
    assert table.told("missing", "Ozone (O₃) One hour average")


def test_bochums_trees_get_their_place_and_their_damage_is_told():
    table = stored("bochum_trees.csv")
    assert len(table.rows) == 162
    assert (table.sheet.position.x, table.sheet.position.crs) == ("rechtswert", 25832)
    lon, lat = table.rows[0]["geometry"]["coordinates"]
    # Easting 377,291 lies 122,709 m west of 9° E; at 51.479° N a radian is 3,980 km wide.
    assert (lon, lat) == pytest.approx(
        (9 - degrees(122_709 / 0.9996 / 3_980_500), 51.479), abs=1e-3
    )
    assert table.told("guessed_crs")
    assert table.told("damaged", "Adresse")[0] == (2, "Akademiestra?e")


def test_days_with_two_digits_and_a_mark_at_the_beginning():
    table = stored("treesense_1_linde.csv")
    assert table.kinds == {"time": "datetime", "resistance": "number", "temperature": "number",
                           "resis_temp_comp": "number", "moisture_content": "number"} or (
        table.kinds["moisture_content"] == "integer")  # fmt: skip
    # 8:38 in summer is 6:38 UTC.
    assert table.rows[0]["time"].astimezone(UTC) == datetime(2023, 6, 14, 6, 38, tzinfo=UTC)
    assert table.rows[0]["resistance"] == 7.595
    assert {"mark", "century", "local_time"} <= {one.code for one in table.notices}


def test_trees_in_utm_without_a_word_about_it_are_moved():
    table = stored("muenster_trees_epsg25832.geojson")
    assert table.sheet.position.crs == 25832
    lon, lat = table.rows[0]["geometry"]["coordinates"]
    assert (lon, lat) == pytest.approx((7.615, 51.939), abs=0.002)
    assert {row for row, _value in table.told("guessed_crs")} == {0}
    # Münster is not this city, but near enough to be meant.
    assert len(table.told("outside")) == 60


def test_signs_for_no_value_are_told_and_not_read_as_text():
    table = stored("bochum_vehicles.csv")
    assert table.kinds["elektro_kennzeichen"] == "integer"
    assert table.rows[0]["elektro_kennzeichen"] is None
    assert table.told("missing", "Elektro-Kennzeichen")[0] == (2, "n/a")


def test_german_numbers_with_thousands_and_a_decimal_comma():
    table = read("a.csv", "Ort;Fläche [ha];Einwohner\nA;1.234,5;12.345\nB;0,75;1.234.567\n")
    assert table.kinds == {"ort": "text", "flaeche": "number", "einwohner": "integer"}
    assert [row["flaeche"] for row in table.rows] == [1234.5, 0.75]
    assert [row["einwohner"] for row in table.rows] == [12345, 1234567]
    assert table.sheet.columns[1].unit == "ha"


def test_a_point_that_may_be_of_thousands_is_told():
    table = read("a.csv", "Ort,Wert\nA,1.234\nB,5.678\n")
    assert table.rows[0]["wert"] == 1.234
    assert any(one.code == "ambiguous" and one.column == "Wert" for one in table.notices)


def test_keys_stay_text():
    table = read("a.csv", "PLZ;AGS;Nummer\n44623;05916000;007\n44625;05911000;12\n")
    assert table.kinds == {"plz": "text", "ags": "text", "nummer": "text"}
    assert table.rows[0] == {"plz": "44623", "ags": "05916000", "nummer": "007"}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp850", "mac_roman"]
)
def test_umlauts_in_every_encoding_that_german_offices_use(encoding):
    text = "Straße;Größe\nÜberlandstraße;5\nÄckerchen;7\nÖlmühlenweg;8\n"
    table = read("a.csv", text.encode(encoding))
    assert [row["strasse"] for row in table.rows] == ["Überlandstraße", "Äckerchen", "Ölmühlenweg"]


def test_a_value_that_does_not_fit_a_long_column_is_told_by_row():
    rows = [str(n) for n in range(300)]
    rows[17] = "viele"
    table = read("a.csv", "Name;Zahl\n" + "".join(f"x;{one}\n" for one in rows))
    assert table.kinds["zahl"] == "integer"
    assert table.told("unfit", "Zahl") == [(19, "viele")]
    assert table.rows[17]["zahl"] is None


def test_rows_that_are_too_long_or_too_short_are_told():
    table = read("a.csv", "a,b,c\n1,2,3\n1,2,3,4\n1,2\n4,5,6\n")
    assert table.told("extra") == [(3, "4")]
    assert table.told("short") == [(4, "1 | 2")]
    assert [row["c"] for row in table.rows] == [3, 3, None, 6]


def test_local_times_that_the_clock_skips_are_told():
    text = "Zeit;Wert\n29.03.2026 02:30;1\n29.03.2026 03:30;2\n2026-03-29T03:30:00Z;3\n"
    table = read("a.csv", text)
    assert table.told("no_such_time") == [(2, "29.03.2026 02:30")]
    assert table.rows[2]["zeit"] == datetime(2026, 3, 29, 3, 30, tzinfo=UTC)


def test_exchanged_coordinates_are_put_right_and_told():
    table = read("a.csv", "Name,Länge,Breite\nA,51.54,7.22\nB,51.55,7.21\n")
    assert table.rows[0]["geometry"] == {"type": "Point", "coordinates": [7.22, 51.54]}
    assert table.told("swapped")


def test_positions_that_cannot_be_are_told_by_row():
    text = "Name,lon,lat\n" + "A,7.22,51.54\n" * 5 + "B,0,0\nC,72.2,51.54\nD,722,51\n"
    table = read("a.csv", text)
    assert [row for row, _v in table.told("no_position")] == [7]
    assert [row for row, _v in table.told("far")] == [8]
    assert [row for row, _v in table.told("not_on_earth")] == [9]
    assert [row["geometry"] for row in table.rows[5:]] == [None, table.rows[6]["geometry"], None]


def test_a_table_without_headings_gets_numbers():
    table = read("a.csv", "1;2,5;2020-01-01\n2;3,5;2020-01-02\n")
    assert [one.title for one in table.sheet.columns] == ["Spalte 1", "Spalte 2", "Spalte 3"]
    assert len(table.rows) == 2
    assert any(one.code == "no_headings" for one in table.notices)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "leer"),
        ("a.pdf", b"%PDF-1.4", ".csv"),
        ("a.xls", b"\xd0\xcf\x11\xe0", ".xlsx"),
        ("a.geojson", b'{"type": "FeatureCollection", "features": [', "JSON"),
        ("a.json", b'{"a": 1}', "GeoJSON"),
        ("a.gpkg", b"SQLite format 3\0" + b"x" * 200, "beschädigt"),
        ("a.csv", "," .join("abc" for _ in range(400)).encode() + b"\n1" + b",1" * 399, "400"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_do(name, content, words):
    with pytest.raises(FileProblem, match=words):
        read(name, content)
