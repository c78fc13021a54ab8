"""What systems declare becomes datasets; one that fails leaves what was there."""

from datetime import timedelta

import pytest

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import declared
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.kernel.catalogue.tables.read import Query, read
from stadtkern.kernel.contract import Column
from stadtkern.kernel.contract import Dataset as Declared
from stadtkern.systems.open_data.publishing.problems import check_datasets

pytestmark = pytest.mark.django_db

SLUG = "parking-trees"
ROWS = [
    {"id": "a", "trees": 3, "source": "Amt für Grün", "invented": True,
     "geometry": {"type": "Point", "coordinates": [7.2, 51.5]}},
    {"id": "b", "trees": None, "source": "Amt für Grün", "invented": False, "geometry": None},
]  # fmt: skip
answer: list = []


def rows():
    if answer == ["broken"]:
        raise RuntimeError("the register does not answer")
    return answer


TREES = Declared(
    slug="trees", title="Bäume", about="Bäume am Parkplatz", theme="ENVI", key=("id",),
    rows=f"{__name__}.rows", every=timedelta(0), keywords=("Baum",),
    columns=(
        Column(slug="id", title="Kennung"), Column(slug="trees", title="Bäume", kind="integer"),
        Column(slug="source", title="Quelle"), Column(slug="invented", title="Erfunden", kind="boolean"),
        Column(slug="geometry", title="Lage", kind="geometry"),
    ),
)  # fmt: skip


@pytest.fixture
def trees(monkeypatch):
    system = registry.system("parking")
    monkeypatch.setattr(registry, "datasets", lambda: [(system, TREES)])
    resolve = registry.resolve
    monkeypatch.setattr(
        registry, "resolve", lambda path: rows if path == TREES.rows else resolve(path)
    )
    answer[:] = ROWS
    return TREES


def test_a_declaration_becomes_a_public_dataset_that_knows_what_is_invented(trees):
    declared.refresh()
    dataset = Dataset.objects.get(slug=SLUG)
    assert (dataset.state, dataset.origin, dataset.system) == ("published", "declared", "parking")
    assert (dataset.invented, dataset.credit) == (True, "Amt für Grün")
    assert dataset.west is not None
    version = dataset.resources.get().versions.get(current=True)
    assert [row[:2] for row in read(version, Query()).rows] == [("a", 3), ("b", None)]


def test_the_same_rows_leave_the_dataset_alone(trees):
    declared.refresh()
    before = Dataset.objects.get(slug=SLUG).modified
    assert declared.refresh().startswith("0 new, 1 unchanged")
    assert Dataset.objects.get(slug=SLUG).modified == before


def test_a_builder_that_fails_leaves_the_last_rows_and_is_a_problem_for_staff(trees):
    declared.refresh()
    answer[:] = ["broken"]
    assert declared.refresh().endswith("1 failed")
    part = Resource.objects.get(dataset__slug=SLUG)
    assert part.versions.get(current=True).rows == 2
    assert "the register does not answer" in part.problem
    (problem,) = check_datasets()
    assert "Bäume" in problem.text
    assert problem.fix.endswith(f"/{SLUG}/")
    answer[:] = ROWS
    declared.refresh()
    assert not check_datasets()


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "c", "leaves": 3},
        {"id": "c", "trees": "three"},
        {"id": "c", "trees": True},
        {"id": "a", "trees": 4},
    ],
)
def test_rows_that_do_not_fit_are_refused(trees, wrong):
    answer[:] = [*ROWS, wrong]
    assert declared.refresh().endswith("1 failed")
    assert not Resource.objects.get(dataset__slug=SLUG).versions.exists()


def test_what_nobody_declares_any_more_is_withdrawn(trees, monkeypatch):
    declared.refresh()
    monkeypatch.setattr(registry, "datasets", list)
    declared.refresh()
    assert Dataset.objects.get(slug=SLUG).state == "withdrawn"
