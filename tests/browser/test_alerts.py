"""A rule made by keyboard raises an alert on the running city's data, and a person takes it on."""

import time

import pytest
from browser.looks import clean
from playwright.sync_api import expect

# The rules look every minute, and a slow machine is slow.
PATIENCE = 180


@pytest.fixture
def signed_in(phone, sign_in):
    """The operator's browser."""
    return sign_in(phone, "operator")


def press(page, role, name):
    """As a person without a mouse does it."""
    page.get_by_role(role, name=name).first.focus()
    page.keyboard.press("Enter")


def test_a_rule_is_made_raises_an_alert_and_somebody_takes_it_on(signed_in, base):
    page, name = signed_in, "Temperatur auf dem Telefon"
    page.goto(base + "/staff/alerts/rules/new/")
    clean(page)
    press(page, "link", "Grenzwert")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Obere Grenze").fill("-90,5")
    page.get_by_label("Mindestens so viele Minuten").fill("0")
    page.get_by_label("Messgröße").select_option(label="Lufttemperatur")
    clean(page)
    press(page, "button", "Zeigen, was das im letzten Monat getan hätte")
    expect(page.get_by_text("überwachten Stellen")).to_be_visible()
    clean(page)
    press(page, "button", "Speichern")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    clean(page)
    until_listed(page, base, name)
    clean(page)
    press(page, "link", name)
    expect(page.get_by_text("Lufttemperatur über -90,5 °C").first).to_be_visible()
    expect(page.locator("figcaption").get_by_text("obere Grenze")).to_be_visible()
    clean(page)
    page.locator("#note-text").fill("Ich sehe nach")
    press(page, "button", "Übernehmen")
    expect(page.get_by_text("Ich sehe nach")).to_be_visible()
    expect(page.get_by_role("button", name="Übernehmen")).to_have_count(0)
    for path in ("rules/", "maintenance/new/", "messages/", "webhooks/new/", "?state=all"):
        page.goto(base + "/staff/alerts/" + path)
        clean(page)
    page.goto(base + "/staff/alerts/rules/")
    press(page, "link", name)
    press(page, "button", "Abschalten")
    expect(page.get_by_text("Die Regel ist aus.")).to_be_visible()


def until_listed(page, base, name):
    end = time.monotonic() + PATIENCE
    while True:
        page.goto(base + "/staff/alerts/?q=" + name)
        if page.get_by_role("link", name=name).count():
            return
        assert time.monotonic() < end, "no alert was raised"
        page.wait_for_timeout(1000)
