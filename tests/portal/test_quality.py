"""The public page about how well the records of datasets are made."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.catalogue.models import Dataset, Judgement

pytestmark = pytest.mark.django_db
PAGE = "/data/quality/"


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_before_the_first_check_the_page_says_when_it_comes(client, trees):
    assert "Die Prüfung läuft nachts" in client.get(PAGE).content.decode()


def test_ratings_are_those_of_the_european_portal_and_the_weakest_come_first(client, make):
    for name, points in (("gut", 221), ("sehr-gut", 351), ("fast", 350), ("schwach", 120)):
        Judgement.objects.create(dataset=make(name, name.title()), points=points)
    hidden = make("entwurf", "Entwurf", state=Dataset.DRAFT)
    Judgement.objects.create(dataset=hidden, points=1)
    page = client.get(PAGE).content.decode()
    said = text_of(page)
    assert "351–405 1 " in said
    assert "221–350 2 " in said
    assert "121–220 0 " in said
    assert "0–120 1 " in said
    assert "Entwurf" not in said
    order = re.findall(r'href="/data/datasets/([a-z-]+)/"', page)
    assert order == ["schwach", "gut", "fast", "sehr-gut"]


def test_a_longer_list_asks_no_more_of_the_database(client, make):
    Judgement.objects.create(dataset=make("eins", "Eins"), points=9)
    counts = []
    for more in ("zwei", "drei"):
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        counts.append(len(asked))
        Judgement.objects.create(dataset=make(more, more), points=9)
    assert counts[0] == counts[1] <= 8
