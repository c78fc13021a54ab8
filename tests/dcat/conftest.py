"""A small catalogue with all kinds of datasets, and an RDF library that reads what we write."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from django.core.cache import cache

from stadtkern.kernel import registry
from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Dataset, Harvested, Resource, Source, StoredFile
from stadtkern.kernel.catalogue.tables.write import write

SITE = "https://daten.stadt.example"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ODD = 'Bäume "alt" & <neu> \\ 100 % \x0b\U0001f333'


def shapes_folder() -> Path | None:
    """Where the published lists lie, which are not free enough to be kept here."""
    if given := os.environ.get("STADTKERN_SHAPES"):
        return Path(given)
    schemas = os.environ.get("STADTKERN_SCHEMAS")
    beside = Path(schemas).parent / "shapes" if schemas else None
    return beside if beside and beside.is_dir() else None


@pytest.fixture(autouse=True)
def city(monkeypatch):
    """A city with an address and without an ID at GovData."""
    whole = registry.city()
    web = msgspec.structs.replace(whole.web, address=SITE)
    identity = msgspec.structs.replace(whole.city, contact="daten@stadt.example")
    changed = msgspec.structs.replace(whole, web=web, city=identity)
    monkeypatch.setattr(registry, "city", lambda: changed)
    cache.clear()
    return changed


@pytest.fixture
def contributor(monkeypatch, city):
    """The same city with an ID."""
    known = msgspec.structs.replace(
        city.catalogue, contributor="http://dcat-ap.de/def/contributors/stadt"
    )
    changed = msgspec.structs.replace(city, catalogue=known)
    monkeypatch.setattr(registry, "city", lambda: changed)


def dataset(slug="trees", **more):
    facts = {
        "title": ODD, "title_en": "Trees", "about": "Alle Bäume.\nMit Art und Ort.",
        "about_en": "All trees.", "themes": ["ENVI", "REGI"], "keywords": ["Baum", "Grün"],
        "keywords_en": ["tree"], "publisher": publishers.city(), "state": Dataset.PUBLISHED,
        "rhythm": "MONTHLY", "period_start": date(2020, 1, 1), "issued": AT, "modified": AT,
    }  # fmt: skip
    return Dataset.objects.create(slug=slug, **{**facts, **more})


@pytest.fixture
def table(db):
    """`table(dataset)`: rows with places, so that all doors are open."""

    def make(owner, slug="all", *, places=True):
        resource = Resource.objects.create(
            dataset=owner, slug=slug, title="Bestand", title_en="Stock"
        )
        fields = [Field(slug="species", title="Art"), Field(slug="age", kind="integer")]
        row = {"species": "Linde", "age": 80}
        if places:
            fields.append(Field(slug="place", kind="geometry"))
            row["place"] = {"type": "Point", "coordinates": [7.2, 51.5]}
        write(resource, fields, [row])
        return resource

    return make


@pytest.fixture
def trees(table):
    """High-value data as a table with places."""
    made = dataset(hvd="c_dd313021")
    table(made)
    return made


@pytest.fixture
def catalogue(trees, table):
    """One of each kind: with places, without, a file, an address elsewhere, observations."""
    plain = dataset(
        "budget", title="Haushalt", licence="dl-by-de/2.0", credit="Stadt", themes=["ECON"]
    )
    table(plain, "2026", places=False)
    scan = dataset("plan", title="Plan", period_start=None)
    held = StoredFile.objects.create(
        name="plan.pdf", media_type="application/pdf", size=4, sha256="ab" * 32, content=b"%PDF"
    )
    paper = Resource.objects.create(
        dataset=scan, slug="plan", title="Plan", kind="file", format="PDF",
        media_type="application/pdf",
    )  # fmt: skip
    paper.versions.create(number=1, file=held)
    far = dataset("elsewhere", title="Anderswo", invented=True)
    Resource.objects.create(
        dataset=far, slug="there", title="Dort", kind="link", format="CSV",
        media_type="text/csv", url="https://other.example/a b.csv",
    )  # fmt: skip
    bays = dataset("bays", title="Stellplätze", things=["parking.bay-sensor"], hvd="c_b79e35eb",
                   themes=["TRAN"])  # fmt: skip
    table(bays, "bays")
    came = dataset("came", title="Von anderswo", origin=Dataset.HARVESTED,
                   landing_page="https://far.example/came")  # fmt: skip
    Resource.objects.create(
        dataset=came, slug="there", title="Dort", kind="link", format="CSV",
        media_type="text/csv", url="https://far.example/came.csv",
    )  # fmt: skip
    source = Source.objects.create(name="Land", url="https://far.example/")
    Harvested.objects.create(
        dataset=came, source=source, iri="https://far.example/came",
        identifier="https://far.example/came", digest="0",
        facts={"": [["dcatde:contributorID", "http://dcat-ap.de/def/contributors/openNRW"]],
               "there": [["dcat:byteSize", "7", "", "xsd:nonNegativeInteger"]]},
    )  # fmt: skip
    dataset("draft", title="Entwurf", state=Dataset.DRAFT)
    return Dataset.objects.published()
