"""The pages of the portal: home, search, a dataset, its rows, map, chart and doors."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from portal.conftest import TREES, tree_rows

from stadtkern.kernel import clock
from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.models import Dataset, Resource
from stadtkern.kernel.catalogue.tables.write import write
from stadtkern.systems.open_data import logic
from stadtkern.systems.open_data.models import Visits

pytestmark = pytest.mark.django_db
TABLE = "/data/datasets/baeume/baeume/"


def page(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def cells(text: str) -> list[list[str]]:
    """The rows of the page's data table."""
    body = re.search(r'<table class="od-table">.*?<tbody>(.*?)</tbody>', text, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]


def test_home_leads_to_themes_newest_and_terms(client, trees):
    text = page(client, "/data/")
    assert 'href="/data/search/?theme=ENVI"' in text
    assert "Stadtbäume" in text
    assert "kein amtlicher Nachweis" in text
    assert "Datenlizenz Deutschland – Zero – Version 2.0" in text
    assert "City trees" in page(client, "/en/open_data/")


def test_an_empty_portal_says_what_to_do(client, db):
    assert "Noch ist nichts veröffentlicht." in page(client, "/data/")
    text = page(client, "/data/search/?q=Einhorn+Drache&theme=ENVI")
    assert "Nichts gefunden." in text
    assert "Nur „Einhorn“" in text
    assert "/data/wishes/new/" in text


def test_a_typo_leads_to_the_dataset(client, trees):
    text = page(client, "/data/search/?q=Stadtbaeumme")
    assert "Meinten Sie <strong>Stadtbäume</strong>?" in text
    assert "/data/datasets/baeume/" in text


def test_facet_links_keep_the_search_and_let_go_again(client, trees):
    text = page(client, "/data/search/?q=baum")
    assert "?q=baum&amp;format=CSV" in text
    assert 'href="?q=baum"' in page(client, "/data/search/?q=baum&format=CSV&page=3")


def test_the_list_follows_the_map(client, trees):
    assert "Stadtbäume" in page(client, "/data/search/results/?box=7.1,51.5,7.3,51.6")
    text = page(client, "/data/map/?box=8.1,51.5,8.3,51.6")
    assert "Nichts gefunden." in text
    assert "<city-map" in text


def test_words_for_typing_are_json(client, trees):
    assert client.get("/data/search/words.json?q=stadt").json() == {"words": ["Stadtbäume"]}


def test_a_dataset_says_what_it_is_and_how_to_use_it(client, trees):
    text = page(client, "/data/datasets/baeume/")
    for said in (
        "Alle Bäume an Straßen.",
        "60 Zeilen",
        "jährlich",
        "Stadt Herne",
        "aktuell",
        "/data/files/baeume/baeume.csv",
        "/data/files/baeume/baeume.gpkg",
        "/api/tables/baeume/baeume",
        "/data/datasets/baeume/report/",
        "/data/datasets/baeume.atom",
        "https://www.govdata.de/dl-de/zero-2-0",
    ):
        assert said in text, said
    assert "Stadtbäume, Version 1 vom" in text
    assert "Ahorn &lt;b&gt;" in text
    assert "City trees" in page(client, "/en/open_data/datasets/baeume/")


def test_search_engines_read_the_dataset_from_its_page(client, trees):
    Dataset.objects.update(about="</script><script>alert(1)</script> & mehr")
    text = page(client, "/data/datasets/baeume/")
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    told = json.loads(block[1])
    assert told["@type"] == "Dataset"
    assert told["name"] == "Stadtbäume"
    assert told["description"].startswith("</script>")
    assert len(told["distribution"]) > 4
    assert "<script>alert" not in text


def test_late_data_say_so(client, make):
    old = clock.now() - timedelta(days=30)
    make("woche", "Wochenmarkt", rhythm="WEEKLY", modified=old)
    make("nie", "Altes Verzeichnis", rhythm="NEVER", modified=old)
    assert "Neue Daten sollten schon da sein." in page(client, "/data/datasets/woche/")
    text = page(client, "/data/datasets/nie/")
    assert "Neue Daten sollten" not in text
    assert logic.late(Dataset.objects.get(slug="woche"), clock.now()) is False


def test_versions_tell_what_changed(client, trees):
    part = trees.resources.get()
    write(part, [*TREES, Field(slug="umfang", kind="integer", title="Umfang")],
          [{**row, "umfang": 50} for row in tree_rows(64)], note="Neu vermessen")  # fmt: skip
    text = page(client, "/data/datasets/baeume/")
    assert "4 Zeilen mehr, neue Spalten: Umfang" in text
    assert "Neu vermessen" in text


def test_drafts_and_withdrawn_datasets_are_gone(client, trees):
    for state in (Dataset.DRAFT, Dataset.WITHDRAWN):
        Dataset.objects.update(state=state)
        for end in ("", "baeume/", "baeume/points.geojson", "report/"):
            assert client.get(f"/data/datasets/baeume/{end}").status_code == 404
        assert "Stadtbäume" not in page(client, "/data/search/")


def test_rows_are_filtered_sorted_and_paged_in_the_address(client, trees):
    assert len(cells(page(client, TABLE))) == 25
    assert len(cells(page(client, f"{TABLE}?page=3"))) == 10
    rows = cells(page(client, f"{TABLE}?w=art~eq~Eiche&w=hoehe~gte~10%2C5&sort=-hoehe"))
    assert [row[0] for row in rows] == ["Eiche"] * 9
    assert [row[1] for row in rows][:2] == ["16,75", "16"]
    assert rows[0][2] == "1.4.2017"
    rows = cells(page(client, f"{TABLE}?w=gepflanzt~lt~1.1.1962"))
    assert [row[2] for row in rows] == ["1.4.1960", "1.4.1961"]


def test_a_filter_from_the_form_becomes_part_of_the_address(client, trees):
    answer = client.get(f"{TABLE}?c=hoehe&o=gt&v=16&w=art~eq~Eiche&page=4")
    assert answer.status_code == 302
    told = parse_qs(urlsplit(answer["Location"]).query)
    assert told == {"w": ["art~eq~Eiche", "hoehe~gt~16"]}
    text = page(client, TABLE + answer["Location"])
    assert "Höhe mehr als 16" in text
    assert 'href="?w=hoehe~gt~16#rows"' in text.replace("%7E", "~")


@pytest.mark.parametrize("said", ["hoehe~gte~hoch", "gepflanzt~eq~gestern", "nichts~eq~1", "x",
                                  "art~eq~", "lage~eq~1", "hoehe~gte~%00", "art~like~x"])  # fmt: skip
def test_a_filter_that_makes_no_sense_says_what_to_do(client, trees, said):
    text = page(client, f"{TABLE}?w={said}&sort=drop&page=0")
    assert 'role="alert"' in text
    assert len(cells(text)) == 25


def test_the_exact_query_of_the_page_answers_programs(client, trees):
    text = page(client, f"{TABLE}?w=art~eq~Linde&w=hoehe~lte~5&sort=-hoehe")
    query = re.search(r'<pre class="command"[^>]*>(.*?)</pre>', text)[1].replace("&amp;", "&")
    split = urlsplit(query)
    answer = client.get(f"{split.path}?{split.query}").json()
    shown = [float(row[1].replace(",", ".")) for row in cells(text)]
    rows = next(value for value in answer.values() if isinstance(value, list) and value
                and isinstance(value[0], dict) and "hoehe" in value[0])  # fmt: skip
    assert [row["hoehe"] for row in rows] == shown == [5.0, 4.25, 3.5, 2.75]
    assert "pd.read_csv(" in text
    assert "read.csv(" in text


def test_columns_come_with_their_facts(client, trees):
    text = page(client, TABLE)
    for said in (
        "Deutscher Name",
        "2,5 – 17,25",
        "1.4.1960 – 1.4.2019",
        "3 verschiedene Werte",
        "Eiche (20)",
        "Höhe</a> <small>(m)</small>",
    ):
        assert said in text, said


def test_a_chart_is_proposed_and_another_can_be_chosen(client, trees):
    text = page(client, TABLE)
    assert '<svg viewBox="0 0 720 260"' in text  # heights over time
    assert "Eiche: Niedrigster Wert 2,5, höchster 16,75" in text
    assert text.count('<path class="line line-') == 3
    assert re.search(r'<th scope="col" class="num">Linde</th>', text)
    text = page(client, f"{TABLE}?x=gepflanzt&y=hoehe")
    assert "Niedrigster Wert 2,5, höchster 17,25" in text
    assert text.count('<path class="line line-') == 1
    text = page(client, f"{TABLE}?x=art&y=hoehe&sum=max")
    bars = re.search(r'<table class="od-bars">(.*?)</table>', text, re.DOTALL)[1]
    assert re.findall(r'<td class="num">(.*?)</td>', bars) == ["17,25", "17", "16,75"]
    bars = page(client, f"{TABLE}?x=art")
    assert '<td class="num">20</td>' in bars
    assert page(client, f"{TABLE}?x=lage&y=nichts&sum=drop")


def test_the_map_has_the_rows_that_the_filters_let_pass(client, trees):
    assert "<city-map" in page(client, TABLE)
    told = client.get(f"{TABLE}layers.json?w=art~eq~Eiche").json()
    found = client.get(told["layers"][0]["url"]).json()["features"]
    assert len(found) == 20
    assert found[0]["geometry"] == {"type": "Point", "coordinates": [7.2, 51.53]}
    assert found[0]["properties"]["text"].startswith("Baumart: Eiche, Höhe: 2,5")
    assert client.get(f"{TABLE}areas.geojson").json()["features"] == []


def test_areas_and_lines_are_drawn(client, make):
    shapes = [{"type": "Polygon", "coordinates": [[[7.1, 51.5], [7.2, 51.5], [7.2, 51.6],
                                                   [7.1, 51.5]]]},
              {"type": "LineString", "coordinates": [[7.1, 51.5], [7.2, 51.6]]}]  # fmt: skip
    make("netz", "Netz", fields=[Field(slug="wo", kind="geometry"), Field(slug="name")],
         rows=[{"wo": one, "name": str(i)} for i, one in enumerate(shapes)])  # fmt: skip
    address = "/data/datasets/netz/netz/"
    assert "areas.geojson" in page(client, address)
    kinds = [
        one["geometry"]["type"] for one in client.get(f"{address}areas.geojson").json()["features"]
    ]
    assert kinds == ["Polygon", "Polygon"]


def test_files_links_and_empty_tables_have_pages_too(client, make):
    one = make("mix", "Gemischtes", fields=[Field(slug="a")], rows=[])
    Resource.objects.create(dataset=one, slug="weg", title="Woanders", kind=Resource.LINK,
                            url="https://example.org/x.csv", format="CSV")  # fmt: skip
    text = page(client, "/data/datasets/mix/")
    assert "https://example.org/x.csv" in text
    assert "keine Zeilen" in text
    assert "https://example.org/x.csv" in page(client, "/data/datasets/mix/weg/")
    assert "Keine Zeile passt." in page(client, "/data/datasets/mix/mix/")


def test_visits_of_people_are_counted_and_those_of_programs_are_not(client, trees, make):
    make("andere", "Andere")
    client.get("/data/datasets/baeume/", headers={"user-agent": "Mozilla/5.0 Firefox"})
    client.get("/data/datasets/baeume/", headers={"user-agent": "Mozilla/5.0 Firefox"})
    client.get("/data/datasets/baeume/", headers={"user-agent": "Googlebot/2.1"})
    client.head("/data/datasets/baeume/", headers={"user-agent": "Mozilla/5.0 Firefox"})
    assert [one.count for one in Visits.objects.all()] == [2]
    logic.count_visits()
    assert "2 Aufrufe in 30 Tagen" in page(client, "/data/")


def test_pages_ask_a_fixed_number_of_times_however_many_datasets_there_are(client, trees, make):
    def statements(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as told:
            client.get(address)
        return len(told)

    addresses = ("/data/", "/data/search/?q=baum", "/data/datasets/baeume/", TABLE)
    make("hain", "Hain", themes=["ENVI"], keywords=["Baum"])
    before = [statements(one) for one in addresses]
    for i in range(12):
        make(f"baum-{i}", f"Baum {i}", themes=["ENVI"], keywords=["Baum"])
    assert [statements(one) for one in addresses] == before
    assert max(before) <= 20


def test_the_disclaimer_is_in_our_words_in_both_languages(client, db):
    assert "Keine Gewähr" in page(client, "/data/disclaimer/")
    assert "No warranty" in page(client, "/en/open_data/disclaimer/")


@pytest.mark.parametrize(
    "address",
    ["/data/letters/%00/", "/data/letters/x/", "/data/datasets/%00/", "/data/datasets/x/y/"],
)
def test_addresses_that_lead_nowhere_say_so(client, db, address):
    assert client.get(address).status_code == 404


def test_nonsense_in_an_address_breaks_no_page(client, trees):
    page(client, "/data/datasets/baeume/report/?part=%00")
    page(client, "/data/showcases/new/?used=%00&used=x")
    page(client, f"{TABLE}?x=%00&y=%00&sum=%00&sort=%00&page=%00")
    page(client, "/data/wishes/?state=%00&page=%00")
    page(client, "/data/search/words.json?q=%00%00")


def test_a_filter_that_takes_too_long_says_so(client, trees, monkeypatch):
    def gives_up(*_given):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr("stadtkern.systems.open_data.preview.page_of", gives_up)
    assert "Das dauert zu lange." in page(client, f"{TABLE}?w=art~has~e")


def test_files_that_are_there_say_how_large_they_are(client, trees):
    workbook = "/data/files/baeume/baeume.xlsx"
    assert "KB" not in shown_at(client, workbook)
    taken = b"".join(client.get(workbook).streaming_content)
    assert f"{len(taken) / 1024:.1f}\xa0KB".replace(".", ",") in shown_at(client, workbook)


def shown_at(client, address):
    """The button of a file."""
    page = client.get("/data/datasets/baeume/baeume/").content.decode()
    return page.split(f'href="{address}"')[1].split("</a>")[0]
