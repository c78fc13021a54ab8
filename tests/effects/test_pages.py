"""The public pages: the sentence, the open assumptions, and what can be taken along."""

import csv
import json
import subprocess
import sys
from datetime import date
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel import clock
from stadtkern.kernel.effects import run, wording
from stadtkern.kernel.effects.models import Analysis, Chosen, Intervention
from stadtkern.kernel.places.models import point
from stadtkern.kernel.things.models import HistoricalLocation, Project

PAGE = "/dashboard/effects/neuer-radweg/"


@pytest.fixture
def shown(planted):
    """A function that makes a published measure with its analysis."""

    def make(effect=0.25, **fields):
        one = planted(effect=effect, **fields)
        made = Analysis.objects.create(intervention=one, author="data")
        run.run(made.pk)
        Analysis.objects.filter(pk=made.pk).update(published=clock.now())
        Intervention.objects.filter(pk=one.pk).update(published=clock.now())
        return one, Analysis.objects.get(pk=made.pk)

    return make


def words(answer):
    return " ".join(answer.content.decode().split())


def test_the_page_says_a_planted_effect_with_its_range_in_both_languages(client, shown):
    _one, made = shown(effect=0.25)
    assert made.verdict == "effect"
    text = words(client.get(PAGE))
    assert "mehr Radverkehr, wahrscheinlich zwischen" in text
    for part in ("Vorher und nachher, einfach", "Unser Ergebnis", "Gegenprobe",
                 "Worauf das Ergebnis beruht", "Um Feiertage bereinigt.", made.fingerprint,
                 made.code, "statsmodels"):  # fmt: skip
        assert part in text
    english = words(client.get(f"/en{PAGE}"))
    assert "more bicycle traffic, probably between" in english


def test_where_nothing_was_planted_the_page_says_so(client, shown):
    _one, made = shown(effect=0.0)
    assert made.verdict == "none"
    assert "lässt sich keine Wirkung erkennen" in words(client.get(PAGE))


def test_no_range_is_shown_for_a_method_whose_range_cannot_be_trusted(client, shown):
    _one, made = shown()
    ranged = {row["slug"] for row in made.result["methods"] if "low" in row}
    assert ranged == {"structural", "combined"}
    assert words(client.get(PAGE)).count("kein verlässlicher Bereich") == 5


def test_too_few_weeks_leave_the_question_open_and_say_what_is_missing(client, shown):
    _one, made = shown(begins=date(2026, 8, 3))
    assert made.verdict == "unclear"
    text = words(client.get(PAGE))
    assert "lässt sich nicht sagen" in text
    assert "acht sind nötig" in text or "Wochen fehlen" in text


def test_a_sensor_that_was_moved_leaves_no_verdict(client, planted):
    one = planted(effect=0.25)
    thing = one.chosen.get(role="target").datastream.thing
    for day in ("2021-01-01T00:00Z", "2024-01-15T00:00Z"):
        HistoricalLocation.objects.create(thing=thing, place=thing.place, time=day)
    made = Analysis.objects.create(intervention=one, author="data")
    run.run(made.pk)
    made.refresh_from_db()
    assert made.verdict == "unclear"
    assert "Sensor getauscht" in wording.sentence(one, made.input, made.result)


def test_a_comparison_whose_sensor_was_moved_is_left_out_and_named(planted):
    one = planted()
    row = one.chosen.filter(role="control").first()
    for day in ("2021-01-01T00:00Z", "2024-01-15T00:00Z"):
        HistoricalLocation.objects.create(
            thing=row.datastream.thing, place=row.datastream.thing.place, time=day
        )
    made = Analysis.objects.create(intervention=one, author="data")
    run.run(made.pk)
    made.refresh_from_db()
    assert [spoilt["id"] for spoilt in made.input["spoilt"]] == [row.datastream_id]
    assert row.datastream_id not in [kept["id"] for kept in made.input["controls"]]


def test_every_series_leads_to_its_place_its_values_and_its_source(client, shown):
    one, _made = shown()
    text = words(client.get(PAGE))
    for row in one.chosen.select_related("datastream__thing__place"):
        assert f"/places/{row.datastream.thing.place.public_id}/" in text
        assert f"/api/sensorthings/v1.1/Datastreams({row.datastream_id})" in text
    assert text.count("Stadt Münster") >= 7


@pytest.mark.slow
def test_the_published_analysis_can_be_calculated_again_by_anybody(client, shown):
    shown()
    published = json.loads(client.get(f"{PAGE}analysis.json").content)
    command = [sys.executable, "-m", "stadtkern.kernel.effects.methods.compute"]
    done = subprocess.run(
        command, input=json.dumps(published["input"]), capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == published["result"]


def test_series_and_results_can_be_taken_along(client, shown):
    _one, made = shown()
    rows = list(csv.DictReader(StringIO(client.get(f"{PAGE}series.csv").content.decode())))
    assert len(rows) == 130
    assert [row["part"] for row in rows].count("after") == 26
    assert sum(name.startswith("control_") for name in rows[0]) == 6
    results = list(csv.DictReader(StringIO(client.get(f"{PAGE}results.csv").content.decode())))
    own = next(row for row in results if row["detail"] == "combined")
    assert float(own["effect"]) == made.result["effect"]
    assert sum(row["what"] == "placebo_in_space" for row in results) == 6


def test_a_measure_over_series_that_are_not_public_is_not_public(client, shown):
    one, _made = shown()
    thing = one.chosen.first().datastream.thing
    thing.project = Project.objects.create(slug="p", name="P", public=False)
    thing.save()
    for end in ("", "analysis.json", "series.csv", "pins.geojson", "layers.json"):
        assert client.get(f"{PAGE}{end}").status_code == 404
    assert "Neuer Radweg" not in words(client.get("/dashboard/effects/"))


def test_the_map_shows_the_street_as_an_area_and_the_places_by_their_part(client, shown):
    one, _made = shown(effect=0.0)
    one.refresh_from_db()
    one.geometry = {"type": "LineString", "coordinates": [[7.21, 51.54], [7.22, 51.541]]}
    one.save()
    pins = client.get(f"{PAGE}pins.geojson").json()["features"]
    states = [pin["properties"]["state"] for pin in pins]
    assert (states.count("tight"), states.count("good"), states.count("info")) == (1, 1, 6)
    area = client.get(f"{PAGE}area.geojson").json()["features"]
    assert area[0]["geometry"]["type"] == "Polygon"


def test_the_list_takes_the_same_queries_for_one_measure_as_for_thirty(client, observed):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/dashboard/effects/").status_code == 200
        return len(queries)

    def add(i):
        Intervention.objects.create(
            slug=f"m{i}", title=f"Maßnahme {i}", begins=date(2024, 1, 1),
            observed_property=observed, published=clock.now(), geometry=point(7.2, 51.5),
        )  # fmt: skip

    add(0)
    first = count()
    for i in range(1, 30):
        add(i)
    assert count() == first


def test_the_list_filters_and_says_where_nothing_is(client, db):
    assert "Noch ist keine Maßnahme veröffentlicht." in words(client.get("/dashboard/effects/"))
    for query in ("?kind=cycling", "?verdict=none", "?q=x", "?kind=nonsense&verdict=1&page=x"):
        assert client.get(f"/dashboard/effects/{query}").status_code == 200


def test_titles_and_links_from_outside_are_text(client, observed):
    Intervention.objects.create(
        slug="x", title="<script>alert(1)</script>", begins=date(2024, 1, 1),
        observed_property=observed, published=clock.now(),
    )  # fmt: skip
    for address in ("/dashboard/effects/", "/dashboard/effects/x/"):
        assert "<script>alert" not in client.get(address).content.decode()


def test_weather_that_was_not_measured_long_enough_is_left_out_and_named(planted, stream):
    one = planted()
    rain = stream("Regen", {date(2024, 5, 1): 1.0, date(2024, 5, 2): 2.0})
    Chosen.objects.create(intervention=one, datastream=rain, role=Chosen.WEATHER)
    made = Analysis.objects.create(intervention=one, author="data")
    run.run(made.pk)
    made.refresh_from_db()
    assert [row["id"] for row in made.input["left_out"]] == [rain.pk]
    assert any("Regen" in text for text in wording.assumptions(one, made.input, made.result))
