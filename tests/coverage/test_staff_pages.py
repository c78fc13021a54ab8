"""The staff's pages about gateways, coverage, and who hears a device."""

import csv
import io
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.coverage import cells
from stadtkern.kernel.devices.models import Gateway
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import Thing

from .conftest import EAST, NOW, WEST, reception, uplink

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
LIST, MAP = "/staff/gateways/", "/staff/gateways/coverage/"
DATA = "/staff/gateways/coverage.geojson"


@pytest.fixture
def heard(ingest, make):
    """Device 1 is heard by the west alone, device 2 by both."""
    make(1, (7.22, 51.54))
    make(2, (7.15, 51.52))
    place = {"latitude": 51.531, "longitude": 7.201}
    west, east = reception(WEST, snr=8, location=place), reception(EAST, snr=2, rssi=-119)
    ingest.take([uplink("a", west, eui=1), uplink("b", west, east, eui=2, sf=12)])
    return {g.eui: g.pk for g in Gateway.objects.all()}


def rows(answer):
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize("address", [LIST, MAP, DATA])
def test_nobody_without_the_right_comes_in(client, as_, address):
    assert client.get(address).status_code == 302
    assert as_("reader").get(address).status_code == 200


def test_the_list_shows_what_each_gateway_bears(heard, as_):
    answer = as_("reader").get(LIST)
    shown = {one.eui: (one.state, one.day, one.airtime) for one in answer.context["listed"].page}
    # 14 bytes last 46 ms at SF7 (45.25 symbols of 1.024 ms) and 1155 ms at SF12.
    assert shown == {WEST: ("reporting", 2, 46 + 1155), EAST: ("reporting", 1, 1155)}
    assert "1,2 s" in answer.content.decode()


def test_a_silent_gateway_is_found_by_its_state(heard, as_, now):
    now.shift(timedelta(days=4))
    browser = as_("reader")
    assert len(browser.get(f"{LIST}?state=silent").context["listed"].page) == 2
    assert len(browser.get(f"{LIST}?state=reporting").context["listed"].page) == 0
    assert len(browser.get(f"{LIST}?q={EAST[-4:]}").context["listed"].page) == 1
    page = browser.get(f"{LIST}{heard[WEST]}/").content.decode()
    assert "Dieses Gateway ist stumm, und 1 Gerät hat kein anderes." in page


def test_the_list_is_saved_as_csv(heard, as_):
    found = {row["eui"]: row for row in rows(as_("reader").get(f"{LIST}?format=csv"))}
    assert (found[WEST]["uplinks_24h"], found[WEST]["own"]) == ("2", "no")


def test_one_gateway_names_the_devices_that_are_lost_without_it(heard, as_):
    answer = as_("reader").get(f"{LIST}{heard[WEST]}/")
    assert [one.name for one in answer.context["lost"]] == ["Gerät 1"]
    page = answer.content.decode()
    assert "1 Gerät hört nur dieses Gateway:" in page
    assert "Gerät 2" in page
    other = as_("reader").get(f"{LIST}{heard[EAST]}/").content.decode()
    assert "Jedes Gerät, das es hört, hört auch ein anderes." in other
    found = {r["name"]: r for r in rows(as_("reader").get(f"{LIST}{heard[WEST]}/?format=csv"))}
    assert (found["Gerät 1"]["lost_without"], found["Gerät 2"]["lost_without"]) == ("yes", "no")


def test_the_chart_loads_uplinks_and_seconds_by_the_hour(heard, as_):
    answer = as_("reader").get(f"{LIST}{heard[WEST]}/load.json").json()
    uplinks, seconds = answer["series"]
    assert answer["bucket"] == "1 hour"
    assert len(answer["t"]) == len(uplinks["value"]) == len(seconds["value"])
    assert (
        dict(zip(answer["t"], uplinks["value"], strict=True))[
            int(NOW.replace(minute=0).timestamp())
        ]
        == 2
    )
    # Before the first hour that is known, nothing is claimed.
    assert set(uplinks["value"][:-1]) == {None}
    assert seconds["value"][-1] == pytest.approx(1.201)
    bad = as_("reader").get(f"{LIST}{heard[WEST]}/load.json?from=x&to=y")
    assert bad.status_code == 400


def test_a_gateway_is_named_taken_over_and_placed_and_it_is_on_record(heard, as_):
    form = {
        "name": "Rathausdach", "own": "on", "where": "new", "place_name": "Rathaus",
        "place_kind": "lorawan_network.gateway", "lon": "7,2196", "lat": "51,5387",
    }  # fmt: skip
    address = f"{LIST}{heard[WEST]}/change/"
    assert as_("reader").get(address).status_code == 403
    assert as_("data").post(address, form).status_code == 302
    gateway = Gateway.objects.get(eui=WEST)
    assert (gateway.name, gateway.own, gateway.thing.place.name) == ("Rathausdach", True, "Rathaus")
    assert gateway.spot == (7.2196, 51.5387)
    entry = Entry.objects.get(verb="gateways.change")
    assert entry.details["before"] == {"name": "", "own": False, "thing": None}
    assert (entry.details["own"], entry.details["thing"]) == (True, gateway.thing_id)


def test_the_form_offers_where_the_network_says_it_stands(heard, as_):
    form = as_("data").get(f"{LIST}{heard[WEST]}/change/").context["form"]
    assert (form["where"].value(), form["lon"].value(), form["lat"].value()) == (
        "new", 7.201, 51.531,
    )  # fmt: skip
    assert form["place_kind"].value() == "lorawan_network.gateway"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"where": "nowhere", "own": "on"}, "where"),
        ({"where": "known", "place": "Gibt es nicht"}, "place"),
        ({"where": "new", "place_name": "X", "lon": "13,4", "lat": "52,5"}, "lat"),
        ({"where": "known", "place": "Ort 1", "thing": "99999"}, "thing"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field_and_changes_nothing(heard, as_, changes, field):
    form = {"name": "", "place_kind": "lorawan_network.gateway", **changes}
    answer = as_("data").post(f"{LIST}{heard[WEST]}/change/", form)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    gateway = Gateway.objects.get(eui=WEST)
    assert (gateway.own, gateway.thing) == (False, None)


def test_it_becomes_one_with_a_thing_and_never_with_another_gateways(heard, as_, own):
    old = Thing.objects.create(name="alt")
    place = Place.objects.get(name="Ort 1")
    form = {"name": "N", "own": "on", "where": "known", "place": place.public_id, "thing": old.pk}
    browser = as_("data")
    assert browser.post(f"{LIST}{heard[WEST]}/change/", form).status_code == 302
    old.refresh_from_db()
    assert (Gateway.objects.get(eui=WEST).thing, old.place) == (old, place)
    again = browser.post(f"{LIST}{heard[EAST]}/change/", form)
    assert "thing" in again.context["form"].errors


def test_giving_a_gateway_up_leaves_its_thing_behind(own, as_):
    gateway = own(WEST)
    thing = gateway.thing
    as_("data").post(f"{LIST}{gateway.pk}/change/", {"name": "", "where": "nowhere"})
    gateway.refresh_from_db()
    assert (gateway.thing, gateway.own, gateway.name) == (None, False, "")
    assert Thing.objects.filter(pk=thing.pk).exists()


def test_the_map_has_a_list_beside_it_a_csv_and_geojson(heard, as_):
    browser = as_("reader")
    answer = browser.get(MAP)
    assert len(answer.context["areas"]) == 2
    name = cells.name_of(cells.cell_at(7.22, 51.54))
    assert name in answer.content.decode()
    assert name in {row["cell"] for row in rows(browser.get(f"{MAP}?format=csv"))}
    collection = json.loads(browser.get(f"{DATA}?download=1").content)
    assert {f["id"] for f in collection["features"]} >= {name}
    assert [key["state"] for key in collection["legend"]] == ["good", "tight", "bad"]


def test_the_map_follows_its_filters(heard, as_):
    browser = as_("reader")
    east = f"?gateway={heard[EAST]}"
    assert len(browser.get(f"{MAP}{east}").context["areas"]) == 1
    (only,) = json.loads(browser.get(f"{DATA}{east}").content)["features"]
    assert only["properties"]["state"] == "bad"
    assert len(browser.get(f"{MAP}?since=2026-01-01&until=2026-02-01").context["areas"]) == 0
    assert (
        "In dieser Zeit wurde nichts gemessen"
        in browser.get(f"{MAP}?until=2026-02-01").content.decode()
    )


def test_a_device_page_tells_who_hears_it_and_that_one_is_all_it_has(heard, as_):
    from stadtkern.kernel.devices.models import Device

    browser = as_("reader")
    one, two = Device.objects.order_by("dev_eui")
    first = browser.get(f"/staff/devices/{one.pk}/").content.decode()
    assert "Gehört von" in first
    assert "nur ein Gateway" in first
    second = browser.get(f"/staff/devices/{two.pk}/").content.decode()
    assert EAST in second
    assert "nur ein Gateway" not in second


def test_more_gateways_and_devices_ask_no_more_questions(heard, as_, ingest, make):
    browser = as_("reader")
    addresses = [LIST, MAP, f"{LIST}{heard[WEST]}/"]

    def asked():
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    before = asked()
    for number in range(10, 40):
        make(number, (7.1 + number / 300, 51.54))
    ingest.take([
        uplink(f"m{n}", reception(WEST), reception(f"g{n % 20}"), eui=n) for n in range(10, 40)
    ])  # fmt: skip
    assert asked() == before
