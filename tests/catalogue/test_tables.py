"""A table's rows: written as versions, read with conditions, by box, as a stream."""

from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import connection

from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.kernel.catalogue.tables.read import Query, Where, read, stream
from stadtkern.kernel.catalogue.tables.write import forget_old, write

pytestmark = pytest.mark.django_db

FIELDS = [
    Field(slug="name"),
    Field(slug="trees", kind="integer"),
    Field(slug="planted", kind="date"),
    Field(slug="seen", kind="datetime"),
    Field(slug="where", kind="geometry"),
]
SEEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROWS = [
    {"name": "Stadtgarten", "trees": 120, "planted": date(1998, 4, 1), "seen": SEEN,
     "where": {"type": "Point", "coordinates": [7.22, 51.54]}},
    {"name": "Schlosspark", "trees": 340, "planted": None, "seen": None,
     "where": {"type": "Point", "coordinates": [7.21, 51.55]}},
    {"name": "100 % Park_1", "trees": None, "planted": None, "seen": None, "where": None},
]  # fmt: skip


@pytest.fixture
def parks() -> Resource:
    dataset = Dataset.objects.create(slug="parks", title="Parks", publisher=publishers.city())
    return Resource.objects.create(dataset=dataset, slug="parks", title="Parks")


def names(page) -> list[str]:
    return [row[page.columns.index("name")] for row in page.rows]


def test_what_is_written_is_read_again_in_its_order(parks):
    version = write(parks, FIELDS, ROWS)
    page = read(version, Query())
    assert page.total == 3
    assert [dict(zip(page.columns, row, strict=True)) for row in page.rows] == ROWS
    assert [row for rows in stream(version) for row in rows] == page.rows


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (Where(column="trees", operator=">", value=120), ["Schlosspark"]),
        (Where(column="trees", operator="null"), ["100 % Park_1"]),
        (Where(column="name", operator="contains", value="% park_"), ["100 % Park_1"]),
        (Where(column="name", operator="in", value=["Schlosspark", "?"]), ["Schlosspark"]),
        (Where(column="planted", operator="<", value=date(2000, 1, 1)), ["Stadtgarten"]),
    ],
)
def test_conditions(parks, where, found):
    assert names(read(write(parks, FIELDS, ROWS), Query(where=(where,)))) == found


def test_a_box_finds_what_it_touches(parks):
    version = write(parks, FIELDS, ROWS)
    page = read(version, Query(box=(7.215, 51.5, 7.3, 51.6)))
    assert (names(page), page.total) == (["Stadtgarten"], 1)


def test_the_same_rows_make_no_new_version(parks):
    first = write(parks, FIELDS, ROWS)
    assert write(parks, FIELDS, ROWS) == first
    second = write(parks, FIELDS, ROWS[:1])
    assert (second.number, second.rows, second.current) == (2, 1, True)
    first.refresh_from_db()
    assert not first.current


def test_a_wrong_value_leaves_everything_as_it_was(parks):
    first = write(parks, FIELDS, ROWS)
    with pytest.raises(psycopg.Error):
        write(parks, FIELDS, [{"name": "x", "trees": "many"}])
    assert parks.versions.get() == first


def test_a_builder_of_rows_may_ask_the_database_while_it_builds(parks):
    def rows():
        for name in ("a", "b"):
            yield {"name": name, "trees": Dataset.objects.count()}

    assert read(write(parks, FIELDS, rows()), Query(columns=("trees",))).rows == [(1,), (1,)]


def test_old_versions_lose_their_rows_and_a_deleted_dataset_its_tables(parks):
    for trees in range(4):
        write(parks, FIELDS, [{"name": "x", "trees": trees}])
    assert forget_old(parks, keep=2) == 2
    assert relations() == {f"t{one.pk}" for one in parks.versions.filter(dropped=False)}
    assert list(parks.versions.values_list("dropped", flat=True)) == [False, False, True, True]
    parks.dataset.delete()
    assert relations() == set()


def relations() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'open'")
        return {name for (name,) in cursor.fetchall()}
