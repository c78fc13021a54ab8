"""Personal data: what is found in rows, and what is left alone."""

import pytest

from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.files import personal
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.kernel.catalogue.tables.write import write

pytestmark = pytest.mark.django_db


def found(rows, *fields) -> dict[str, set[str]]:
    dataset = Dataset.objects.create(slug="d", title="D", publisher=publishers.city())
    resource = Resource.objects.create(dataset=dataset, slug="r", title="R")
    columns = [one if isinstance(one, Field) else Field(slug=one, title=one) for one in fields]
    version = write(resource, columns, rows)
    kinds: dict[str, set[str]] = {}
    for one in personal.look(version):
        kinds.setdefault(one.kind, set()).add(one.column)
    return kinds


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "Fragen an erika.muster@example.org richten"),
        ("phone", "02323 16-2805"),
        ("phone", "+49 (0)2323 161234"),
        ("phone", "Tel. 0171/1234567"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("plate", "HER-AB 123"),
        ("name", "Erika Mustermann"),
        ("name", "Dr. Hans-Peter Schmidt"),
        ("address", "Bahnhofstraße 7b, 44623 Herne"),
        ("address", "Am Stadtgarten Weg 12"),
    ],
)
def test_what_is_about_people_is_found(kind, value):
    assert found([{"text": value}], "text") == {kind: {"text"}}


@pytest.mark.parametrize(
    "value",
    [
        "Stadtgarten", "2026-03-01", "51.5387", "5916000", "Erich-Kästner-Schule", "E-Auto 22 kW",
        "DE89 3704 0044 0532 0130 01", "Bahnhofstraße", "Käthe-Kollwitz-Straße", "130590",
        "01.08.1973", "377291 5704569", "05916000",
    ],
)  # fmt: skip
def test_what_is_not_about_people_is_left_alone(value):
    assert found([{"text": value}], "text") == {}


def test_columns_that_say_what_they_are():
    fields = [Field(slug="nachname", title="Nachname"), Field(slug="geburtsdatum", kind="date"),
              Field(slug="faelle", kind="integer")]  # fmt: skip
    assert found([{"nachname": "Kowalski", "faelle": 2}, {"nachname": "Öztürk", "faelle": 9}], *fields) == {
        "name": {"Nachname"}, "birth": {""}, "small": {""}}  # fmt: skip


def test_features_that_few_people_share():
    rows = [{"geschlecht": "w", "alter": 30}] * 5 + [{"geschlecht": "m", "alter": 91}]
    fields = [
        Field(slug="geschlecht", title="Geschlecht"),
        Field(slug="alter", title="Alter", kind="integer"),
    ]
    assert found(rows, *fields) == {"group": {"Geschlecht, Alter"}}


def test_samples_are_covered():
    assert personal.covered("Erika Mustermann") == "Er••• Mu••••••"
