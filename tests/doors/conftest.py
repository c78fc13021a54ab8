"""Three published tables and one that is not: trees (points), parks (areas), counts, a draft."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from shapely.geometry import shape

from stadtkern.kernel.catalogue import publishers
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.kernel.catalogue.tables.write import write

TREES = [
    Field(slug="name", title="Name", title_en="Name"),
    Field(slug="kind", title="Art"),
    Field(slug="height", kind="number", title="Höhe", unit="m"),
    Field(slug="year", kind="integer", title="Pflanzjahr"),
    Field(slug="planted", kind="date", title="Gepflanzt"),
    Field(slug="seen", kind="datetime", title="Gesehen"),
    Field(slug="healthy", kind="boolean", title="Gesund"),
    Field(slug="place", kind="geometry", title="Ort"),
]
PARKS = [Field(slug="name", title="Name"), Field(slug="area", kind="geometry", title="Fläche")]
COUNTS = [
    Field(slug="district", title="Stadtbezirk"),
    Field(slug="people", kind="integer", title="Menschen"),
    Field(slug="limit", kind="integer", title="Grenze"),
]
KINDS = ("Linde", "Eiche", "Ahorn")
SEEN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def tree(i: int) -> dict:
    """Tree i: every seventh has no height, every tenth no place; a grid of 10 by 10."""
    lon, lat = 7.2 + i % 10 * 0.001, 51.5 + i // 10 * 0.001
    return {
        "name": f"Baum {i}, „Straße“" if i % 2 else f'Baum {i} "x"\nzwei',
        "kind": KINDS[i % 3],
        "height": None if i % 7 == 0 else i / 4,
        "year": 1900 + i,
        "planted": date(1926, 1, 1) + timedelta(days=400 * i),
        "seen": SEEN + timedelta(hours=i),
        "healthy": i % 4 != 0,
        "place": None if i % 10 == 9 else {"type": "Point", "coordinates": [lon, lat]},
    }


# The outer ring runs clockwise, which GeoJSON does not want; the second park is a triangle whose
# box is larger than it.
RINGS = {
    "Stadtgarten": [[7.2, 51.5], [7.2, 51.51], [7.21, 51.51], [7.21, 51.5], [7.2, 51.5]],
    "Dreieck": [[7.3, 51.5], [7.4, 51.5], [7.3, 51.6], [7.3, 51.5]],
}
ROWS = [tree(i) for i in range(100)]
SHAPES = [row["place"] and shape(row["place"]) for row in ROWS]
AREAS = [
    {"name": name, "area": {"type": "Polygon", "coordinates": [ring]}}
    for name, ring in RINGS.items()
]
PEOPLE = [
    {"district": "Wanne", "people": 30, "limit": 1},
    {"district": "Eickel", "people": 20, "limit": 2},
    {"district": "Wanne", "people": 12, "limit": 3},
    {"district": None, "people": None, "limit": 4},
]


def publish(slug: str, fields: list[Field], rows: list[dict], **facts) -> Resource:
    dataset = Dataset.objects.create(
        **{"slug": slug, "title": slug.capitalize(), "state": Dataset.PUBLISHED,
           "publisher": publishers.city(), "themes": ["ENVI"], "keywords": ["Grün", slug], **facts}
    )  # fmt: skip
    resource = Resource.objects.create(dataset=dataset, slug="all", title=f"{slug} all")
    write(resource, fields, rows)
    resource.refresh_from_db()
    return resource


def everything() -> dict[str, Resource]:
    return {
        "trees": publish("trees", TREES, ROWS, about="Alle Bäume der Stadt.", hvd="c_ac64a52d"),
        "parks": publish("parks", PARKS, AREAS, title="Grünflächen", themes=["REGI"],
                         licence="cc-by/4.0", credit="Amt für Grün", invented=True),
        "counts": publish("counts", COUNTS, PEOPLE, themes=["SOCI"]),
        "draft": publish("draft", COUNTS, PEOPLE, state=Dataset.DRAFT),
    }  # fmt: skip


@pytest.fixture(scope="module")
def catalogue(django_db_setup, django_db_blocker) -> Iterator[dict[str, Resource]]:
    """Committed once for all tests of a file; what a test changes is rolled back."""
    with django_db_blocker.unblock():
        made = everything()
    yield made
    with django_db_blocker.unblock():
        Dataset.objects.all().delete()


@pytest.fixture
def served(live_server) -> Iterator[str]:
    """A server with all of it; its relations go before the tables are emptied."""
    everything()
    yield live_server.url
    Dataset.objects.all().delete()


@pytest.fixture
def get(client: Client):
    """The JSON at an address, once its status is as wanted."""

    def asked(path: str, query: dict | None = None, status: int = 200, **headers):
        answer = client.get(path, query, headers=headers)
        assert answer.status_code == status, (answer.status_code, body(answer)[:500])
        return answer.json()

    return asked


def body(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content
