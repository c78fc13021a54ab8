"""What is planted is found and repaired; what is right is left alone."""

import random
from datetime import UTC, datetime, timedelta
from math import sin

import pytest
from threadpoolctl import threadpool_limits

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.systems.data_improvement.finding import (
    addresses,
    certainty,
    coordinates,
    duplicates,
    gaps,
    kinds,
    links,
    meaning,
    numbers,
    series,
    spellings,
    themes,
)
from stadtkern.systems.data_improvement.finding.frame import Other, Table, World
from stadtkern.systems.data_improvement.finding.panel import panel_of
from stadtkern.systems.data_improvement.tests.conftest import FIELDS, rows, spoiled

WORLD = World(bounds=(7.1, 51.48, 7.32, 51.6))


@pytest.fixture(autouse=True)
def _one_thread():
    """As the child process reckons; more would wait for each other on a busy machine."""
    # What is loaded later would not be limited.
    import sklearn.ensemble  # noqa: F401

    with threadpool_limits(1):
        yield


def table_of(made, fields=FIELDS):
    return Table(columns=tuple(fields), rows=[[row[one.slug] for one in fields] for row in made])


def told(finder, table, world=WORLD):
    return [
        (one.method, row, column, new)
        for one in finder(table, world) for row, column, _old, new in one.cells
    ]  # fmt: skip


def test_a_misspelled_street_becomes_the_one_that_others_have():
    assert ("misspelled", 5, "strasse", "Bahnhofstraße 5") in told(
        addresses.find, table_of(spoiled())
    )


def test_a_street_is_known_from_the_gazetteer_of_the_city():
    made = rows()
    made[3]["strasse"] = "Kaiser-Wilhlem-Str. 4"
    world = World(bounds=WORLD.bounds, streets=["Kaiser-Wilhelm-Str."])
    assert ("misspelled", 4, "strasse", "Kaiser-Wilhelm-Straße 4") in told(
        addresses.find, table_of(made), world
    )


def test_damaged_letters_of_a_street_are_mended():
    made = rows()
    for n, said in enumerate(("Akademiestra?e 3", "Herner Straee 7", "Blumenstrale")):
        made[n]["strasse"] = said
    found = {
        new
        for method, _row, _column, new in told(addresses.find, table_of(made))
        if method == "damaged"
    }
    assert found == {"Akademiestraße 3", "Herner Straße 7", "Blumenstraße"}


def test_a_postcode_that_neither_street_nor_neighbours_have_is_put_right():
    found = [one for one in told(addresses.find, table_of(spoiled())) if one[2] == "plz"]
    assert found == [("both", 10, "plz", "44624")]


def test_a_slip_in_a_category_is_found_and_other_words_are_not():
    assert told(spellings.find, table_of(spoiled())) == [("slip", 14, "art", "Grundschule")]
    made = [
        {**row, "art": ("Schule", "Schulen", "Kita 1", "Kita 2")[n % 4]}
        for n, row in enumerate(rows())
    ]
    assert told(spellings.find, table_of(made)) == []


@pytest.mark.parametrize(
    ("spot", "method", "right"),
    [
        ([51.53, 7.21], "swapped", [7.21, 51.53]),
        ([0.0, 0.0], "zero", None),
        ([-7.21, 51.53], "sign", [7.21, 51.53]),
        ([72.1, 51.53], "point", [7.21, 51.53]),
        ([9.9, 53.5], "far", None),
    ],
)
def test_a_wrong_position_is_told_with_what_happened_to_it(spot, method, right):
    made = rows()
    made[7]["geometry"] = {"type": "Point", "coordinates": spot}
    (found,) = told(coordinates.find, table_of(made))
    assert found[:3] == (method, 8, "geometry")
    assert (found[3] and found[3]["coordinates"]) == right


def test_metres_in_a_field_of_degrees_are_converted():
    made = rows()
    # Herne, town hall: 7.2196 E, 51.5380 N in WGS 84.
    made[7]["geometry"] = {"type": "Point", "coordinates": [376565.0, 5711259.0]}
    (found,) = told(coordinates.find, table_of(made))
    assert found[0] == "metres"
    assert found[3]["coordinates"] == pytest.approx([7.2196, 51.5380], abs=0.003)


def test_a_row_that_stands_there_twice_is_left_out_once():
    assert told(duplicates.find, table_of(spoiled())) == [("exact", 41, "name", None)]
    made = rows()
    made.append({**made[20], "id": 900, "name": "Ort Numer 20"})
    assert [one[:2] for one in told(duplicates.find, table_of(made))] == [("near", 41)]


def test_watts_among_kilowatts_are_divided():
    fields = (Field(slug="art"), Field(slug="leistung", kind="number"))
    random_ = random.Random(3)
    made = [{"art": "schnell" if n % 2 else "normal",
             "leistung": random_.choice((50, 75, 60)) if n % 2 else random_.choice((11, 22, 18))}
            for n in range(80)]  # fmt: skip
    made[10]["leistung"] = 22_000
    (found,) = numbers.find(table_of(made, fields), WORLD)
    assert (found.kind, found.cells) == ("unit", [(11, "leistung", 22_000, 22.0)])


def test_numbers_that_differ_widely_by_nature_are_left_alone():
    random_ = random.Random(1)
    fields = (Field(slug="name"), Field(slug="einwohner", kind="integer"))
    made = [{"name": f"Ort {n}", "einwohner": int(10 ** random_.uniform(2, 6))} for n in range(200)]
    assert told(numbers.find, table_of(made, fields)) == []


def test_a_column_of_german_numbers_is_read_and_one_of_keys_is_not():
    fields = (Field(slug="leistung"), Field(slug="plz"), Field(slug="seit"), Field(slug="name"))
    made = [{"leistung": ("1,5", "1.200,0", "22 kW", "-")[n % 4], "plz": "44623",
             "seit": ("1.3.19", "2019-04-02", "03.04.2020")[n % 3], "name": f"Haus {n}"}
            for n in range(20)]  # fmt: skip
    found = {one.column: one.to["kind"] for one in kinds.find(table_of(made, fields), WORLD)}
    assert found == {"leistung": "number", "seit": "date"}


def hourly(days=60, series_count=4, seed=5):
    """Counters with a daily and weekly rhythm and a common level."""
    random_ = random.Random(seed)
    start = datetime(2026, 3, 2, tzinfo=UTC)
    fields = (Field(slug="at", kind="datetime"),
              *(Field(slug=f"c{n}", kind="number") for n in range(series_count)))  # fmt: skip
    made = []
    for hour in range(days * 24):
        at = start + timedelta(hours=hour)
        weekday = 0.6 if at.weekday() > 4 else 1.0
        common = (1.2 + sin((at.hour - 6) / 24 * 6.283)) * weekday * random_.uniform(0.8, 1.25)
        row = {"at": at.isoformat().replace("+00:00", "Z")}
        row |= {
            f"c{n}": round(100 * (n + 1) * common * random_.uniform(0.93, 1.07))
            for n in range(series_count)
        }
        made.append(row)
    return made, fields


def test_jumps_standstills_and_false_noughts_of_a_counter_are_found():
    made, fields = hourly()
    made[500]["c1"] = 5000
    for n in range(700, 730):
        made[n]["c1"] = 117
    for n in range(900, 914):
        made[n]["c1"] = 0
    found = {(one.method, one.cells[0][0], len(one.cells))
             for one in series.find(table_of(made, fields), WORLD)}  # fmt: skip
    assert ("jump", 501, 1) in found
    assert ("still", 701, 30) in found
    assert ("nought", 901, 14) in found
    assert len(found) <= 5


def test_a_gap_is_filled_beside_the_original_by_what_erred_least():
    made, fields = hourly()
    hidden = {n: made[n]["c2"] for n in range(600, 620)}
    for n in hidden:
        made[n]["c2"] = None
    (found,) = (one for one in gaps.find(table_of(made, fields), WORLD) if one.kind == "gap")
    assert found.action == "fill"
    assert [cell[0] - 1 for cell in found.cells] == list(hidden)
    errors = found.parameters["errors"]
    assert errors[found.method] == min(errors.values())
    apart = [abs(new - hidden[row - 1]) for row, _column, _old, new in found.cells]
    assert sum(apart) / len(apart) < 2 * found.said["error"] + 1


def test_where_all_neighbours_are_silent_no_model_is_asked():
    made, fields = hourly(days=40)
    for n in range(600, 620):
        made[n] |= {f"c{one}": None for one in range(4)}
    found = list(gaps.find(table_of(made, fields), WORLD))
    assert len(found) == 4
    assert {one.method for one in found} <= {"line", "profile"}
    assert all("trees" not in one.parameters["errors"] for one in found)


def test_a_model_that_does_not_beat_the_simple_way_is_not_offered():
    assert (
        gaps.chosen({"typical": 9.0, "line": 4.0, "profile": 5.0, "ridge": 3.95, "trees": 6})
        == "line"
    )
    assert (
        gaps.chosen({"typical": 9.0, "line": 4.0, "profile": 5.0, "ridge": 3.5, "trees": 2.0})
        == "trees"
    )
    assert gaps.chosen({"typical": 4.0, "line": 4.0, "profile": 5.0}) == ""


def test_noise_without_a_rhythm_gets_no_proposal():
    random_ = random.Random(2)
    start = datetime(2026, 3, 2, tzinfo=UTC)
    fields = (Field(slug="at", kind="datetime"), Field(slug="c", kind="number"))
    made = [{"at": (start + timedelta(hours=n)).isoformat(), "c": round(random_.gauss(50, 10), 2)}
            for n in range(900)]  # fmt: skip
    for n in range(300, 312):
        made[n]["c"] = None
    assert list(gaps.find(table_of(made, fields), WORLD)) == []


def test_hours_across_the_change_of_the_clocks_are_regular():
    made, fields = hourly(days=40)
    panel = panel_of(table_of(made, fields), WORLD.local())
    assert panel.step == timedelta(hours=1)
    assert panel.missing_rows == 0


def test_columns_are_known_by_their_values():
    found = {one.column: one.to for one in meaning.find(table_of(rows()), WORLD)}
    assert found["plz"] == {"meaning": "postcode"}
    assert found["strasse"] == {"meaning": "address"}
    assert "name" not in found
    fields = (Field(slug="ags"), Field(slug="anschlussleistung", kind="number"))
    made = [{"ags": "05916000", "anschlussleistung": 22.0} for _ in range(9)]
    found = {one.column: one.to for one in meaning.find(table_of(made, fields), WORLD)}
    assert found == {"ags": {"meaning": "ags"}, "anschlussleistung": {"unit": "kW"}}


def test_a_poor_record_gets_theme_keywords_and_a_description():
    world = World(
        bounds=WORLD.bounds, title="Radverkehr an Zählstellen", about="Fahrräder.", describable=True
    )
    made, fields = hourly(days=4)
    found = {one.reason: one.to for one in themes.find(table_of(made, fields), world)}
    assert found["record.theme"] == {"themes": ["TRAN"]}
    assert found["record.hvd"] == {"hvd": "c_b79e35eb"}
    assert "Fahrrad" in found["record.keywords"]["keywords"]
    assert "96 Zeilen" in found["record.description"]["about"]
    assert (
        list(themes.find(table_of(made, fields), World(bounds=WORLD.bounds, title="Radverkehr")))
        == []
    )


def test_tables_that_share_postcodes_are_linked_and_counts_are_not():
    codes = [f"446{n:02}" for n in range(20, 32)]
    fields = (Field(slug="plz"), Field(slug="zahl", kind="integer"))
    made = [{"plz": code, "zahl": n} for n, code in enumerate(codes * 3)]
    others = [
        Other(dataset="plz", dataset_title="Postleitzahlen", column="code", column_title="PLZ",
              values=codes),
        Other(dataset="zahlen", dataset_title="Zahlen", column="n", column_title="N",
              values=[str(n) for n in range(50)]),
    ]  # fmt: skip
    found = list(links.find(table_of(made, fields), World(bounds=WORLD.bounds, others=others)))
    assert [one.to["link"]["dataset"] for one in found] == ["plz"]


def test_a_table_without_faults_gets_no_repairs():
    clean = table_of(rows())
    finders = (addresses, coordinates, duplicates, kinds, numbers, spellings, series, gaps)
    assert [one for finder in finders for one in finder.find(clean, WORLD)] == []


def test_every_method_has_a_measured_confidence_or_says_that_it_has_none():
    for name, (weak, strong) in certainty.MEASURED.items():
        assert name.count(".") == 1
        assert 0 <= weak <= 1
        assert 0 <= strong <= 1
