"""The public pages of the network, and what its layer, tiles and check say."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from stadtkern.kernel import registry
from stadtkern.kernel.devices.coverage import cells, load, standing
from stadtkern.kernel.devices.models import Device, Gateway, GatewayHour, Heard, Profile
from stadtkern.kernel.devices.sandbox import CodecPool, Uplink
from stadtkern.kernel.places.models import Landmark, Place, point
from stadtkern.kernel.things.models import Thing
from stadtkern.systems.lorawan_network import demo, layers, logic

NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _still():
    with override("de"), time_machine.travel(NOW, tick=False):
        yield


def gateway(name="Nord", at=(7.23, 51.54), *, heard=0, ago=timedelta(minutes=5), own=True):
    one = Gateway.objects.create(eui=f"eui-{name}", name=name, own=own, last_seen=NOW - ago)
    if at:
        place = Place.objects.create(kind="lorawan_network.gateway", name=name, geometry=point(*at))
        standing.stand(one, place)
    if heard:
        GatewayHour.objects.create(
            gateway=one, hour=NOW.replace(minute=0), heard=heard, best=heard, alone=0, airtime=0,
            **{f"sf{n}": 0 for n in range(7, 13)},
        )  # fmt: skip
    return one


def hear(by, device, at, *, count=20, rssi=-90.0):
    Heard.objects.create(
        day=NOW.date(), device=device, gateway=by, cell=cells.cell_at(*at), moving=False,
        heard=count, best=count, alone=count, airtime=0, levels=count, rssi_best=rssi,
        rssi_sum=rssi * count, snr_best=5, snr_sum=5 * count, worst_sf=7, last=NOW,
    )  # fmt: skip


@pytest.fixture
def town():
    """The demo's network, without what the simulator sends."""
    demo.fill(random.Random(1))


def devices(count):
    """Public devices of a kind that the city knows."""
    profile = Profile.objects.get(slug="lpp-gps-tester")
    things = Thing.objects.bulk_create(
        Thing(kind="environment.weather", name=f"Wetter {n}") for n in range(count)
    )
    return Device.objects.bulk_create(
        Device(dev_eui=f"{n:016x}", name=thing.name, profile=profile, thing=thing)
        for n, thing in enumerate(things)
    )


def test_an_empty_network_has_its_pages_all_the_same(client):
    page = client.get("/lorawan/").content.decode()
    assert "Es ist noch kein Gateway veröffentlicht." in page
    assert "Es wurde noch nichts gemessen." in page
    assert client.get("/lorawan/join/").status_code == 200
    assert json.loads(client.get("/lorawan/coverage.geojson").content)["features"] == []
    assert layers.gateways_tile() is None
    assert layers.messages_tile().stale


def test_german_and_english_lead_to_each_other(client):
    assert "Sensor anmelden" in client.get("/lorawan/join/").content.decode()
    assert "Register a sensor" in client.get("/en/lorawan_network/join/").content.decode()
    assert client.get("/lorawan_network/")["Location"] == "/lorawan/"


def test_the_page_says_what_it_is_for_and_what_is_kept(client):
    page = client.get("/lorawan/").content.decode()
    for word in ("Diebstahlsicherung", "Parkplatzmanagement", "Gemessen, nicht berechnet",
                 "400 Tage", "90 Tage", "Private Geräte"):  # fmt: skip
        assert word in page, word


def test_whom_to_ask_comes_from_the_city(client):
    contact = registry.city().city.contact
    page = client.get("/lorawan/join/").content.decode()
    assert f'href="mailto:{contact}?subject=LoRaWAN"' in page
    assert "EU868" in page


def test_fair_use_is_worked_out_from_the_time_on_air(client):
    """12 bytes of data are 25 in all: 61.7 ms at SF7 and 1482.8 ms at SF12, as TTN publishes."""
    paces = {pace.name: pace for pace in logic.paces()}
    assert paces["SF7"].millis == pytest.approx(61.7, abs=0.05)
    assert paces["SF12"].millis == pytest.approx(1482.8, abs=0.05)
    assert (paces["SF12"].fair, paces["SF12"].lawful) == (20, 582)
    assert "1483 ms" in client.get("/lorawan/join/").content.decode()


def test_the_demo_says_that_it_is_invented_and_claims_nothing_of_the_real_network(client, town):
    page = client.get("/lorawan/").content.decode()
    assert "erfunden" in page
    assert "sagen nichts über das wirkliche Netz" in page
    places = Place.objects.filter(kind="lorawan_network.gateway")
    assert places.count() == 4
    assert all(place.invented and "erfunden" in place.about for place in places)


def test_a_real_network_is_not_called_invented(client):
    gateway(heard=3)
    assert "erfunden" not in client.get("/lorawan/").content.decode()


def test_gateways_are_shown_with_their_state_and_others_are_not(client, keeps_to):
    gateway("Nord", heard=70)
    gateway("Süd", (7.19, 51.52), ago=timedelta(days=4))
    gateway("Fremd", None, own=False)
    pins = {pin.name: (pin.state, pin.text) for pin in layers.gateway_pins()}
    assert pins == {
        "Nord": ("good", "empfängt, 70 Nachrichten in 24 Stunden"), "Süd": ("bad", "stumm"),
    }  # fmt: skip
    tile = layers.gateways_tile()
    assert (tile.value, tile.unit, tile.stale) == ("1", "von 2", False)
    assert layers.messages_tile().value == "70"
    url = "/api/lorawan_network/gateways"
    api = keeps_to(url, client.get(f"{url}?lang=en"))
    assert {f["properties"]["name"]: f["properties"]["text"] for f in api["features"]} == {
        "Nord": "receives, 70 messages in 24 hours", "Süd": "silent",
    }  # fmt: skip


def test_the_map_has_a_list_that_names_places_people_know(client, town, keeps_to):
    Landmark.objects.create(
        kind="station", key="x", name="Herne Bf", lon=7.2178, lat=51.5437, source="t", licence="t"
    )
    by = Gateway.objects.order_by("pk").first()
    hear(by, devices(1)[0], (7.261873, 51.534691))
    url = "/api/lorawan_network/coverage"
    assert len(keeps_to(url, client.get(url))["features"]) == 1
    (spot,) = logic.spots(logic.measured())
    # The middle of the hexagon around Gysenberg lies some 3 km east-south-east of the station.
    assert spot.where.endswith("km östlich von Herne Bf")
    assert 2.5 < float(spot.where.split()[0].replace(",", ".")) < 3.7
    page = client.get("/lorawan/").content.decode()
    assert spot.where in page
    assert "Die Karte als Liste (1 Sechseck)" in page


def test_the_network_is_found_by_search(client):
    for word in ("LoRaWAN", "Sensor anmelden", "EU868", "Diebstahl"):
        assert "/lorawan/" in client.get("/search/", {"q": word}).content.decode(), word


def test_the_check_names_what_is_missing_and_where_to_repair_it():
    (nothing,) = logic.check_gateways()
    assert nothing.fix == "/staff/gateways/"
    one = gateway("Ohne Ort", None)
    two = gateway("Stumm", ago=timedelta(days=4))
    gateway("Gut", (7.2, 51.53))
    found = {(problem.text, problem.fix) for problem in logic.check_gateways()}
    assert found == {
        ("Das Gateway Ohne Ort hat keinen Ort.", f"/staff/gateways/{one.pk}/change/"),
        ("Das Gateway Stumm ist stumm.", f"/staff/gateways/{two.pk}/"),
    }


def test_more_gateways_and_hexagons_ask_no_more_questions(client, town):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/lorawan/").status_code == 200
        return len(queries)

    by = Gateway.objects.order_by("pk").first()
    many = devices(40)
    hear(by, many[0], (7.2, 51.53))
    before = asked()
    for n, device in enumerate(many):
        hear(by, device, (7.12 + n / 250, 51.54))
    for n in range(5):
        gateway(f"G{n}", (7.2, 51.53))
    assert asked() == before
    assert load.numbers().devices == 40


def test_the_field_testers_codec_reads_cayennes_published_example(db):
    """Cayenne LPP's reference: 01 88 06 76 5f f2 96 0a 00 03 e8 is 42.3519, -87.9094, 10 m."""
    demo.fill(random.Random(1))
    codec = Profile.objects.get(slug="lpp-gps-tester").codec
    frames = ["018806765ff2960a0003e8", "0167ffd7"]
    with CodecPool(workers=1) as pool:
        good, bad = pool.decode([
            Uplink(
                codec="lpp", source=codec, f_port=10, payload=bytes.fromhex(frame),
                received=NOW.isoformat(), variables={},
            )
            for frame in frames
        ])  # fmt: skip
    assert dict(good.data) == {"latitude": 42.3519, "longitude": -87.9094, "altitude": 10}
    assert bad.problem
