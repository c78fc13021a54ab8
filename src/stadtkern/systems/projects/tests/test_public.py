"""What everybody sees of the projects."""

import json
import random
import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel import clock
from stadtkern.kernel.places.models import Area, Place
from stadtkern.systems.projects import changes, datasets, demo, jobs, layers
from stadtkern.systems.projects.content import Indicator, Link, Spot
from stadtkern.systems.projects.models import Project

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def city(db):
    demo.fill(random.Random(1))


def words(answer) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def titles(answer) -> list[str]:
    found = re.findall(r"<h3><a href=\"[^\"]+\"[^>]*>([^<]+)</a>", answer.content.decode())
    return [one for one in found if one]


def test_the_demo_tells_every_project_of_the_citys_description_in_both_languages(client, city):
    assert Project.objects.public().count() == 30
    german, english = client.get("/projekte/"), client.get("/en/projects/")
    assert len(titles(german)) == len(titles(english)) == 30
    assert "Klimaviertel Sodingen" in titles(german)
    assert "Sodingen climate quarter" in titles(english)
    assert 'lang="de"' not in english.content.decode().split("<main", 1)[1]


def test_a_list_of_any_length_takes_the_same_number_of_queries(client, written):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get("/projekte/")
        return len(queries)

    changes.publish("test", written("eins").pk)
    few = asked()
    for number in range(6):
        changes.publish("test", written(f"noch-{number}").pk)
    assert asked() == few


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("q=waermenetz", "Grünes Wärmenetz Horsthausen", "Smart City"),
        ("q=WÄRMENETZ+horsthausen", "Grünes Wärmenetz Horsthausen", "BeOpenAI"),
        ("q=heat+network", "Grünes Wärmenetz Horsthausen", "BeOpenAI"),
        ("theme=mobility", "Radboxen an Haltestellen", "BeOpenAI"),
        ("status=finished", "BeOpenAI", "Radboxen an Haltestellen"),
        ("where=city", "BeOpenAI", "Radboxen an Haltestellen"),
        ("where=place", "Radboxen an Haltestellen", "BeOpenAI"),
        ("year=2024", "BeOpenAI", "Radboxen an Haltestellen"),
        ("theme=data&status=finished", "BeOpenAI", "LoRaWAN für die Stadt"),
    ],
)
def test_the_address_filters_list_and_map(client, city, query, there, not_there):
    page = client.get(f"/projekte/?{query}")
    assert there in titles(page)
    assert not_there not in titles(page)
    named = {
        f["properties"]["name"]
        for f in client.get(f"/projekte/map/pins.geojson?{query}").json()["features"]
    }
    assert named <= set(titles(page))
    assert f"map/layers.json?{query.split('=')[0]}=" in page.content.decode().replace("&amp;", "&")


def test_filters_that_make_no_sense_are_left_out(client, city):
    assert len(titles(client.get("/projekte/?theme=x&status=%00&year=abcd&where=1"))) == 30
    assert "Kein Projekt passt" in words(client.get("/projekte/?q=gibtesnicht"))


def test_what_has_no_known_position_gets_no_pin(client, city):
    pins = client.get("/projekte/map/pins.geojson").json()["features"]
    assert len(pins) == 11
    named = {pin["properties"]["name"] for pin in pins}
    assert named.isdisjoint({"BeOpenAI", "Klimaviertel Sodingen", "Breitbandausbau"})
    assert all(pin["properties"]["url"].startswith("/projekte/") for pin in pins)
    assert "Position nicht bekannt" in words(client.get("/projekte/klimaviertel-sodingen/"))


def test_the_map_names_whom_its_ground_and_its_positions_are_owed_to(client, city):
    Area.objects.create(kind="city", key="1", name="Herne", source="© GeoBasis-DE / BKG",
                        licence="dl-de/by-2-0")  # fmt: skip
    credit = client.get("/projekte/map/layers.json").json()["credit"]
    assert credit.count("© GeoBasis-DE / BKG (dl-de/by-2-0)") == 1
    assert credit.count("Ladesäulenregister") == 1
    assert "ODbL" in credit


def test_the_citys_map_leads_from_a_place_to_its_project(client, city):
    (pin,) = [p for p in layers.pins() if "Mont-Cenis" in p.name]
    page = client.get(f"/places/{pin.place}/").content.decode()
    assert 'href="/projekte/akademie-mont-cenis/"' in page
    feature = client.get("/map/layers/projects.locations.geojson").json()["features"][0]
    assert feature["properties"]["url"].startswith("/projekte/")


def test_a_figure_has_its_date_or_says_that_it_has_none_and_always_its_source(client, city):
    page = words(client.get("/projekte/breitband/"))
    assert "fast 79 %" in page
    assert "Gigabit NRW" in page
    assert "Die Quelle nennt kein Datum." in page
    assert "11,4 Mio. Euro" in page
    assert "11.4 million euros" in words(client.get("/en/projects/breitband/"))


def test_newer_figures_of_one_name_stand_before_older_ones(client, written):
    figures = [{"title": "Bänke", "value": value, "as_of": day, "source": "Amt"}
               for value, day in ((3, "2024"), (9, "2026-02"), (5, "2025-07-01"))]  # fmt: skip
    project = written(indicators=tuple(Indicator(**one) for one in figures))
    changes.publish("test", project.pk)
    page = words(client.get("/projekte/brunnen/"))
    order = [page.index(word) for word in ("Februar 2026", "1. Juli 2025", "2024")]
    assert order == sorted(order)


def test_a_page_carries_schema_org_that_nothing_in_it_can_break(client, written):
    changes.publish("test", written(title="</script><b>&", begins="2024-05").pk)
    body = client.get("/projekte/brunnen/").content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body)
    told = json.loads(block)
    assert told["@type"] == "Project"
    assert told["name"] == "</script><b>&"
    assert told["foundingDate"] == "2024-05"


def test_a_live_value_comes_with_its_age_and_source(client, city):
    page = client.get("/projekte/smart-parking/").content.decode()
    assert 'class="tile' in page
    assert "Freie Stellplätze (Demo)" in page


def test_the_feed_is_atom_and_tells_new_projects(client, city):
    answer = client.get("/projekte/news.atom")
    assert answer["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 30
    ids = {entry.findtext(f"{ATOM}id") for entry in entries}
    assert len(ids) == 30
    assert all(entry.findtext(f"{ATOM}updated") for entry in entries)
    only = ElementTree.fromstring(client.get("/projekte/news.atom?project=beopenai").content)
    assert len(only.findall(f"{ATOM}entry")) == 1


def test_investors_see_who_says_what_and_what_is_invented(client, city):
    page = words(client.get("/projekte/business/"))
    for said in ("Dynamikranking des IW", "oberes Viertel", "Verband der Automobilindustrie",
                 "Die Quelle nennt kein Datum.", "für die Demo erfunden",
                 "nicht angegeben"):  # fmt: skip
        assert said in page


def test_open_data_has_a_row_for_each_project_and_a_position_only_where_there_is_one(city):
    rows = {row["id"]: row for row in datasets.project_rows()}
    assert len(rows) == 30
    assert rows["beopenai"]["geometry"] is None
    assert rows["radboxen"]["geometry"]["type"] == "MultiPoint"
    assert rows["akademie-mont-cenis"]["geometry"]["coordinates"] == [7.2581, 51.539184]
    figures = list(datasets.indicator_rows())
    assert all(row["source"] and row["value"] is not None for row in figures)
    assert {row["value"] for row in figures if row["project"] == "radboxen"} == {40, 15, 10}


def test_the_tile_counts_running_projects(city):
    reading = layers.projects_tile()
    running = [row for row in datasets.project_rows() if row["status"] == "running"]
    assert reading.value == str(len(running))


def test_a_draft_is_nowhere_but_in_its_preview(client, written):
    project = written(title="Geheimer Brunnen")
    for address in ("/projekte/", "/projekte/news.atom", "/projekte/map/pins.geojson"):
        assert "Geheimer" not in client.get(address).content.decode()
    assert client.get("/projekte/brunnen/").status_code == 404
    preview = client.get(f"/projekte/preview/{project.token}/")
    assert "Geheimer Brunnen" in words(preview)
    assert preview["X-Robots-Tag"] == "noindex"
    assert client.get("/projekte/preview/falsch/").status_code == 404


def test_the_job_publishes_and_withdraws_on_time_and_places_follow(client, written):
    now = clock.now()
    spot = Spot(
        key="0b0c4e3a-4b7e-4f65-9a39-0c2f6d8f1a11", name="Markt", lon=7.2, lat=51.5, source="Plan"
    )
    project = written(spots=(spot,))
    begins, ends = now + timedelta(hours=1), now + timedelta(hours=3)
    changes.publish("test", project.pk, begins, ends)
    with time_machine.travel(now + timedelta(minutes=59), tick=False):
        jobs.keep_time()
        assert client.get("/projekte/brunnen/").status_code == 404
        assert not Place.objects.of_kind("projects.location").exists()
    with time_machine.travel(now + timedelta(minutes=61), tick=False):
        assert jobs.keep_time() == "1 published, 0 withdrawn"
        assert jobs.keep_time() == "0 published, 0 withdrawn"
        assert client.get("/projekte/brunnen/").status_code == 200
        assert Place.objects.of_kind("projects.location").count() == 1
    with time_machine.travel(now + timedelta(minutes=181), tick=False):
        assert client.get("/projekte/brunnen/").status_code == 404
        assert jobs.keep_time() == "0 published, 1 withdrawn"
        assert not Place.objects.of_kind("projects.location").exists()


def test_a_city_wide_project_is_found_and_in_the_sitemap(client, written):
    one = written("leitbild", title="Leitbild Zukunft", title_en="Guiding vision")
    changes.publish("test", one.pk)
    german, english = client.get("/search/?q=leitbild"), client.get("/en/search/?q=vision")
    assert 'href="/projekte/leitbild/"' in german.content.decode()
    assert 'href="/en/projects/leitbild/"' in english.content.decode()
    listed = client.get("/sitemap-pages.xml").content.decode()
    assert "/projekte/leitbild/</loc><lastmod>" in listed
    assert "/en/projects/leitbild/</loc>" in listed
    changes.withdraw("test", one.pk, archive=True)
    assert "leitbild" not in client.get("/sitemap-pages.xml").content.decode()


def test_a_link_to_a_page_of_ours_leads_to_it_in_the_readers_language(client, written):
    links = (
        Link(title="Karte", url="/dashboard/"),
        Link(title="Land", url="https://land.example/"),
    )
    changes.publish("test", written(links=links).pk)
    assert 'href="/dashboard/">Karte' in client.get("/projekte/brunnen/").content.decode()
    english = client.get("/en/projects/brunnen/").content.decode()
    assert 'href="/en/dashboard/">Karte' in english
    assert 'href="https://land.example/"' in english
