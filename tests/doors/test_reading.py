"""Rows are read in any order and depth, searched, counted and added up, with plain SQL as judge."""

from itertools import pairwise

import pytest
from django.db import connection
from doors.conftest import ROWS, TREES, publish, tree

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.tables import read as reading
from stadtkern.kernel.catalogue.tables import statistics
from stadtkern.kernel.catalogue.tables.aggregate import Figure, Group, aggregate
from stadtkern.kernel.catalogue.tables.read import Query, Where, read, stream

pytestmark = pytest.mark.django_db


@pytest.fixture
def trees():
    return publish("trees", TREES, ROWS).versions.get()


def walked(version, query: Query, limit: int) -> list[int]:
    """All row numbers, page by page along `after`."""
    numbers, after = [], None
    for _ in range(100):
        page = read(version, Query(order=query.order, where=query.where, limit=limit, after=after))
        numbers += page.numbers
        if (after := page.after) is None:
            return numbers
    raise AssertionError("pages without an end")


@pytest.mark.parametrize("order", [(), ("height",), ("-height",), ("kind",), ("-seen",)])
def test_pages_by_their_last_row_and_by_offset_make_the_whole_once(trees, order):
    by_last = walked(trees, Query(order=order), 7)
    by_offset = [
        number for start in range(0, 105, 7)
        for number in read(trees, Query(order=order, limit=7, offset=start)).numbers
    ]  # fmt: skip
    assert by_last == by_offset == read(trees, Query(order=order, limit=1000)).numbers
    assert sorted(by_last) == list(range(1, 101))


@pytest.mark.parametrize("order", ["height", "-height"])
def test_empty_cells_come_last_in_both_directions(trees, order):
    page = read(trees, Query(columns=("height",), order=(order,), limit=100))
    values = [value for (value,) in page.rows]
    filled = [value for value in values if value is not None]
    assert values[len(filled) :] == [None] * 15
    assert filled == sorted(filled, reverse=order.startswith("-"))


def test_several_columns_of_order(trees):
    page = read(trees, Query(columns=("kind", "year"), order=("kind", "-year"), limit=100))
    assert page.rows == sorted(page.rows, key=lambda row: (row[0], -row[1]))


def test_a_stream_keeps_conditions_and_order(trees, monkeypatch):
    monkeypatch.setattr(reading, "PAGE", 9)
    query = Query(columns=("year",), where=(Where(column="kind", value="Eiche"),), order=("-year",))
    found = [year for page in stream(trees, query=query) for (year,) in page]
    assert found == sorted((row["year"] for row in ROWS if row["kind"] == "Eiche"), reverse=True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("eichen", 33),
        ("linde", 34),
        ("Baum straße", 50),
        ("lin*", 34),
        ("eiche 7", 1),
        ("tanne", 0),
    ],
)
def test_words_are_found_by_stem_and_by_beginning(trees, words, expected):
    assert read(trees, Query(words=words)).total == expected


@pytest.mark.parametrize("many", [50, 5000])
def test_a_large_table_counts_a_few_and_estimates_many(trees, monkeypatch, many):
    monkeypatch.setattr(reading, "SMALL", 10)
    monkeypatch.setattr(reading, "COUNTED", 40)
    monkeypatch.setattr(reading, "TOLD", 40)
    monkeypatch.setattr(reading, "MANY", many)
    few = read(
        trees, Query(where=(Where(column="kind", value="Eiche"),), order=("-year",), limit=5)
    )
    assert (few.total, few.estimated) == (33, False)
    found = read(trees, Query(where=(Where(column="year", operator=">", value=1920),), limit=5))
    assert found.estimated
    assert 40 <= found.total <= 100
    assert len(found.rows) == 5


@pytest.mark.parametrize(("limit", "offset"), [(5, 0), (5, 3), (12, 0), (20, 15)])
def test_the_first_hits_in_a_large_table_are_those_of_a_small_one(
    trees, monkeypatch, limit, offset
):
    query = Query(words="eichen", limit=limit, offset=offset)
    small = read(trees, query)
    for name, value in (("SMALL", 10), ("TOLD", 11)):
        monkeypatch.setattr(reading, name, value)
    large = read(trees, query)
    assert large.estimated
    assert (large.numbers, large.rows, large.after) == (small.numbers, small.rows, small.after)


def test_groups_and_figures(trees):
    page = aggregate(
        trees, Query(order=("-count",), limit=10),
        (Group(column="kind"),),
        (Figure(function="count"), Figure(function="sum", column="year"),
         Figure(function="avg", column="height"), Figure(function="max", column="planted")),
    )  # fmt: skip
    assert page.columns == ("kind", "count", "sum_year", "avg_height", "max_planted")
    for kind, count, total, mean, last in page.rows:
        mine = [row for row in ROWS if row["kind"] == kind]
        heights = [row["height"] for row in mine if row["height"] is not None]
        assert (count, total) == (len(mine), sum(row["year"] for row in mine))
        assert mean == pytest.approx(sum(heights) / len(heights))
        assert last == max(row["planted"] for row in mine)
    assert page.total == 3


def test_instants_are_grouped_by_the_citys_days(trees):
    page = aggregate(
        trees, Query(limit=100), (Group(column="seen", part="day", of_instants=True),),
        (Figure(function="count"),),
    )  # fmt: skip
    # The first is seen at 13 o'clock in the city, so eleven of them that day.
    assert page.rows[0] == ("2026-03-01", 11)
    assert sum(count for _, count in page.rows) == 100


def test_statistics_of_columns(trees):
    known = trees.statistics
    assert known["rows"] == 100
    assert known["columns"]["height"] == {"empty": 15, "distinct": 85, "min": 0.25, "max": 24.75}
    assert known["columns"]["kind"]["distinct"] == 3
    assert known["columns"]["place"]["empty"] == 10
    assert known["geometry"] == ["Point"]
    assert known["box"] == pytest.approx([7.2, 51.5, 7.208, 51.509])
    assert statistics.common(trees, "kind", 2) == [("Linde", 34), ("Ahorn", 33)]


def test_a_large_table_gets_indexes_that_its_pages_follow():
    rows = [tree(i % 5000) | {"year": i, "place": {"type": "Point", "coordinates": [i / 1000, 1]}}
            for i in range(1200)]  # fmt: skip
    essay = [{"essay": "wort " * 100, **row} for row in rows]
    version = publish("many", [*TREES, Field(slug="essay")], essay).versions.get()
    with connection.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where tablename = %s", [version.relation])
        made = " ".join(text for (text,) in cursor.fetchall())
    assert "gin (_words)" in made
    assert "gist (_box)" in made
    for column in ("kind", "height", "year", "planted", "seen"):
        assert f"({column}, _row)" in made
    assert "(essay" not in made
    assert "(healthy" not in made


def test_pages_of_a_sorted_table_never_fall(trees):
    numbers = walked(trees, Query(order=("year",)), 10)
    assert all(a < b for a, b in pairwise(numbers))
