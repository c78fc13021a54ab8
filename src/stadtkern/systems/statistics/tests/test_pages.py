"""The public pages: what they show, keep in their address, and hand out."""

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.systems.statistics.drawing import classes
from stadtkern.systems.statistics.models import Area

pytestmark = pytest.mark.django_db

LINES = ["AGS;Kreis;Alter;2022;;2023;", ";;;männlich;weiblich;männlich;weiblich",
         "05911;Bochum;unter 20 Jahre;10;20;30;40", "05911;Bochum;20 Jahre und mehr;1;2;3;4",
         "05913;Dortmund;unter 20 Jahre;7;8;9;10", "05913;Dortmund;20 Jahre und mehr;5;6;7;.",
         "05916;Herne;unter 20 Jahre;100;110;120p;130", "05916;Herne;20 Jahre und mehr;-;50;60;x",
         "1) Fußnote", "© Amt"]  # fmt: skip
PAGE = "/statistik/tables/menschen/"


@pytest.fixture
def table(make_table, bring):
    table = make_table(inhabitants=True)
    bring(table, LINES)
    for i, key in enumerate(("05911", "05913", "05916")):
        ring = [[i, 51], [i + 1, 51], [i + 1, 52], [i, 52], [i, 51]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        Area.objects.filter(key=key).update(geometry=shape, credit="© BKG")
    return table


def view(client, query, form="csv"):
    answer = client.get(f"{PAGE}view.{form}?{query}")
    assert answer.status_code == 200
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";")) if form == "csv" else json.loads(text)


def test_a_pivot_is_what_its_address_says(table, client):
    rows = view(client, "rows=gebiet&columns=geschlecht&d-zeit=2023&d-alter=0-19")
    assert rows == [["Gebiet", "männlich", "weiblich"], ["Bochum", "30", "40"],
                    ["Dortmund", "9", "10"], ["Herne", "120", "130"],
                    ["Summe", "159", "180"]]  # fmt: skip
    turned = view(client, "rows=geschlecht&columns=gebiet&d-zeit=2023&d-alter=0-19&d-gebiet=05916")
    assert turned == [
        ["Geschlecht", "Herne"],
        ["männlich", "120"],
        ["weiblich", "130"],
        ["Summe", "250"],
    ]


def test_a_dimension_that_becomes_rows_is_shown_whole(table, client):
    """The form sends the one area that was chosen while areas were no rows."""
    asked = "rows=gebiet&columns=geschlecht&d-gebiet=05916&d-alter=0-19&d-alter=20-"
    assert len(view(client, asked + "&was=alter&was=geschlecht")) == 5
    assert len(view(client, asked + "&was=gebiet&was=geschlecht")) == 2


def test_changes_shares_and_rates_are_worked_out(table, client):
    asked = "rows=gebiet&columns=geschlecht&d-zeit=2023&d-alter=0-19&show="
    assert view(client, asked + "change")[1] == ["Bochum", "20", "20"]
    assert view(client, asked + "percent")[3] == ["Herne", "20", "18.1818"]
    # No whole is in the file: a share is one of all areas together, and of both sexes.
    assert view(client, asked + "share_rows")[3] == ["Herne", "75.4717", "72.2222"]
    assert view(client, asked + "share_columns")[3] == ["Herne", "48", "52"]
    # Where one of them is not known, nothing is a share of all.
    old = asked.replace("0-19", "20-")
    assert view(client, old + "share_columns")[2] == ["Dortmund", "…", "."]
    # 30 and 3 men, 40 and 4 women live there; of Dortmund one number is not known.
    assert view(client, old + "per1000")[1:3] == [
        ["Bochum", "38.961", "51.9481"], ["Dortmund", "…", "."],
    ]  # fmt: skip


def test_signs_stand_where_numbers_are_missing_and_are_explained(table, client):
    page = client.get(
        PAGE + "?rows=gebiet&columns=geschlecht&d-zeit=2023&d-alter=20-"
    ).content.decode()
    assert "geheim gehalten" in page
    assert "nicht sinnvoll" in page
    young = client.get(
        PAGE + "?rows=gebiet&columns=geschlecht&d-zeit=2023&d-alter=0-19"
    ).content.decode()
    assert "vorläufig" in young
    assert "1) Fußnote" in young


def test_a_permalink_shows_the_same_numbers_when_there_are_newer_ones(table, client, bring):
    page = client.get(PAGE + "?rows=alter&columns=zeit&d-geschlecht=m").content.decode()
    link = page.partition('id="permalink" href="')[2].partition('"')[0].replace("&amp;", "&")
    before = client.get(link).content.decode()
    assert link.endswith("edition=1")
    bring(table, ["AGS;Kreis;Alter;2024;", ";;;männlich;weiblich", "05916;Herne;unter 20 Jahre;1;2",
                  "05916;Herne;20 Jahre und mehr;3;4"])  # fmt: skip
    after = client.get(link).content.decode()
    body = before.partition("<tbody>")[2].partition("</tbody>")[0]
    assert body
    assert body in after
    assert "2024" not in body
    assert "Es gibt eine neuere" in after
    assert (
        ">2024</a>" in client.get(PAGE + "?rows=alter&columns=zeit&d-geschlecht=m").content.decode()
    )


@pytest.mark.parametrize("query", [
    "", "rows=zeit&columns=gebiet", "rows=gebiet&columns=-",
    "rows=gebiet&columns=zeit&chart=stacked",
    "rows=alter&columns=gebiet&show=per1000&chart=multiples",
    "rows=nirgends&columns=rows&show=alles",
    "rows=gebiet&columns=gebiet", "d-alter=nichts&chart=line",
    "rows=gebiet&classes=jenks&chart=map",
    "rows=gebiet&sort=-2023&columns=zeit", "edition=1",
])  # fmt: skip
def test_every_view_answers_with_charts_that_are_sound(table, client, query):
    answer = client.get(f"{PAGE}?{query}")
    assert answer.status_code == 200
    page = answer.content.decode()
    drawings = page.split("<svg viewBox")[1:]
    for one in drawings:
        svg = ElementTree.fromstring("<svg viewBox" + one.partition("</svg>")[0] + "</svg>")
        assert svg.find("title").text.strip()
    for form in ("csv", "xlsx", "json"):
        assert client.get(f"{PAGE}view.{form}?{query}").status_code == 200


def test_the_map_draws_each_area_in_its_class_and_names_its_source(table, client):
    page = client.get(PAGE + "?rows=gebiet&d-zeit=2023&d-alter=20-&d-geschlecht=w").content.decode()
    assert page.count('class="area c') > 0
    assert page.count('class="area missing') >= 2
    assert "© BKG" in page


def test_a_frame_may_stand_anywhere_and_the_page_nowhere(table, client):
    assert "frame-ancestors *" in client.get(PAGE + "embed/")["Content-Security-Policy"]
    assert "X-Frame-Options" not in client.get(PAGE + "embed/")
    assert "frame-ancestors 'none'" in client.get(PAGE)["Content-Security-Policy"]


def test_a_table_takes_few_questions_whatever_its_size(table, client):
    client.get(PAGE)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(PAGE + "?rows=gebiet&columns=geschlecht")
    small = len(asked)
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE + "?rows=alter&columns=gebiet")
    assert len(asked) == small <= 12
    with CaptureQueriesContext(connection) as asked:
        client.get("/statistik/")
    assert len(asked) <= 5


def test_tables_are_found_by_words_and_endings(table, client, make_table, bring):
    bring(make_table("wahlen", title="Wahlen zum Rat", keywords="Stimmen, Parteien"), LINES)
    assert "Wahlen zum Rat" in client.get("/statistik/?q=partei").content.decode()
    assert PAGE not in client.get("/statistik/?q=partei").content.decode()
    assert "Keine Tabelle passt" in client.get("/statistik/?q=xyzzy").content.decode()


def test_the_pyramid_has_a_slider_only_where_there_are_years(table, client, make_table, bring):
    page = client.get(PAGE + "pyramid/?n=0").content.decode()
    assert 'type="range"' in page
    assert "unter 20 Jahre, Männer: 100" in page
    bring(make_table("einmal"), [line.replace(";2023;", "").replace(";männlich;weiblich", "", 1)
                                 if i < 2 else ";".join(line.split(";")[:5])
                                 for i, line in enumerate(LINES[:8])])  # fmt: skip
    page = client.get("/statistik/tables/einmal/pyramid/").content.decode()
    assert 'type="range"' not in page
    assert "keinen Jahresregler" in page


def test_programs_read_tables(table, client, keeps_to):
    base = "/api/statistics/tables"
    listed = keeps_to(base, client.get(base))
    assert listed["tables"][0]["table"] == "menschen"
    said = keeps_to(f"{base}/{{slug}}", client.get(f"{base}/menschen"))
    assert [one["kind"] for one in said["dimensions"]] == ["area", "age", "time", "sex"]
    asked = f"{base}/menschen/cells?gebiet=05916&zeit=2022&alter=0-19"
    found = keeps_to(f"{base}/{{slug}}/cells", client.get(asked))
    assert [row[-3] for row in found["rows"]] == [100, 110]


def test_up_to_six_areas_are_compared(table, client):
    query = "&".join(f"area={key}" for key in ("05911", "05916"))
    page = client.get(f"{PAGE}compare/?{query}&show=value", follow=True)
    assert page.status_code == 200
    head = page.content.decode().partition("<thead>")[2].partition("</thead>")[0]
    assert "Bochum" in head
    assert "Dortmund" not in head


def test_classes_are_those_of_the_definition():
    values = [1, 2, 3, 10, 11, 12, 50, 51]
    assert classes.jenks(values, 3) == [3, 12, 51]
    assert classes.quantiles(list(range(1, 11)), 5) == [2, 4, 6, 8, 10]
    assert classes.jenks([5, 5, 5], 5) == [5]
