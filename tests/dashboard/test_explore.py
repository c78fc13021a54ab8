"""The explorer as a page: search, comparison, table, file, frame, and where numbers come from."""

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel import clock

BERLIN = ZoneInfo("Europe/Berlin")
URL = "/dashboard/explore/"
pytestmark = pytest.mark.django_db


def page(client, **query):
    answer = client.get(URL, query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def week(stream, observe):
    """Two weeks of hours: the hour of the week, and a hundred more in the second week."""
    one = stream("Rathausplatz")
    now = clock.now().replace(minute=0, second=0, microsecond=0)
    hours = [now - timedelta(hours=h) for h in range(24 * 14)]
    observe(one, [(at, float(at.weekday() * 24 + at.hour)) for at in hours])
    return one


def test_a_series_is_found_by_place_or_property_and_added_without_a_script(
    client, week, stream, observe
):
    other = stream("Öl­hafen Süd".replace("\xad", ""), "pm10", unit_symbol="µg/m³")
    observe(other, [(clock.now(), 8.0)])
    assert f"?s={week.pk}" in page(client)
    for typed in ("oelhafen", "ÖLHAFEN süd", "feinstaub"):
        text = page(client, q=typed)
        assert f"s={other.pk}&" in text.replace("&amp;", "&"), typed
        assert "Rathausplatz" not in text
    both = page(client, s=str(week.pk), q="Ölhafen")
    assert f"?s={week.pk},{other.pk}" in both
    assert "Keine Reihe passt" in page(client, q="gibtesnicht")


def test_the_page_says_mean_extremes_completeness_and_age(client, week):
    text = page(client, s=str(week.pk), range="week")
    assert "Rathausplatz" in text
    assert "100 %" in text
    known, of = re.search(r"(\d+) von (\d+) Stunden", text).groups()
    assert known == of in ("168", "169")
    assert "167,0 °C" in text


def test_what_is_private_or_gone_is_left_out_and_said(client, week, stream, observe):
    hidden = stream(public=False)
    observe(hidden, [(clock.now(), 99.5)])
    text = page(client, s=f"{week.pk},{hidden.pk},999999")
    assert "gibt es nicht mehr" in text
    assert "99,5" not in text
    assert client.get(f"{URL}view.csv?s={hidden.pk}").content.count(b"\n") == 1
    assert client.get(f"{URL}about/?s={hidden.pk}").status_code == 404


def test_a_third_unit_is_left_out_because_it_has_no_axis(client, stream, observe):
    units = ["°C", "%", "µg/m³"]
    made = [stream(f"Ort {unit}", unit_symbol=unit) for unit in units]
    for one in made:
        observe(one, [(clock.now(), 1.0)])
    text = page(client, s=",".join(str(one.pk) for one in made))
    assert "zwei Einheiten" in text
    assert text.count('class="key key-1"') >= 1
    assert f"datastreams={made[0].pk},{made[1].pk}&" in text.replace("&amp;", "&")


def test_a_comparison_lays_the_week_before_beside_this_one(client, stream, observe):
    one = stream()
    start = datetime(2025, 6, 2, tzinfo=BERLIN)
    for week, base in ((0, 10.0), (1, 20.0)):
        observe(one, [(start + timedelta(days=7 * week, hours=h), base + h) for h in range(168)])
    answer = client.get("/api/series", {
        "datastreams": one.pk, "from": "2025-06-09", "to": "2025-06-15", "step": "hour",
        "back": "7d",
    })  # fmt: skip
    now, then = answer.json()["series"]
    assert now["value"] == [20.0 + h for h in range(168)]
    assert then["value"] == [10.0 + h for h in range(168)]
    assert then["earlier"]
    assert "1 Woche zuvor" in then["name"]
    text = page(client, s=str(one.pk), **{"from": "2025-06-09", "to": "2025-06-15"},
                step="hour", compare="before")  # fmt: skip
    assert "back=7d" in text
    assert "1 Woche zuvor" in text


@pytest.mark.parametrize(("show", "wanted"), [("sum", 276.0), ("count", 24), ("min", 0.0),
                                              ("max", 23.0), ("mean", 11.5)])  # fmt: skip
def test_days_are_summed_up_as_asked(client, stream, observe, show, wanted):
    one = stream()
    start = datetime(2025, 6, 2, tzinfo=BERLIN)
    observe(one, [(start + timedelta(hours=h), float(h)) for h in range(24)])
    query = {"datastreams": one.pk, "from": "2025-06-02", "to": "2025-06-02", "step": "day",
             "show": show}  # fmt: skip
    assert client.get("/api/series", query).json()["series"][0]["value"] == [wanted]


@pytest.mark.parametrize("wrong", [{"step": "minute"}, {"show": "median"}, {"back": "x"},
                                   {"back": "7"}, {"back": "99999d"}])  # fmt: skip
def test_a_request_that_makes_no_sense_is_answered_with_a_sentence(client, week, wrong):
    answer = client.get("/api/series", {"datastreams": week.pk, **wrong})
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_hundred_thousand_values_come_by_pixels_and_keep_their_peaks(client, stream, observe):
    one, start = stream(), datetime(2025, 1, 1, tzinfo=UTC)
    rows = [(start + timedelta(minutes=i), 1.0) for i in range(100_000)]
    rows[54_321] = (rows[54_321][0], 99.0)
    observe(one, rows)
    end = rows[-1][0] + timedelta(minutes=1)
    query = {"datastreams": one.pk, "points": 800, "from": start.isoformat(),
             "to": end.isoformat()}  # fmt: skip
    coarse = client.get("/api/series", query).json()
    assert len(coarse["t"]) <= 800
    assert max(v for v in coarse["series"][0]["max"] if v is not None) == 99.0
    near = rows[54_321][0]
    query |= {"from": (near - timedelta(hours=3)).isoformat(),
              "to": (near + timedelta(hours=3)).isoformat()}  # fmt: skip
    fine = client.get("/api/series", query).json()
    assert fine["bucket"] == "raw"
    assert dict(zip(fine["t"], fine["series"][0]["value"], strict=True))[near.timestamp()] == 99.0


def test_doubtful_values_are_marked_as_such(client, stream, observe):
    one, now = stream(), clock.now()
    observe(one, [(now - timedelta(hours=2), 1.0), (now - timedelta(hours=1), 2.0, 2)])
    assert client.get("/api/series", {"datastreams": one.pk}).json()["series"][0]["quality"] == [
        0, 2]  # fmt: skip
    assert "1 fraglich" in page(client, s=str(one.pk), range="day")


@pytest.mark.parametrize("query", [{}, {"step": "day"}, {"step": "hour", "compare": "before"},
                                   {"step": "day", "show": "count"}])  # fmt: skip
def test_file_and_table_say_exactly_what_the_chart_says(client, week, query):
    when = {"from": (clock.now() - timedelta(days=5)).date().isoformat(),
            "to": (clock.now() - timedelta(days=2)).date().isoformat()}  # fmt: skip
    text = page(client, s=str(week.pk), **when, **query)
    address = re.search(r'href="([^"]*view\.csv[^"]*)"', text)[1].replace("&amp;", "&")
    rows = list(csv.DictReader(StringIO(client.get(address).content.decode())))
    chart = re.search(r'data-url="([^"]+)"', text)[1].replace("&amp;", "&")
    chunk = client.get(f"{chart}&from={when['from']}&to={when['to']}").json()
    said = [v for one in chunk["series"] for v in one["value"]]
    assert [float(row["value"]) if row["value"] else None for row in rows] == said
    assert said
    assert {row["source"] for row in rows} == {"Testamt"}
    twin = page(client, s=str(week.pk), view="table", **when, **query)
    newest = chunk["series"][0]["value"][-1]
    shown = f"{newest:.0f}" if query.get("show") else f"{newest:.1f}".replace(".", ",")
    assert f'<td class="num">{shown}</td>' in twin


def test_the_usual_week_is_a_table_and_needs_a_week(client, week):
    text = page(client, s=str(week.pk), view="profile", range="month")
    assert text.count('class="heat-') == 168
    assert "längeren" in page(client, s=str(week.pk), view="profile", range="day")


def test_more_series_cost_no_more_queries(client, stream, observe):
    made = [stream(f"Ort {i}") for i in range(8)]
    for one in made:
        observe(one, [(clock.now() - timedelta(hours=h), 1.0) for h in range(5)])

    def queries(count, **more):
        client.get(URL)
        with CaptureQueriesContext(connection) as asked:
            page(client, s=",".join(str(one.pk) for one in made[:count]), compare="before", **more)
        return len(asked)

    assert queries(8) <= queries(2) <= 14
    assert queries(8, view="table") <= 14


def test_only_embedded_pages_may_stand_in_a_frame(client, week):
    framed = client.get(f"/embed/chart/?s={week.pk}")
    assert "frame-ancestors *" in framed["Content-Security-Policy"]
    assert "X-Frame-Options" not in framed
    assert "Testamt" in framed.content.decode()
    assert "frame-ancestors *" in client.get("/embed/map/")["Content-Security-Policy"]
    for other in (URL, "/", "/dashboard/", "/login/"):
        assert "frame-ancestors 'none'" in client.get(other)["Content-Security-Policy"]
        assert client.get(other)["X-Frame-Options"] == "DENY"


def test_from_a_tile_to_source_time_and_method_it_is_one_click(client, week, observe):
    week.thing.kind = "environment.weather"
    week.thing.save()
    week.thing.place.kind = "environment.weather"
    week.thing.place.save()
    home = client.get("/").content.decode()
    link = re.search(r'<p class="src"[^>]*><a href="([^"]+)"', home)[1]
    text = client.get(link).content.decode()
    for said in ("Testamt", "dl-de/by-2-0", "Muster T1", "misst alle zehn Minuten", "vor "):
        assert said in text


@pytest.mark.parametrize("query", ["s=x", "s=1&range=all", "s=&view=profile", "range=nonsense",
                                   "s=1&from=2026-13-01&to=x", "step=hour&range=all",
                                   "q=%00", "page=99999&q=%27"])  # fmt: skip
def test_odd_addresses_are_answered(client, week, query):
    assert client.get(f"{URL}?{query}").status_code == 200
