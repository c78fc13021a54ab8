"""A published table with faults that a person would know, and people who may see or decide."""

import pytest
from django.utils.translation import override

from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.kernel.catalogue.tables.write import write
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.systems.data_improvement import examining
from stadtkern.systems.data_improvement.models import Examination

FIELDS = (
    Field(slug="id", kind="integer", title="Nummer"),
    Field(slug="name", title="Name"),
    Field(slug="art", title="Art"),
    Field(slug="strasse", title="Straße"),
    Field(slug="plz", title="Postleitzahl"),
    Field(slug="geometry", kind="geometry"),
)
STREETS = ("Bahnhofstraße", "Hauptstraße", "Westring", "Lindenallee")


def rows(count=40):
    """Four streets with a postcode each; every sixth place is a park, the others are schools."""
    made = []
    for n in range(count):
        street = n % 4
        spot = [7.20 + street * 0.01 + n * 0.0004, 51.53 + street * 0.012]
        made.append({
            "id": 100 + n, "name": f"Ort Nummer {n}",
            "art": "Spielplatz" if n % 6 == 0 else "Grundschule",
            "strasse": f"{STREETS[street]} {n + 1}", "plz": f"4462{street + 3}",
            "geometry": {"type": "Point", "coordinates": [round(x, 6) for x in spot]},
        })  # fmt: skip
    return made


def spoiled():
    """The same with one fault of each kind, in rows that the tests name."""
    made = rows()
    made[4]["strasse"] = "Banhofstraße 5"
    made[9]["plz"] = "44623"
    made[13]["art"] = "Grundshcule"
    made[17]["geometry"] = {"type": "Point", "coordinates": [51.538, 7.22]}
    made.append({**made[20], "id": 900})
    return made


@pytest.fixture(autouse=True)
def _german():
    with override("de"):
        yield


@pytest.fixture
def table(db):
    """A function that publishes rows as a new version of one table."""

    def publish(made=None, fields=FIELDS, slug="orte", **facts):
        dataset, _ = Dataset.objects.get_or_create(slug=slug, defaults={
            "title": "Orte der Stadt", "about": "Schulen und Spielplätze.", "themes": ["EDUC"],
            "publisher": publishers.city(), "state": Dataset.PUBLISHED, "keywords": ["Ort"],
            **facts})  # fmt: skip
        resource, _ = Resource.objects.get_or_create(
            dataset=dataset, slug="liste", defaults={"title": "Liste der Orte"}
        )
        write(resource, list(fields), spoiled() if made is None else made, by="test")
        return resource

    return publish


@pytest.fixture
def examined(table):
    """A function that publishes a table and has it examined."""

    def run(*args, **told):
        one = examining.start_table("test", table(*args, **told))
        examining.run(one.pk)
        return Examination.objects.get(pk=one.pk)

    return run


@pytest.fixture
def signed_in(client, db):
    """A function that signs somebody in with this role of data_improvement."""

    def sign_in(role):
        roles.sync()
        person = Account.objects.create(username=f"person-{role}", is_staff=True)
        if role:
            person.roles.add(Role.objects.get(slug=f"data_improvement.{role}"))
        client.force_login(person)
        return client

    return sign_in
