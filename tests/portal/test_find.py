"""People find datasets: by words and their kin, with typos, by facets, on the map."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.kernel.catalogue.find.asked import asked, box_of
from stadtkern.kernel.catalogue.find.related import related
from stadtkern.kernel.catalogue.find.search import find, suggest
from stadtkern.kernel.catalogue.find.words import fold
from stadtkern.kernel.catalogue.models import Dataset, Entry, Publisher

pytestmark = pytest.mark.django_db


def search(query: str) -> list[str]:
    """Slugs in the order found."""
    return [one.slug for one in find(asked(QueryDict(query))).datasets]


@pytest.fixture
def some(make):
    """Six datasets that words, facets and the map tell apart."""
    make(
        "plaetze",
        "Parkplatzbelegung",
        about="Freie Plätze am Bahnhof.",
        themes=["TRAN"],
        rhythm="HOURLY",
        things=["parking.count"],
    )
    make(
        "luft",
        "Luftqualität",
        about="Stickstoffdioxid je Stunde.",
        themes=["ENVI"],
        keywords=["Feinstaub"],
        hvd="c_dd313021",
    )
    make(
        "strassen",
        "Straßenverzeichnis",
        about="Alle Straßen der Stadt.",
        themes=["REGI"],
        licence="dl-by-de/2.0",
    )
    make(
        "brunnen",
        "Brünnen und Wasserspiele",
        themes=["ENVI"],
        fields=[Field(slug="wo", kind="geometry", title="Wo"), Field(slug="name", title="Name")],
        rows=[{"name": "Süd", "wo": {"type": "Point", "coordinates": [7.21, 51.54]}}],
    )
    make(
        "wahl",
        "Europawahl 2024",
        about="Stimmen je Bezirk.",
        themes=["GOVE"],
        title_en="European election 2024",
    )
    make("geheim", "Parkplatz geheim", state=Dataset.DRAFT)  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=Parkplatzbelegung", ["plaetze"]),
        ("q=parkplatz", ["plaetze"]),  # the beginning of a word
        ("q=belegung", ["plaetze"]),  # a part of a word
        ("q=Stellplätze", ["plaetze"]),  # a synonym, in the plural
        ("q=Parkhaus", ["plaetze"]),
        ("q=Grünanlage", []),  # `Park` means it too, but no car park
        ("q=STRASSEN", ["strassen"]),
        ("q=straße", ["strassen"]),
        ("q=Brunnen", ["brunnen"]),  # an umlaut that was not typed
        ("q=bruennen", ["brunnen"]),
        ("q=NO2", ["luft"]),  # what a layperson does not say
        ("q=election", ["wahl"]),
        ("q=europawahl+bezirk", ["wahl"]),
        ("q=europawahl+parken", []),
        ("q=die+Daten+der+Wahl", ["wahl"]),  # words that say nothing
        ("q=Feinstaub", ["luft"]),
        ("q=%27%3A%26%7C%21%28+Wahl+%00", ["wahl"]),  # no operator reaches the database
    ],
)
def test_words_find_datasets(some, query, found):
    assert search(query) == found


def test_a_word_in_quotes_or_after_a_dash_is_found(make):
    make("quoted", "Was „Gehölz“ heißt – Übersicht")
    assert search("q=Gehölz") == search("q=Übersicht") == ["quoted"]


def test_what_is_called_so_comes_before_what_only_mentions_it(make):
    make("anders", "Wegenetz", about="Bäume stehen daneben. Bäume und noch einmal Bäume.")
    make("baeume", "Baumkataster")
    assert search("q=Baum") == ["baeume", "anders"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Pakrplatzbelegung", "Parkplatzbelegung"), ("Luftqalität", "Luftqualität"),
     ("luftqualitaet", ""), ("Xylophon", "")],
)  # fmt: skip
def test_a_typo_is_understood_and_said(some, typed, meant):
    found = find(asked(QueryDict(f"q={typed}")))
    assert found.meant == meant
    assert bool(found.total) == (typed != "Xylophon")


def test_a_new_title_is_found_at_once_and_its_typo_too(some):
    Dataset.objects.filter(slug="wahl").update(title="Bürgerentscheid")
    assert search("q=Bürgerentscheid") == ["wahl"]
    assert search("q=Buergerentschied") == ["wahl"]
    assert search("q=Europawahl") == []
    Publisher.objects.update(name="Amt für Zauberei")
    assert "wahl" in search("q=Zauberei")


def test_a_deleted_dataset_leaves_no_entry(some):
    Dataset.objects.get(slug="brunnen").delete()
    assert search("q=Brunnen") == []
    assert Entry.objects.count() == Dataset.objects.count()


def test_words_go_on_while_they_are_typed(some):
    assert suggest("eu") == ["Europawahl", "European"]
    assert suggest("Stadt strass") == ["Stadt Straßenverzeichnis"]
    assert suggest("") == []


def counts(query: str, facet: str) -> dict[str, int]:
    found = find(asked(QueryDict(query)))
    return {one.value: one.count for one in found.counts if one.facet == facet}


def test_facets_count_what_a_click_would_find(some):
    assert counts("", "theme") == {"TRAN": 1, "ENVI": 2, "REGI": 1, "GOVE": 1}
    assert counts("theme=ENVI", "theme") == {"TRAN": 1, "ENVI": 2, "REGI": 1, "GOVE": 1}
    assert counts("theme=ENVI", "format")["GEOJSON"] == 1
    assert counts("theme=ENVI", "has") == {"map": 1, "table": 1}
    assert counts("", "has") == {"map": 1, "table": 1, "live": 1}
    assert counts("", "licence") == {"dl-zero-de/2.0": 4, "dl-by-de/2.0": 1}
    for theme, number in counts("q=Stadt", "theme").items():
        assert len(search(f"q=Stadt&theme={theme}")) == number


def test_chosen_values_of_one_facet_add_up_and_those_of_two_narrow(some):
    assert set(search("theme=ENVI&theme=GOVE")) == {"luft", "brunnen", "wahl"}
    assert search("theme=ENVI&has=map") == ["brunnen"]
    assert search("hvd=c_dd313021") == ["luft"]
    assert search("theme=%00&format=unknown") == []


def test_the_map_finds_what_lies_in_it(some):
    assert search("box=7.20,51.53,7.22,51.55") == ["brunnen"]
    assert search("box=7.30,51.53,7.32,51.55") == []
    assert (
        box_of("7,51,6,52") is box_of("a,b,c,d") is box_of("1,2,3") is box_of("nan,1,2,3") is None
    )


def test_orders_and_pages(some):
    assert search("sort=title") == ["brunnen", "wahl", "luft", "plaetze", "strassen"]
    Entry.objects.filter(dataset__slug="wahl").update(used=7)
    assert search("sort=used")[0] == "wahl"
    assert search("page=2") == []
    assert asked(QueryDict("page=x&sort=drop")).page == 1


def test_a_search_asks_the_database_a_fixed_number_of_times(some, make):
    def statements(query: str) -> int:
        find(asked(QueryDict(query)))
        with CaptureQueriesContext(connection) as told:
            find(asked(QueryDict(query)))
        return len(told)

    few = statements("q=Stadt&theme=ENVI")
    for i in range(30):
        make(f"x{i}", f"Anlage {i}", themes=["ENVI"])
    assert statements("q=Stadt&theme=ENVI") == few == 4


def test_related_datasets_come_with_their_reason(some, make):
    tree = make("b1", "Bäume", themes=["ENVI"], keywords=["Grün", "Baum"])
    make("b2", "Parks", themes=["REGI"], keywords=["Grün", "Baum"])
    found = related(tree)
    assert found[0].dataset.slug == "b2"
    assert found[0].keywords == ("Baum", "Grün")
    assert {one.dataset.slug for one in found[1:]} == {"luft", "brunnen"}
    assert all(one.theme for one in found[1:])


@pytest.mark.parametrize("text", ["Bürgerämter", "Straße", "Café", "NEUE MAßE", "Maerz"])
def test_words_are_folded_alike_here_and_in_the_database(text):
    with connection.cursor() as cursor:
        cursor.execute("select catalogue_fold(%s)", [text])
        assert cursor.fetchone()[0] == fold(text)
