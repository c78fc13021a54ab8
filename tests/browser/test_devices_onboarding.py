"""A device goes into the field in a real browser, is decoded again, and that is undone."""

import base64
import json
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser.looks import PHONE, clean
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import expect

# LW:D0:70B3D57ED0000000:02534B5500000001:00010002:S77, drawn by another program than reads it.
LABEL = Path(__file__).parent / "labels" / "tr005.png"
ON_THE_LABEL = "LW:D0:70B3D57ED0000000:02534B5500000001:00010002:S77"
SLOW = 60_000


@pytest.fixture
def signed_in(desktop, sign_in):
    """The operator's browser."""
    return sign_in(desktop, "operator")


@pytest.fixture
def send(demo_json):
    """Publish an EM300-TH uplink, tenths of a degree and 57 %, as ChirpStack does."""

    def publish(eui, tenths):
        mqtt = demo_json["mqtt"]
        client = Client(CallbackAPIVersion.VERSION2, client_id=f"test-{uuid.uuid4()}")
        client.username_pw_set(mqtt["user"], mqtt["password"])
        client.connect(mqtt["host"], mqtt["port"])
        client.loop_start()
        payload = bytes([3, 0x67]) + tenths.to_bytes(2, "little") + bytes([4, 0x68, 114])
        event = {
            "deduplicationId": str(uuid.uuid4()),
            "time": datetime.now(UTC).isoformat(),
            "deviceInfo": {
                "devEui": eui,
                "deviceName": "Schulhof",
                "deviceProfileName": "EM300-TH",
            },
            "fPort": 85,
            "fCnt": 1,
            "data": base64.b64encode(payload).decode(),
            "rxInfo": [],
            "txInfo": {},
        }
        topic = f"application/a/device/{eui}/event/up"
        client.publish(topic, json.dumps(event), qos=1).wait_for_publish(20)
        client.disconnect()
        client.loop_stop()

    return publish


def go_on(page):
    page.get_by_role("button", name="Weiter").focus()
    page.keyboard.press("Enter")


def onboard(page, base, eui, search=""):
    """All steps, looked at by axe; the keyboard presses the buttons."""
    page.goto(base + "/staff/devices/new/")
    clean(page)
    page.get_by_label("QR-Code oder DevEUI").fill(eui.upper())
    go_on(page)
    page.wait_for_url("**/profile/")
    if search:
        page.get_by_label("Hersteller oder Modell").fill(search)
        page.keyboard.press("Enter")
        page.wait_for_url("**/profile/?q=*")
    clean(page)
    page.locator("button[name=profile]").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/place/")
    page.locator("[name=where][value=new]").check()
    expect(page.locator("#pick-map[data-ready]")).to_be_attached(timeout=SLOW)
    clean(page)
    page.get_by_label("Name des neuen Ortes").fill(f"Schulhof {eui[-4:]}")
    page.locator("#pick-map canvas").first.click()
    assert 51.4 < float(page.locator("[name=lat]").input_value()) < 51.7
    assert 7.0 < float(page.locator("[name=lon]").input_value()) < 7.4
    go_on(page)
    page.wait_for_url("**/measures/")
    clean(page)
    page.get_by_label("Name", exact=True).fill(f"Schulhof {eui[-4:]}")
    go_on(page)
    page.wait_for_url("**/summary/")
    clean(page)
    page.get_by_role("button", name="Gerät anlegen").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/done/")
    clean(page)


def test_the_first_value_appears_by_itself(signed_in, base, send):
    page, eui = signed_in, "02534b6600000001"
    page.set_viewport_size(PHONE)
    onboard(page, base, eui, search="EM300-TH")
    expect(page.get_by_role("heading", name="Warten auf die erste Nachricht")).to_be_visible()
    send(eui, 236)
    expect(page.locator("#first")).to_contain_text("23,6", timeout=SLOW)
    clean(page)


def test_a_stranger_is_made_and_its_messages_decoded_again_and_undone(signed_in, base, send):
    page, eui = signed_in, "02534b7700000001"
    send(eui, 219)
    listed_as_unknown(page, base, eui)
    clean(page)
    onboard(page, base, eui)
    expect(page.locator("#first")).to_contain_text("21,9", timeout=SLOW)
    with_another_profile(page)
    start_a_run(page, base, eui)
    expect(page.locator("#run .tag").first).to_contain_text("fertig", timeout=SLOW)
    clean(page)
    page.get_by_role("button", name="Diesen Lauf rückgängig machen").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#run")).to_contain_text("Alles ist wie vor diesem Lauf", timeout=SLOW)
    clean(page)
    page.goto(base + "/staff/uplinks/decode/runs/")
    clean(page)


def listed_as_unknown(page, base, eui):
    """A broker may acknowledge before ingest has stored, so the list is loaded until it is there."""
    deadline = time.monotonic() + SLOW / 1000
    page.goto(base + "/staff/devices/new/waiting/")
    while eui not in page.locator("main").inner_text() and time.monotonic() < deadline:
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("table")).to_contain_text(eui)


def with_another_profile(page):
    """A particulate matter sensor's codec reads nothing in what a thermometer sent."""
    page.get_by_role("link", name="Zum Gerät", exact=True).click()
    page.wait_for_url("**/staff/devices/*/")
    page.goto(page.url + "change/")
    clean(page)
    wanted = page.locator("#id_profile option").filter(has_text="Feinstaub").first
    page.locator("#id_profile").select_option(value=wanted.get_attribute("value"))
    page.get_by_role("button", name="Speichern").click()
    page.wait_for_url("**/staff/devices/*/")


def start_a_run(page, base, eui):
    page.goto(base + f"/staff/uplinks/decode/?device={eui}")
    clean(page)
    page.get_by_role("button", name="Vorschau").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".compare")).to_be_visible(timeout=SLOW)
    expect(page.locator(".compare del").first).to_contain_text("21,9")
    clean(page)
    page.get_by_role("button", name="neu lesen").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/*/")


def test_a_photo_of_the_label_is_read_in_the_browser(signed_in, base):
    page = signed_in
    page.set_viewport_size(PHONE)
    page.goto(base + "/staff/devices/new/")
    page.locator("city-scan input[type=file]").set_input_files(LABEL)
    expect(page.get_by_label("QR-Code oder DevEUI")).to_have_value(ON_THE_LABEL, timeout=SLOW)
    clean(page)


def test_a_list_is_checked_and_its_problems_shown(signed_in, base):
    page = signed_in
    page.goto(base + "/staff/devices/new/import/")
    clean(page)
    rows = "DevEUI;Name;Profil;Ort;Breite;Länge\nA84041000181C0;Neu;em300;Dach;7,2;51,54\n"
    file = {"name": "liste.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.locator("[name=file]").set_input_files(file)
    page.get_by_role("button", name="Liste prüfen").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/import/*/")
    expect(page.get_by_text("milesight-em300-th")).to_be_visible()
    expect(page.get_by_text("vertauscht")).to_be_visible()
    clean(page)


def test_all_steps_work_without_script(browser, base, sign_in):
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    page = sign_in(context.new_page(), "operator")
    page.goto(base + "/staff/devices/new/")
    page.get_by_label("QR-Code oder DevEUI").fill("02-53-4B-88-00-00-00-01")
    page.get_by_role("button", name="Weiter").click()
    page.get_by_label("Hersteller oder Modell").fill("EM300-TH")
    page.keyboard.press("Enter")
    page.locator("button[name=profile]").first.click()
    page.locator("[name=where][value=new]").check()
    page.get_by_label("Name des neuen Ortes").fill("Ohne Skript")
    page.get_by_label("Breite").fill("51,54")
    page.get_by_label("Länge").fill("7,22")
    page.get_by_role("button", name="Weiter").click()
    page.get_by_role("button", name="Weiter").click()
    page.get_by_role("button", name="Gerät anlegen").click()
    expect(page.get_by_role("heading", name="Warten auf die erste Nachricht")).to_be_visible()
    expect(page.get_by_role("link", name="Neu laden")).to_be_visible()
    context.close()
