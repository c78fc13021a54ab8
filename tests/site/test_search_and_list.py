import csv
from io import StringIO

import pytest

from stadtkern.kernel.places.models import Place, point
from stadtkern.site.dashboard import search, words

pytestmark = pytest.mark.django_db


def names(query, client):
    answer = client.get("/search/", {"q": query})
    assert answer.status_code == 200
    return [one.title for one in answer.context["found"].places]


@pytest.mark.parametrize(
    "query",
    ["Schloß Strünkede", "schloss strunkede", "SCHLOSS STRUENKEDE", "strünk", "struenk", "nkede"],
)
def test_search_does_not_care_about_umlauts_capitals_or_endings(client, place, query):
    place("Wetterstation Schloß Strünkede")
    place("Wetterstation Museum")
    assert names(query, client) == ["Wetterstation Schloß Strünkede"]


def test_search_knows_german_endings(client, place):
    place("Baumreihe", about="Zwölf alte Bäume stehen hier.")
    assert names("Baum", client) == ["Baumreihe"]
    assert names("alter Baum", client) == ["Baumreihe"]


def test_what_begins_with_the_query_comes_first(client, place):
    place("Am Rathaus")
    place("Rathaus Herne")
    assert names("rathaus", client) == ["Rathaus Herne", "Am Rathaus"]


def test_search_finds_services_by_their_other_words(client):
    found = search.find(["Ozon"])
    assert [offer.service.slug for offer in found.services] == ["air"]


@pytest.mark.parametrize("query", ["'; drop table", "!&|:*()", "a" * 5000, "%_\\", "<script>"])
def test_odd_queries_find_nothing_and_break_nothing(client, place, query):
    place("Ort")
    answer = client.get("/search/", {"q": query})
    assert answer.status_code == 200
    assert b"<script>" not in answer.content.replace(b'<script type="module"', b"")


def test_an_empty_result_offers_a_next_step(client):
    text = client.get("/search/?q=gibtesnicht").content.decode()
    assert "Nichts gefunden" in text
    assert "/dashboard/list/" in text


def test_places_of_a_system_that_is_off_are_not_found(client, place, switched_off):
    place("Deck Ost", kind="parking.site")
    assert names("Deck Ost", client) == ["Deck Ost"]
    switched_off("parking")
    assert names("Deck Ost", client) == []


def test_folding_is_the_same_in_python_and_sql(place):
    title = "Bürgerbüro Groß-Öd, Äußere Straße; Café Müller"
    place(title)
    row = search.places([]).get()
    assert row.folded_name == words.fold(title)


def listed(client, **query):
    answer = client.get("/dashboard/list/", {"format": "csv", **query})
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(StringIO(answer.content.decode())))


def test_the_list_filters_sorts_and_keeps_german_order(client, place):
    for name in ("Zoo", "Äpfelhof", "Apfelweg", "Oesterholz"):
        place(name, kind="environment.weather")
    assert [r["name"] for r in listed(client, layer="environment.weather")] == [
        "Äpfelhof",
        "Apfelweg",
        "Oesterholz",
        "Zoo",
    ]
    down = listed(client, layer="environment.weather", sort="-name")
    assert next(r["name"] for r in down) == "Zoo"
    assert [r["name"] for r in listed(client, q="apfel")] == ["Äpfelhof", "Apfelweg"]
    assert listed(client, layer="environment.air") == []
    assert listed(client, theme="mobility", q="apfel") == []
    assert len(listed(client, state="none", q="zoo")) == 1
    assert listed(client, state="good", q="zoo") == []


def test_unknown_filters_are_as_good_as_none(client, place):
    place("Zoo", kind="environment.weather")
    rows = listed(client, layer="nonsense", state="nonsense", theme="'", sort="nonsense")
    assert [r["name"] for r in rows] == ["Zoo"]


def test_a_long_list_has_pages_that_keep_the_filter(client, place):
    for i in range(60):
        place(f"Ort {i:02}", kind="environment.weather")
    text = client.get("/dashboard/list/?q=Ort&layer=environment.weather").content.decode()
    assert "page=2" in text
    assert text.count("<tr id=") == 50
    second = client.get("/dashboard/list/?q=Ort&layer=environment.weather&page=2").content.decode()
    assert second.count("<tr id=") == 10


@pytest.mark.django_db
def test_very_short_words_are_whole_words(client, db):
    Place.objects.create(name="P+R Bahnhof Nord", geometry=point(7.2, 51.5))
    Place.objects.create(name="Prellbock am Park", geometry=point(7.2, 51.5))
    page = client.get("/search/?q=P%2BR").content.decode()
    assert "P+R Bahnhof Nord" in page
    assert "Prellbock" not in page
