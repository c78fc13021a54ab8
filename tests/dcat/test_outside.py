"""Scores, schema.org, feeds, the site map and robots: what others read of the catalogue."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from defusedxml import ElementTree
from django.test import Client
from django.utils.translation import override

from stadtkern.kernel.catalogue.dcat import record, schema_org, scores
from stadtkern.kernel.catalogue.dcat.catalogue import fetched
from stadtkern.kernel.catalogue.models import Dataset
from stadtkern.site import sitemap

from .conftest import SITE, dataset

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def nodes(one):
    return record.nodes(fetched(Dataset.objects.filter(pk=one.pk)).get(), SITE)


def test_the_european_score_has_405_points_in_five_dimensions():
    points = {key: sum(m.points for m in scores.METRICS if m.dimension == key)
              for key in scores.DIMENSIONS}  # fmt: skip
    assert points == {"findable": 100, "accessible": 100, "interoperable": 110, "reusable": 75,
                      "contextual": 20}  # fmt: skip
    assert sum(points.values()) == scores.MOST == 405


def test_a_good_record_is_excellent_and_says_what_is_left_to_lift(trees):
    found = scores.score(trees)
    assert 351 <= found.points < 405
    with override("de"):
        assert str(found.rating) == "ausgezeichnet"
        advice = dict(found.advice)
    assert advice == {"Die Dateigröße fehlt.": 5} | advice
    assert found.points + sum(advice.values()) == 405


def test_a_poor_record_is_told_what_lifts_it_most(db):
    poor = dataset("poor", themes=[], keywords=[], keywords_en=[], period_start=None)
    found = scores.score(poor)
    assert found.points < 121
    with override("de"):
        assert str(found.rating) == "schlecht"
        first, second = found.advice[:2]
    assert first == ("Es gibt nichts zum Herunterladen und keine Schnittstelle. Fügen Sie eine"
                     " Datei oder eine Adresse hinzu.", 220)  # fmt: skip
    assert "Schlagwort" in second[0]
    assert second[1] == 30


def test_each_fault_costs_what_the_method_says(trees):
    whole = scores.scored(nodes(trees), SITE, conforms=True).points
    for name, cost in (("keywords", 30), ("themes", 30), ("period_start", 20)):
        before = getattr(trees, name)
        more = {"keywords_en": []} if name == "keywords" else {}
        for key, value in {name: None if name == "period_start" else [], **more}.items():
            setattr(trees, key, value)
        trees.save()
        assert scores.scored(nodes(trees), SITE, conforms=True).points == whole - cost
        setattr(trees, name, before)
    assert scores.scored(nodes(trees), SITE, conforms=False).points <= whole - 30


def test_what_govdata_counts(catalogue, contributor):
    assert scores.govdata(nodes(catalogue.get(slug="trees"))) == []
    Dataset.objects.filter(slug="trees").update(licence="other-closed", keywords=[], keywords_en=[])
    codes = [one.code for one in scores.govdata(nodes(catalogue.get(slug="trees")))]
    assert codes[0] == "keyword"
    assert set(codes[1:]) == {"licence_closed"}


def test_govdata_misses_the_id_of_the_city(trees):
    assert [one.code for one in scores.govdata(nodes(trees))] == ["contributor"]


def test_search_engines_read_what_they_need(trees):
    with override("de"):
        said = schema_org.json_ld(fetched(Dataset.objects.filter(pk=trees.pk)).get())
    assert said["@type"] == "Dataset"
    assert said["license"] == "https://www.govdata.de/dl-de/zero-2-0"
    assert said["temporalCoverage"] == "2020-01-01/.."
    assert said["spatialCoverage"]["geo"]["box"] == "51.5 7.2 51.5 7.2"
    assert {"text/csv", "application/geo+json"} <= {
        one["encodingFormat"] for one in said["distribution"]
    }  # fmt: skip
    for one in said["distribution"]:
        assert one["contentUrl"].startswith(SITE)
    with override("en"):
        assert schema_org.json_ld(trees)["name"] == "Trees"


def test_the_feed_tells_what_changed_the_newest_first(catalogue, trees):
    Dataset.objects.filter(pk=trees.pk).update(modified=datetime(2040, 1, 1, tzinfo=UTC))
    feed = ElementTree.fromstring(Client().get("/data/feed.atom").content)
    titles = [one.text for one in feed.findall("a:entry/a:title", ATOM)]
    assert len(titles) == 6
    assert titles[0].startswith("Bäume")
    english = ElementTree.fromstring(Client().get("/data/feed.atom?lang=en").content)
    assert english.find("a:entry/a:title", ATOM).text == "Trees"


def test_a_dataset_has_a_feed_of_its_versions(trees):
    feed = ElementTree.fromstring(Client().get("/data/datasets/trees.atom").content)
    [entry] = feed.findall("a:entry", ATOM)
    assert "Version 1" in entry.find("a:title", ATOM).text
    assert Client().get("/data/datasets/draft.atom").status_code == 404


def test_the_site_map_has_every_page_in_both_languages(catalogue, monkeypatch):
    monkeypatch.setattr(sitemap, "PER_FILE", 2)
    index = ElementTree.fromstring(Client().get("/sitemap.xml").content)
    files = [urlsplit(one.text).path for one in index.findall("s:sitemap/s:loc", MAP)]
    assert len(files) == 1 + 3
    listed = []
    for path in files:
        for url in ElementTree.fromstring(Client().get(path).content).findall("s:url", MAP):
            listed.append(url.find("s:loc", MAP).text)
            assert {one.get("hreflang") for one in url.findall("x:link", MAP)} == {"de", "en"}
    assert len(listed) == len(set(listed))
    assert sum("trees" in one for one in listed) == 2
    assert not any("draft" in one for one in listed)
    assert Client().get("/sitemap-datasets-9.xml").status_code == 404
    assert Client().get("/sitemap-nothing.xml").status_code == 404
    for one in listed:
        assert Client().get(urlsplit(one).path).status_code == 200, one


def test_robots_are_told_of_the_site_map_and_may_read_the_data():
    lines = Client().get("/robots.txt").content.decode().splitlines()
    assert f"Sitemap: {SITE}/sitemap.xml" in lines
    closed = [line.partition(": ")[2] for line in lines if line.startswith("Disallow")]
    assert not any("/data/datasets/trees".startswith(path) for path in closed)
