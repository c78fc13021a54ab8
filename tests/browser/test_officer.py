"""An officer's shift on a phone, also without a connection; a check becomes a fine that is retold."""

import json
import re
import urllib.request
from datetime import UTC, datetime, timedelta

from browser.looks import look, until
from playwright.sync_api import expect

CHECK, PARKING = "/staff/parking_tickets/check/", "/api/parking_tickets/operator/v1/parking/"
ZONE = "D2"
# Five digits are too many for a German plate: nobody's car is among them.
VALID, OVER, UNKNOWN, LATER = "HER-B 90001", "HER-B 90002", "HER-B 90003", "HER-B 90004"


def told(base, demo_json, path, body):
    """What an app provider's own program sends."""
    key = demo_json["parking_apps"][0]["key"]
    request = urllib.request.Request(
        f"{base}{path}", json.dumps(body).encode(), method="POST",
        headers={"Authorization": f"ApiKey {key}", "Content-Type": "application/json"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def sold(base, demo_json, plate):
    """Twenty minutes in a zone that sells at every hour, told a moment after they began."""
    began = datetime.now(UTC) - timedelta(seconds=100)
    written = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (began, began + timedelta(minutes=20))]
    return told(base, demo_json, PARKING, {
        "registration_number": plate, "zone": ZONE, "time_start": written[0],
        "time_end": written[1],
    })  # fmt: skip


def checked(page, plate, word):
    """By keyboard alone."""
    page.get_by_label("Kennzeichen", exact=True).fill(plate)
    page.keyboard.press("Enter")
    expect(page.locator("[data-answer] .check-word")).to_contain_text(word, timeout=15_000)


def over(page):
    """What is stopped holds to the end of the minute that has begun."""
    for _try in range(40):
        checked(page, OVER, re.compile("Gültig|Gerade abgelaufen"))
        if "Gerade abgelaufen" in page.locator("[data-answer] .check-word").inner_text():
            return
        page.wait_for_timeout(2000)
    raise AssertionError("It still holds.")


def online(page, base, demo_json):
    for plate in (VALID, OVER, LATER):
        stay = sold(base, demo_json, plate)
        if plate == OVER:
            told(base, demo_json, f"{PARKING}{stay['id']}/stop/", {})
    page.goto(f"{base}{CHECK}")
    page.get_by_label("Zone", exact=True).select_option(ZONE)
    checked(page, VALID, "Gültig")
    over(page)
    look(page)


def offline(page):
    """Nothing is known, nothing readable lies on the phone, and the page opens again."""
    kept = "caches.keys().then(all => all.some(one => one.startsWith('parking-check-')))"
    until(page, f"navigator.serviceWorker.ready.then(() => {kept})")
    page.context.set_offline(True)
    checked(page, LATER, "Nicht geprüft")
    expect(page.locator("[data-answer]")).to_contain_text("nicht bekannt")
    page.reload()
    expect(page.locator("[data-waiting] li")).to_have_count(1)
    page.get_by_label("Zone", exact=True).select_option(ZONE)
    checked(page, UNKNOWN, "Nicht geprüft")
    expect(page.locator("[data-waiting] li")).to_have_count(2)
    look(page)
    assert not re.search(r"9000\d", page.evaluate("localStorage.getItem('parking-checks')"))


def back(page, base):
    """Each is sent once, answered in the list, and gone from the phone."""
    page.context.set_offline(False)
    lines = page.locator("[data-history] li")
    expect(page.locator("[data-waiting] li")).to_have_count(0, timeout=30_000)
    expect(lines.filter(has_text="HERB90004")).to_contain_text("Gültig")
    expect(lines.filter(has_text="HERB90003")).to_contain_text("Nichts gefunden")
    assert page.evaluate("localStorage.getItem('parking-checks')") is None
    page.goto(f"{base}{CHECK}")
    expect(lines.filter(has_text="HERB90003")).to_have_count(1)


def test_a_shift_with_and_without_a_connection(phone, base, demo_json, sign_in):
    page = sign_in(phone, "parking officer")
    online(page, base, demo_json)
    offline(page)
    back(page, base)
    page.get_by_role("link", name="Verstoß festhalten HERB90003").click()
    page.get_by_label("Straße").fill("Hauptstraße (Demo)")
    look(page)
    page.get_by_role("button", name="Verstoß sichern").press("Enter")
    number = re.search(r"P-\w{8}", page.locator("body").inner_text())[0]
    sign_in(page, "fines office").goto(f"{base}/staff/parking_tickets/fines/{number}/")
    then = page.get_by_role("heading", name="Was die Stadt zu diesem Zeitpunkt wusste")
    expect(then).to_be_visible()
    expect(page.locator("main")).to_contain_text("Nichts gefunden")
    look(page)
