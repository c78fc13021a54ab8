"""What a person does with the running demo city, in a real browser."""

import base64
import json
import time
import urllib.request
import uuid
from datetime import UTC, datetime

import pytest
from browser.looks import DESKTOP, PHONE, clean, look, until
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import expect

STATION = "02534b1000000001"


def sta(base, path):
    with urllib.request.urlopen(f"{base}/api/sensorthings/v1.1/{path}", timeout=10) as answer:
        return json.load(answer)


@pytest.fixture(scope="session")
def station(base):
    """The page of a weather station and the id of its temperature series."""
    query = urllib.request.quote(
        "ObservedProperty/definition eq 'http://vocab.nerc.ac.uk/standard_name/air_temperature/'"
    )
    stream = sta(base, f"Datastreams?$filter={query}&$orderby=id&$top=1&$expand=Thing")["value"][0]
    with urllib.request.urlopen(f"{base}/map/layers/environment.weather.geojson") as answer:
        for pin in json.load(answer)["features"]:
            if stream["@iot.id"] in pin["properties"]["datastreams"]:
                return pin["properties"]["url"], stream["@iot.id"]
    raise AssertionError("the station is on no map")


def send_temperature(demo_json, tenths):
    """One EM300-TH uplink: channel 3, type 0x67, tenths of a degree, little-endian."""
    mqtt = demo_json["mqtt"]
    client = Client(CallbackAPIVersion.VERSION2, client_id=f"test-{uuid.uuid4()}")
    client.username_pw_set(mqtt["user"], mqtt["password"])
    client.connect(mqtt["host"], mqtt["port"])
    client.loop_start()
    payload = bytes([0x03, 0x67]) + tenths.to_bytes(2, "little", signed=True)
    event = {
        "deduplicationId": str(uuid.uuid4()),
        "time": datetime.now(UTC).isoformat(),
        "deviceInfo": {"devEui": STATION},
        "fPort": 85,
        "fCnt": 1,
        "data": base64.b64encode(payload).decode(),
        "rxInfo": [],
        "txInfo": {},
    }
    info = client.publish(f"application/a/device/{STATION}/event/up", json.dumps(event), qos=1)
    info.wait_for_publish(10)
    sent = time.monotonic()
    client.disconnect()
    client.loop_stop()
    return sent


def test_an_uplink_is_seen_within_two_seconds_without_a_reload(page, base, station, demo_json):
    page.goto(base + station[0])
    value = page.locator(f'[data-datastream="{station[1]}"] [data-value]').first
    expect(value).to_be_visible()
    page.wait_for_timeout(1500)
    send_temperature(demo_json, 417)
    expect(value).to_contain_text("41,7", timeout=2000)
    observed = sta(
        base,
        f"Datastreams({station[1]})/Observations?$orderby=phenomenonTime desc&$top=3".replace(
            " ", "%20"
        ),
    )
    assert 41.7 in [o["result"] for o in observed["value"]]


PAGES = [
    "/",
    "/en/",
    "/dashboard/",
    "/dashboard/list/",
    "/parken/",
    "/umwelt/",
    "/search/?q=parken",
    "/login/",
    "PLACE",
]


SETTLED = """() => [...document.querySelectorAll("city-map")]
    .every((map) => "ready" in map.dataset || !map.checkVisibility())"""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_fits_and_leaves_the_console_clean(phone, base, station, path):
    said = []
    phone.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    phone.on("pageerror", lambda e: said.append(str(e)))
    phone.goto(base + (station[0] if path == "PLACE" else path))
    until(phone, SETTLED)
    clean(phone)
    assert said == []


def test_from_home_to_a_free_bay_by_keyboard(page, base):
    page.goto(base + "/")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_contain_text("Inhalt")
    page.get_by_role("searchbox").first.focus()
    page.keyboard.type("P+R")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    page.get_by_role("link", name="P+R Bahnhof Herne").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bahnhof Herne")


def test_the_map_draws_pins_that_lead_to_their_place(page, base):
    page.goto(base + "/dashboard/")
    page.wait_for_selector("city-map[data-ready]", timeout=15000)
    pin = page.locator("city-map").get_by_role("link", name="P+R Bahnhof Herne").first
    expect(pin).to_be_visible(timeout=15000)
    pin.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel")).to_contain_text("P+R Bahnhof Herne")


COVERED = """() => {
    const boxes = [...document.querySelectorAll('city-map .pin:not(.only-sign)')]
        .map((pin) => [pin.textContent, pin.getBoundingClientRect()]);
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    return boxes.flatMap(([name, a], i) => boxes.slice(i + 1)
        .filter(([, b]) => meet(a, b)).map(([other]) => `${name} / ${other}`));
}"""


def pins_of(page, base):
    """How many places the layers have that are not small points."""
    layers = page.request.get(base + "/map/layers.json").json()["layers"]
    found = [
        page.request.get(base + one["url"]).json()["features"] for one in layers if one["shown"]
    ]
    return sum(not place["properties"]["small"] for places in found for place in places)


def test_no_pin_hides_the_number_of_another(page, base):
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        page.goto(base + "/dashboard/")
        page.wait_for_selector("city-map[data-ready]", timeout=15000)
        expect(page.locator("city-map .pin")).to_have_count(pins_of(page, base))
        assert page.evaluate(COVERED) == [], size


@pytest.mark.parametrize(("path", "other"), [("/parken/", "Wetterstation"), ("/umwelt/", "P+R")])
def test_the_map_of_a_system_shows_its_own_places_alone(page, base, path, other):
    page.goto(base + path)
    page.wait_for_selector("city-map[data-ready]", timeout=15000)
    assert page.locator("city-map .pin").count() > 0
    assert page.locator("city-map .pin", has_text=other).count() == 0


def test_the_map_of_a_place_marks_it(page, base, station):
    page.goto(base + station[0])
    page.wait_for_selector("city-map[data-ready]", timeout=15000)
    marked = page.locator("city-map .pin[aria-current]")
    expect(marked).to_have_count(1)
    assert marked.get_attribute("href") == station[0]
    assert page.locator("city-map .map-legend").count() == 0


def test_without_javascript_everything_is_there(browser, base, station):
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    page.goto(base + "/dashboard/")
    expect(page.get_by_role("link", name="P+R Bahnhof Herne").first).to_be_visible()
    page.goto(base + station[0])
    expect(page.locator("svg").first).to_be_visible()
    page.get_by_role("link", name="Woche").first.click()
    expect(page.locator("svg").first).to_be_visible()
    context.close()


def test_the_language_switch_stays_on_the_page(page, base):
    page.goto(base + "/parken/")
    page.get_by_role("link", name="English").first.click()
    page.wait_for_url("**/en/parking/")
    assert page.locator("html").get_attribute("lang") == "en"


def test_staff_log_in_and_see_their_devices(page, base, demo_json):
    operator = next(u for u in demo_json["users"] if u["role"] == "operator")
    page.goto(base + "/staff/devices/")
    page.get_by_label("Anmeldename").or_(page.locator("[name=username]")).first.fill(
        operator["login"]
    )
    page.locator("[name=password]").fill(operator["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/devices/**")
    expect(page.get_by_text("02534b0100000001").first).to_be_visible()
    for path in (
        "/staff/",
        "/staff/devices/",
        "/staff/uplinks/",
        "/staff/profiles/",
        "/staff/data-projects/",
        "/staff/jobs/",
        "/staff/audit/",
        "/staff/keys/",
        "/staff/people/",
        "/staff/systems/",
    ):
        answer = page.goto(base + path)
        assert answer.status == 200, path
        look(page)
