"""Somebody looks for a fast charger; the operator starts and stops a session from afar."""

import re

from axe_playwright_python.sync_playwright import Axe
from browser.looks import PHONE
from playwright.sync_api import expect

# Nobody comes to this invented point by itself.
POINT = "SWH-demo-20-1"


def clean(page):
    """Nothing overflows, and axe finds nothing."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0, page.url
    found = Axe().run(page)
    assert found.violations_count == 0, page.url + found.generate_report()


def connected(page, url):
    """In the first minute of a city its points still ring up."""
    page.goto(url)
    for _again in range(30):
        if not page.get_by_text("nicht verbunden").count():
            return
        page.wait_for_timeout(2000)
        page.reload()


def test_find_a_fast_charger_and_charge_from_afar(page, base, sign_in):
    page.set_viewport_size(PHONE)
    page.goto(f"{base}/laden/")
    clean(page)
    page.get_by_label("Schnell, mehr als 22 kW").focus()
    page.keyboard.press("Space")
    page.get_by_label("Jetzt frei").check()
    page.get_by_role("button", name="Anzeigen").press("Enter")
    page.wait_for_url(lambda url: "fast=on" in url)
    cards = page.locator(".ch-list > .card")
    if not cards.count():
        expect(page.get_by_text("Kein Ort passt")).to_be_visible()
        page.get_by_label("Jetzt frei").uncheck()
        page.get_by_role("button", name="Anzeigen").press("Enter")
        page.wait_for_url(lambda url: "free=" not in url)
    expect(cards.first).to_contain_text("150 kW")
    expect(cards.first.locator(".ch-cost")).to_contain_text("€")
    clean(page)
    cards.first.get_by_role("link").press("Enter")
    page.wait_for_url("**/laden/grenzweg-18/**")
    expect(page.get_by_role("heading", name="Was es kostet")).to_be_visible()
    expect(page.get_by_text(re.compile(r"0,68\s€ je kWh"))).to_be_visible()
    expect(page.locator("dl.facts")).to_contain_text("Barrieren")
    clean(page)

    sign_in(page, "operator")
    connected(page, f"{base}/staff/charging/charge-points/{POINT}/")
    clean(page)
    page.locator("#do-start summary").press("Enter")
    page.locator("#do-start select[name=token]").select_option(index=1)
    page.locator("#do-start").get_by_role("button").press("Enter")
    charging = page.get_by_role("link", name=re.compile(r"lädt, [\d,]+ kWh"))
    expect(charging).to_be_visible(timeout=30_000)
    clean(page)
    page.get_by_role("button", name="Anhalten Anschluss 1").press("Enter")
    expect(charging).to_have_count(0, timeout=30_000)
    expect(page.locator("#now [role=status]")).to_contain_text("angenommen")
    page.goto(f"{base}/staff/charging/sessions/?q={POINT}")
    expect(page.locator("tbody tr").first).to_contain_text("beendet")
    clean(page)
