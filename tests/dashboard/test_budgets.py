"""Pages stay light: bytes over the wire (packed), and questions to the database."""

import gzip
import re
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel import clock
from stadtkern.site.demo_city.load import load_basemap

pytestmark = pytest.mark.django_db
LINKED = re.compile(r'(?:src|href|data-code|data-worker)="/static/([^"?]+\.(?:js|css))')
MAP, WORKER = "stadtkern/city-map.js", "stadtkern/map-worker.js"


def packed(content):
    return len(gzip.compress(content, 6))


def loaded(text):
    """Scripts and stylesheets of a page, by name, with their packed bytes."""
    names = set(LINKED.findall(text))
    read = ((name, open(finders.find(name), "rb").read()) for name in names)  # noqa: SIM115
    return {name: packed(content) for name, content in read}


@pytest.fixture
def addresses(stream, observe):
    load_basemap()
    one = stream("Rathausplatz")
    now = clock.now()
    observe(one, [(now - timedelta(minutes=10 * m), 11.4 + m % 7) for m in range(1000)])
    place = one.thing.place
    return {
        "home": "/",
        "dashboard": "/dashboard/",
        "place": f"/places/{place.public_id}/",
        "explorer": f"/dashboard/explore/?s={one.pk}&range=week",
        "mine": "/dashboard/mine/",
        "boards": "/dashboard/boards/",
    }


# Packed kilobytes of page, scripts and styles; and questions. The map's own code is counted apart.
BUDGETS = {
    "home": (30, 32),
    "dashboard": (34, 42),
    "place": (62, 40),
    "explorer": (64, 20),
    "mine": (32, 12),
    "boards": (28, 6),
}
WITH_MAP = {"dashboard", "place"}


@pytest.mark.parametrize("name", BUDGETS)
def test_a_page_keeps_its_budget(client, addresses, name):
    kilobytes, questions = BUDGETS[name]
    client.get(addresses[name])
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(addresses[name])
    text = answer.content.decode()
    files = loaded(text)
    assert ({MAP, WORKER} <= set(files)) == (name in WITH_MAP)
    light = sum(size for file, size in files.items() if file not in (MAP, WORKER))
    assert (packed(answer.content) + light) / 1000 < kilobytes
    assert len(asked) <= questions


def test_the_map_keeps_its_budget():
    files = [finders.find(name) for name in (MAP, WORKER)]
    assert all(files)
    sizes = [packed(open(file, "rb").read()) / 1000 for file in files]  # noqa: SIM115
    assert sizes[0] < 340
    assert sizes[1] < 170
