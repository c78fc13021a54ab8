import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.utils.formats import date_format
from django.utils.translation import override

from stadtkern.kernel import clock, registry
from stadtkern.site import basemap
from stadtkern.site.dashboard import pins as pin_source
from stadtkern.site.dashboard import themes
from stadtkern.site.demo_city.load import load_basemap

pytestmark = pytest.mark.django_db
LANGUAGES = pytest.mark.parametrize("language", ["de", "en"])


def url(name, language="de", *args):
    with override(language):
        return reverse(name, args=args)


class Inline(HTMLParser):
    """Collects what a strict content security policy would refuse."""

    def __init__(self):
        super().__init__()
        self.found, self.ids, self._in = [], [], ""

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").startswith("javascript:"):
                self.found.append((tag, name))
            if name == "id":
                self.ids.append(value)
        self._in = tag if tag in ("script", "style") else ""
        if tag == "style":
            self.found.append((tag, ""))

    def handle_endtag(self, tag):
        self._in = ""

    def handle_data(self, data):
        if self._in and data.strip():
            self.found.append((self._in, data))


def pages(language, where):
    return [
        url("home", language),
        url("search", language),
        url("search", language) + "?q=Wetter",
        url("search", language) + "?q=gibtesnicht",
        url("api", language),
        url("api", language) + "?datastream=1&what=P1D&days=7&form=CSV",
        url("dashboard", language),
        *(url("dashboard-theme", language, theme) for theme in themes.shown()),
        url("dashboard-list", language),
        url("dashboard-list", language) + "?q=x&sort=-time&state=bad",
        url("place", language, where.public_id),
        url("place", language, where.public_id) + "?range=year",
        url("place", language, where.public_id) + "?view=table",
        url("place", language, where.public_id) + "?from=2026-02-01&to=2026-01-01",
        url("place-panel", language, where.public_id),
    ]


@LANGUAGES
def test_every_page_answers_in_both_languages_without_inline_code(client, station, language):
    where, _one = station
    load_basemap()
    for address in pages(language, where):
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        parsed = Inline()
        parsed.feed(text)
        assert parsed.found == [], address
        assert len(parsed.ids) == len(set(parsed.ids)), address
        if "<html" in text:
            assert f'<html lang="{language}"' in text
            assert text.count("<h1") == 1, address
            assert text.count("<main") == 1, address


def test_german_pages_speak_german_and_english_pages_english(client, station):
    german = client.get("/").content.decode()
    english = client.get("/en/").content.decode()
    assert "Was möchten Sie in Herne erledigen?" in german
    assert "What would you like to do in Herne?" in english
    assert 'hreflang="en"' in german
    assert 'href="/en/"' in german


def test_every_page_of_the_site_names_its_audience():
    def views(patterns, module="stadtkern.site."):
        for entry in patterns:
            if isinstance(entry, URLPattern):
                if entry.callback.__module__.startswith(module):
                    yield entry
            else:
                yield from views(entry.url_patterns)

    found = list(views(get_resolver().url_patterns))
    assert len(found) > 10
    assert [str(e.pattern) for e in found if not hasattr(e.callback, "audience")] == []


def test_a_system_that_is_off_is_gone_from_home_and_dashboard(client, switched_off, place):
    bay = place("Parkdeck", kind="parking.site")
    assert (
        url("dashboard-list") + "?layer=parking.sites" in client.get("/dashboard/").content.decode()
    )
    switched_off("parking")
    for address in (
        "/",
        "/dashboard/",
        "/dashboard/list/",
        "/map/layers.json",
        "/search/?q=Parken",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "/parken/" not in answer.content.decode()
        assert "parking." not in answer.content.decode()
    assert client.get("/parken/").status_code == 404
    assert client.get("/parking/").status_code == 404
    assert client.get("/map/layers/parking.sites.geojson").status_code == 404
    assert client.get(url("place", "de", bay.public_id)).status_code == 404


def test_a_broken_tile_says_so_and_breaks_nothing(client, monkeypatch):
    _system, tile = registry.tiles()[0]

    def broken():
        raise RuntimeError("the sensor of this tile fell into the canal")

    monkeypatch.setattr(registry, "resolve", _instead(tile.reading, broken))
    for address in ("/", "/dashboard/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "Zurzeit keine Daten" in answer.content.decode()
        assert "canal" not in answer.content.decode()


def test_a_broken_layer_leaves_the_others_on_the_map(client, monkeypatch):
    system, layer = registry.layers()[0]

    def broken():
        raise RuntimeError("no such layer today")

    monkeypatch.setattr(registry, "resolve", _instead(layer.pins, broken))
    assert client.get("/dashboard/").status_code == 200
    assert client.get("/dashboard/list/").status_code == 200
    answer = client.get(f"/map/layers/{system.slug}.{layer.slug}.geojson")
    assert answer.json()["features"] == []


def _instead(path, replacement):
    real = registry.resolve
    return lambda asked: replacement if asked == path else real(asked)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/parking/", "/parken/"),
        ("/en/parken/", "/en/parking/"),
        ("/environment/", "/umwelt/"),
        ("/parking/?a=1", "/parken/?a=1"),
        ("/en/parken/some/page/", "/en/parking/some/page/"),
    ],
)
def test_a_system_is_found_under_its_name_in_the_other_language(client, old, new):
    answer = client.get(old)
    assert answer.status_code == 301
    assert answer["Location"] == new
    assert client.get("/parken/").status_code == 200
    assert client.get("/en/parking/").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere/",
        "/en/nowhere/",
        "/dashboard/nonsense/",
        "/places/00000000-0000-4000-8000-000000000000/",
    ],
)
def test_what_is_not_there_is_said_on_a_page(client, address):
    answer = client.get(address)
    assert answer.status_code == 404
    assert "<h1" in answer.content.decode()


def test_pages_are_only_read(client, station):
    assert client.post("/").status_code == 405
    assert client.post("/dashboard/list/").status_code == 405


def test_crawlers_are_told_where_not_to_go(client):
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /staff/" in text
    assert "Disallow: /\n" not in text


@pytest.fixture
def stations(place, stream, observe):
    """A function that adds weather stations with a value each, and bays below a car park."""
    car_park = place("P+R Test", kind="parking.site")

    def add(count):
        for i in range(count):
            where = place(f"Station {i}", kind="environment.weather", lon=7.2 + i / 1000)
            observe(stream(where), (clock.now() - timedelta(minutes=1), 5.0))
            place(f"Stellplatz {i}", kind="parking.bay", parent=car_park)

    add(2)
    return car_park, add


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/dashboard/",
        "/dashboard/list/",
        "/search/?q=Station",
        "/map/layers/environment.weather.geojson",
        "{place}",
    ],
)
def test_more_places_cost_no_more_queries(
    client, stations, address, django_assert_num_queries, django_assert_max_num_queries
):
    car_park, add = stations
    address = address.format(place=url("place", "de", car_park.public_id))
    client.get(address)
    with django_assert_max_num_queries(60) as before:
        client.get(address)
    add(15)
    with django_assert_num_queries(len(before)):
        answer = client.get(address)
    assert answer.status_code == 200


def test_map_list_and_place_show_the_same_state(client, stations):
    layer = themes.layer("environment.weather")
    shown = {str(pin.place): pin for pin in pin_source.pins(layer)}
    assert shown
    features = client.get("/map/layers/environment.weather.geojson").json()["features"]
    assert {f["id"]: f["properties"]["state"] for f in features} == {
        key: pin.state for key, pin in shown.items()
    }
    listed = client.get("/dashboard/list/?layer=environment.weather&format=csv").content.decode()
    for key, pin in shown.items():
        line = next(row for row in listed.splitlines() if row.startswith(key))
        assert f",{pin.state}," in line


def test_what_is_stale_has_no_state(client, place, stream, observe):
    where = place("Alte Station", kind="environment.weather")
    one = stream(where)
    observe(one, (clock.now() - timedelta(days=3), 5.0))
    feature = next(
        f
        for f in client.get("/map/layers/environment.weather.geojson").json()["features"]
        if f["id"] == str(where.public_id)
    )
    assert feature["properties"]["state"] == "none"
    assert feature["properties"]["stale"] is True
    page = client.get(url("place", "de", where.public_id)).content.decode()
    tile = re.search(
        rf'<article class="tile stale" data-datastream="{one.pk}">.*?</article>', page, re.S
    )
    assert tile
    assert "data-stale" in tile[0]
    assert "Seit " in page


def test_the_ground_of_the_map_is_open_data_with_its_credit(client):
    load_basemap()
    load_basemap()
    answer = client.get("/map/basemap.geojson")
    kinds = [f["properties"]["kind"] for f in answer.json()["features"]]
    assert kinds.count("city") == 1
    assert kinds.count("neighbour") == 4
    names = {f["properties"]["name"] for f in answer.json()["features"]}
    assert {"Herne Bf", "Wanne-Eickel Hbf", "Bochum"} <= names
    again = client.get("/map/basemap.geojson", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    line = client.get("/map/layers.json").json()["credit"]
    for credit in basemap.credits():
        assert credit.source in line
        assert credit.licence in line


def test_an_invented_place_says_so(client, place):
    where = place("Erfundener Ort", invented=True)
    assert "erfunden" in client.get(url("place", "de", where.public_id)).content.decode()
    real = place("Echter Ort")
    assert "erfunden" not in client.get(url("place", "de", real.public_id)).content.decode()


def test_a_system_asks_for_its_own_layers_alone(client):
    def keys(query=""):
        found = client.get(f"/map/layers.json{query}").json()["layers"]
        return {layer["slug"].partition(".")[0] for layer in found}

    assert keys() >= {"parking", "environment"}
    assert keys("?system=parking") == {"parking"}
    assert keys("?system=nothing") == set()


def test_projects_are_off_on_the_map_of_everything_and_on_where_they_are_asked_for(client):
    def off(query=""):
        found = client.get(f"/map/layers.json{query}").json()["layers"]
        return {layer["slug"] for layer in found if not layer["shown"]}

    assert "projects.locations" in off()
    assert "parking.sites" not in off()
    assert off("?system=projects") == off("?layers=projects.locations") == set()


def test_english_dates_do_not_put_the_month_first():
    with override("en"):
        assert date_format(datetime(2026, 11, 3, 14, 5, tzinfo=UTC), "SHORT_DATETIME_FORMAT") == (
            "3 Nov 2026, 14:05"
        )
    with override("de"):
        assert (
            date_format(datetime(2026, 11, 3, 14, 5, tzinfo=UTC), "SHORT_DATE_FORMAT")
            == "03.11.2026"
        )
