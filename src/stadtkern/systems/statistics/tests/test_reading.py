"""Files as statistics offices send them, read without help."""

from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtkern.systems.statistics.demo import FOLDER
from stadtkern.systems.statistics.reading import guess, numbers, parts, words
from stadtkern.systems.statistics.reading.extract import extract
from stadtkern.systems.statistics.reading.grid import FileProblem, read


def understood(content):
    grid = read(content)
    reading = guess.guess(grid)
    return grid, reading, extract(grid, reading)


def value(out, **codes):
    key = tuple(codes[one.slug] for one in out.dims)
    return out.cells[key].value


def test_a_genesis_export_is_understood_as_it_is():
    content = (FOLDER / "nrw_population_2014.csv").read_bytes()
    _grid, reading, out = understood(content)
    assert (reading.head_first, reading.first, reading.last) == (8, 9, 1124)
    assert [one.kind for one in out.dims] == ["area", "age", "sex", "time"]
    assert not out.problems
    assert len(out.cells) == 62 * 18 * 3
    # The figures that the file's own lines say.
    assert (
        value(out, gebiet="05916", alter="total", geschlecht="total", zeit="2014-12-31") == 154608
    )
    assert value(out, gebiet="05916", alter="0-2", geschlecht="m", zeit="2014-12-31") == 1948
    assert out.cells["05354", "0-2", "m", "2014-12-31"].sign == "-"
    assert out.notes[0].startswith("(C)opyright")
    assert "provided that the source is mentioned" in out.notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_umlauts_survive_every_encoding_of_an_office(encoding):
    lines = ["Bevölkerung 2023", "Kreis;männlich;weiblich", "Köln;1.234;1.300", "Bönen;5;7"]
    _grid, _reading, out = understood("\n".join(lines).encode(encoding))
    assert out.labels[0]["köln"].title == "Köln"
    assert out.cells["köln", "m", "2023"].value == 1234


WIDE = [
    ["Schüler 2022/2023 nach Schulform"],
    [],
    ["Schlüssel", "Gemeinde", "2022", None, "2023", None],
    [None, None, "männlich 1)", "weiblich", "männlich 1)", "weiblich"],
    [5911000, "Bochum", 1200, 1100.0, "1.250p", "."],
    [5916000, "Herne", 700, 690, "(710)", "x"],
    ["1) einschließlich ohne Angabe"],
    ["© Amt"],
]


def workbook(rows, merges=()):
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for one in merges:
        sheet.merge_cells(one)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_excel_with_merged_headings_markers_and_signs():
    grid, reading, out = understood(workbook(WIDE, ["A1:F1", "C3:D3", "E3:F3"]))
    assert "Excel" in grid.how
    assert [one.kind for one in out.dims] == ["area", "time", "sex"]
    assert (reading.head_first, reading.head_last, reading.first, reading.last) == (3, 4, 5, 6)
    # Keys that lost their zero have it again.
    bochum, herne = "05911000", "05916000"
    assert out.cells[bochum, "2022", "w"].value == 1100
    assert (out.cells[bochum, "2023", "m"].value, out.cells[bochum, "2023", "m"].sign) == (
        1250,
        "p",
    )
    assert (out.cells[bochum, "2023", "w"].value, out.cells[bochum, "2023", "w"].sign) == (
        None,
        ".",
    )
    assert out.cells[herne, "2023", "m"].sign == "()"
    assert out.cells[herne, "2023", "w"].sign == "x"
    assert out.labels[2]["m"].note == "1)"
    assert out.notes == ["1) einschließlich ohne Angabe", "© Amt"]


def test_long_files_are_read_by_their_columns():
    lines = ["RAUM;QUELLE;MERKMAL;ZEIT;WERT;WERTEEINHEIT"]
    lines += [
        f"Stadt {a};Amt;{m};{y};{y % 7},5;%" for a in "AB" for m in "XY" for y in (2001, 2002)
    ]
    _grid, reading, out = understood("\n".join(lines).encode())
    assert [one.role for one in reading.columns] == ["key", "skip", "key", "key", "value", "skip"]
    assert len(out.cells) == 8
    assert out.cells["stadt-a", "x", "2001"].value == Decimal("6.5")


def test_every_problem_says_its_row_and_column():
    lines = ["Stand 31.12.2020", "Stadt;Männer;Frauen", "A;10;11", "B;zehn;12", "A;10;12", "C;;3"]
    lines += [f"{name};1;2" for name in "DEFGHIJK"]
    _grid, _reading, out = understood("\n".join(lines).encode())
    told = {(one.row, one.column): one.grave for one in out.problems}
    # A word, the same number again (harmless), another number again (not), an empty cell.
    assert told == {(4, "B"): True, (5, "B"): False, (5, "C"): True, (6, "B"): False}


@pytest.mark.parametrize(
    ("text", "decimal", "value", "sign"),
    [
        ("1.234,5", ",", "1234.5", ""), ("1 234", ",", "1234", ""), ("1,234.5", ".", "1234.5", ""),
        ("-3,2", ",", "-3.2", ""), ("−7", ",", "-7", ""), ("12 %", ",", "12", ""),
        ("1.250 p", ",", "1250", "p"), ("17 r", ",", "17", "r"), ("8s", ",", "8", "s"),
        ("-", ",", "0", "-"), ("–", ",", "0", "-"), (".", ",", None, "."),
        ("...", ",", None, "..."), ("…", ",", None, "..."),
        ("x", ",", None, "x"), ("/", ",", None, "/"),
        ("n/a", ".", None, "..."),
        ("(12)", ",", "12", "()"), ("1.2.3", ",", "nothing", ""), ("1.23", ",", "nothing", ""),
        ("12a", ",", "nothing", ""), ("1,234,5", ".", "nothing", ""),
    ],
)  # fmt: skip
def test_numbers_and_signs_as_offices_write_them(text, decimal, value, sign):
    found = numbers.parse(text, decimal)
    if value == "nothing":
        assert found is None
    else:
        assert (found.value, found.sign) == (None if value is None else Decimal(value), sign)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_what_was_written_in_german_is_read_as_it_was(number):
    english = f"{number:,.2f}"
    german = english.replace(",", "~").replace(".", ",").replace("~", ".")
    assert numbers.parse(german, ",").value == number
    assert numbers.parse(english, ".").value == number


@given(st.binary(max_size=400))
def test_no_file_breaks_the_reader(content):
    try:
        _grid, _reading, out = understood(content)
    except FileProblem:
        return
    assert out.cells or out.problems


@pytest.mark.parametrize(
    ("text", "bounds"),
    [("unter 3 Jahre", (0, 2)), ("3 bis unter 6 Jahre", (3, 5)), ("75 Jahre und mehr", (75, None)),
     ("20 bis 24", (20, 24)), ("65 und älter", (65, None)), ("5 Jahre", (5, 5)), ("Summe", None)],
)  # fmt: skip
def test_age_classes(text, bounds):
    assert words.ages(text) == bounds


def related(labels, rows):
    """Wholes of items whose numbers stand in columns, in the order of the labels."""
    made = {code: words.label_of("other", code) for code in labels}
    cells = {
        (str(i), made[code].code): Decimal(n)
        for i, row in enumerate(rows)
        for code, n in zip(labels, row, strict=True)
    }
    return parts.wholes(1, "other", {one.code: one for one in made.values()}, cells)


def test_what_adds_up_is_a_part():
    assert related(["A", "B", "Insgesamt"], [(1, 2, 3), (4, 4, 8)]) == {"a": "total", "b": "total"}
    nested = related(
        ["Insgesamt", "A", "A1", "A2", "B"], [(10, 6, 2, 4, 4), (20, 9, 5, 4, 11), (7, 7, 3, 4, 0)]
    )
    assert nested == {"a1": "a", "a2": "a", "a": "total", "b": "total"}
    # "Of which" is no part of the sum.
    assert related(["A", "B", "Elektro", "Gesamt"], [(5, 6, 1, 11), (5, 8, 2, 13)]) == {
        "a": "total", "b": "total",
    }  # fmt: skip
    assert related(["A", "B", "Insgesamt"], [(1, 2, 4), (4, 4, 8)]) == {}


def test_last_years_reading_serves_this_years_file():
    first = read(b"Stand 2022\nOrt;Art;Zahl\nA;x;1\nA;y;2\nB;x;3\nB;y;4")
    before = guess.guess(first)
    before.dims[1].title, before.dims[1].kind = "Schulform", "other"
    after = read(b"Amt\nStand 2023\nOrt;Art;Zahl\nA;x;5\nA;y;6\nB;x;7\nB;y;8\nC;x;9")
    found = guess.recall(before, guess.guess(after))
    assert [one.title for one in found.dims][1] == "Schulform"
    assert (found.when, found.first, found.last) == ("2023", 4, 8)
    assert extract(after, found).cells["c", "x", "2023"].value == 9


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "leer"),
        (b"\xd0\xcf\x11\xe0rest", ".xls"),
        (b"PK\x03\x04broken", "Excel"),
        (b"a\0b", "CSV"),
    ],
)
def test_what_is_no_table_says_what_to_do(content, word):
    with pytest.raises(FileProblem, match=word):
        read(content)
