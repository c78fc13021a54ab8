"""Where to park near a destination: the page and the interface, and that nothing of it is kept."""

import json
import logging
from datetime import timedelta

import pytest
import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from jsonschema import Draft202012Validator

from stadtkern.kernel.places.models import Landmark, Place, point
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.models import Site
from stadtkern.systems.parking.tests.conftest import NOW

NEAR = "/api/parking/near"


@pytest.fixture
def town(car_park):
    """Two car parks, a station beside the first, and a museum a little off."""
    one, two = car_park(10, "P+R Nord"), car_park(10, "Parkhaus Süd")
    Place.objects.filter(pk=two.place.pk).update(north=51.51, south=51.51)
    for park, taken in ((one, 2), (two, 9)):
        park.hear_all(taken)
        logic.recount_site(park.place.pk)
    Landmark.objects.create(kind="station", key="8000164", name="Herne Bahnhof", lon=7.2005,
                            lat=51.5005, source="s", licence="l")  # fmt: skip
    Place.objects.create(name="Museum für Archäologie", street="Europaplatz", town="Herne",
                         geometry=point(7.2002, 51.511))  # fmt: skip
    return one, two


def test_a_browser_can_send_the_form(client, town):
    """With the policy "no-referrer" browsers send "Origin: null", and every form is refused."""
    assert client.get(reverse("parking:find"))["Referrer-Policy"] == "same-origin"


def asked(client, **said):
    return client.post(reverse("parking:find"), {"stay": "120", **said})


def shown(response):
    return [one.name for one in response.context["fit"]]


def test_the_german_and_the_english_address_show_the_form(client, town):
    assert reverse("parking:find") == "/parken/finden/"
    assert "Wo wollen Sie hin?" in client.get("/parken/finden/").content.decode()
    assert "Where do you want to go?" in client.get("/en/parking/find/").content.decode()


def test_a_stop_leads_to_the_nearest_car_park_with_the_way_there(client, town):
    response = asked(client, q="bahnhof")
    assert shown(response) == ["P+R Nord", "Parkhaus Süd"]
    page = response.content.decode()
    assert "geo:51.500000,7.200000" in page
    assert "8 von 10" in page


@pytest.mark.parametrize("typed", ["archäologie", "archaeologie", "Museum Europaplatz"])
def test_a_place_is_found_by_parts_of_its_name_and_its_street(client, town, typed):
    response = asked(client, q=typed)
    assert response.context["there"].name == "Museum für Archäologie"
    assert shown(response)[0] == "Parkhaus Süd"


def test_what_else_may_have_been_meant_is_one_press_away(client, town):
    Landmark.objects.create(kind="stop", key="2", name="Herne Museum", lon=7.2, lat=51.5,
                            source="s", licence="l")  # fmt: skip
    response = asked(client, q="museum")
    (other,) = response.context["others"]
    again = asked(client, q="museum", pick=other.key)
    assert again.context["there"] == other
    assert again.context["others"] == [response.context["there"]]


def test_a_choice_made_for_other_words_does_not_stand_in_their_way(client, town):
    station = asked(client, q="bahnhof").context["there"]
    assert asked(client, q="museum", pick=station.key).context["there"].name.startswith("Museum")


def test_a_point_does_as_well_as_a_name(client, town):
    response = asked(client, lat="51.5105", lon="7.2")
    assert shown(response)[0] == "Parkhaus Süd"


@pytest.mark.parametrize(
    ("said", "field", "text"),
    [
        ({}, "q", "Sagen Sie, wohin Sie wollen"),
        ({"q": "Nirgendwo"}, "q", "Nichts hier heißt so"),
        ({"lat": "51.5"}, "lon", "Geben Sie Breite und Länge an"),
        ({"q": "bahnhof", "arrives": "2026-11-22T10:00"}, "arrives", "Diese Zeit ist vorbei"),
        ({"q": "bahnhof", "arrives": "2027-11-22T10:00"}, "arrives", "nächsten 30 Tage"),
        ({"q": "bahnhof", "height": "2"}, "height", ""),
        ({"q": "bahnhof", "lat": "x", "lon": "7"}, "lat", ""),
    ],
)  # fmt: skip
def test_wrong_input_is_told_with_a_link_to_the_field_and_nothing_typed_is_lost(
    client, town, said, field, text
):
    page = asked(client, **said).content.decode()
    assert "<title>Fehler:" in page
    assert f'href="#id_{field}"' in page
    assert text in page
    assert said.get("q", "") in page


def test_too_low_ones_are_told_apart_with_the_reason(client, town):
    reverse("parking:home")
    client.get("/parken/")
    Site.objects.filter(place=town[0].place).update(max_height_cm=190)
    response = asked(client, q="bahnhof", height="200")
    assert shown(response) == ["Parkhaus Süd"]
    assert "zu niedrig für Ihr Fahrzeug" in response.content.decode()


def test_where_nothing_fits_the_page_says_so_and_why(client, town):
    client.get("/parken/")
    Site.objects.update(closed_until=NOW + timedelta(days=2))
    page = asked(client, q="bahnhof").content.decode()
    assert "dann geschlossen" in page
    assert "Kein Parkplatz" in page


def test_no_log_line_and_no_cookie_learns_the_destination(client, town, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as lines:
        response = asked(client, q="Archäologie", lat="51.512345", lon="7.212345")
        position = asked(client, lat="51.512345", lon="7.212345")
        told = client.post(NEAR, {"lat": 51.512345, "lon": 7.212345},
                           content_type="application/json")  # fmt: skip
    heard = capfd.readouterr()
    everything = f"{lines}{caplog.text}{heard.out}{heard.err}"
    assert response.status_code == position.status_code == told.status_code == 200
    assert "rch" not in everything.replace("search", "")
    assert "512345" not in everything
    assert "212345" not in everything
    assert not client.cookies.get("sessionid")
    for one in (response, position, told):
        assert one["Cache-Control"] == "private, no-store"


def test_the_page_asks_the_same_number_of_questions_for_any_number_of_car_parks(
    client, town, car_park
):
    asked(client, q="bahnhof")
    with CaptureQueriesContext(connection) as two:
        asked(client, q="bahnhof")
    for n in range(8):
        car_park(2, f"P {n}").hear_all(1)
    asked(client, q="bahnhof")
    with CaptureQueriesContext(connection) as ten:
        assert len(asked(client, q="bahnhof").context["fit"]) == 6
    assert len(ten) == len(two)


def test_programs_get_the_same_order_by_get_and_by_post_and_from_any_page(client, town):
    given = {"lat": 51.5105, "lon": 7.2, "stay": 60}
    got = client.get(NEAR, given)
    posted = client.post(f"{NEAR}/", given, content_type="application/json")
    assert got["Access-Control-Allow-Origin"] == "*"
    assert got.json()["car_parks"] == posted.json()["car_parks"]
    assert [one["name"] for one in got.json()["car_parks"]] == ["Parkhaus Süd", "P+R Nord"]
    assert client.options(NEAR).status_code == 204


def test_answers_keep_to_the_published_description(client, town):
    doc = json.loads(client.get("/api/parking/openapi.json").content)
    schema = {**doc["components"]["schemas"]["Near"], "components": doc["components"]}
    told = client.get(NEAR, {"lat": 51.5, "lon": 7.2}).json()
    assert told["car_parks"]
    Draft202012Validator(schema).validate(told)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"lon": 7.2}, "request"), ({"lat": 95, "lon": 7.2}, "lat"),
        ({"lat": 51.5, "lon": 7.2, "stay": 0}, "stay"),
        ({"lat": 51.5, "lon": 7.2, "arrives": "2026-11-23T12:00:00"}, "arrives"),
        ({"lat": 51.5, "lon": 7.2, "arrives": "2026-11-22T12:00:00Z"}, "arrives"),
        ({"lat": 51.5, "lon": 7.2, "audience": "taxi"}, "audience"),
        ({"lat": "nan", "lon": 7.2}, "lat"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_told_its_field_and_the_reason(client, town, given, field):
    response = client.get(NEAR, given)
    (error,) = response.json()["errors"]
    assert (response.status_code, error["field"]) == (400, field)
    assert error["reason"]


def test_other_methods_and_broken_json_are_refused(client, town):
    assert client.delete(NEAR).status_code == 405
    assert client.post(NEAR, "{", content_type="application/json").status_code == 400
    assert client.post(NEAR, " " * 5000, content_type="application/json").status_code == 413
