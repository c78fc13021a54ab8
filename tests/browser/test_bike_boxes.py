"""A box is rented and paid on a phone, and its door opens at the simulated place."""

import json
import re
import urllib.request

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect


def clean(page):
    """Nothing overflows, and axe finds nothing."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0, page.url
    found = Axe().run(page)
    assert found.violations_count == 0, page.url + found.generate_report()


def doors(demo_json, place):
    with urllib.request.urlopen(demo_json["lockers_page"] + "state.json", timeout=10) as answer:
        found = next(one for one in json.load(answer) if one["facility"] == place)
    return {box["number"]: box["open"] for box in found["boxes"]}


def test_rent_pay_and_open_a_box(page, base, demo_json):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{base}/fahrradboxen/")
    clean(page)
    page.locator("#place-auf-der-wenge a.btn").click()
    page.get_by_label("E-Mail").fill("rad@example.org")
    clean(page)
    page.get_by_role("button", name="Weiter zur Zahlung").click()
    page.check("input[value=karte]")
    page.get_by_role("button", name="Weiter zur Zahlung").click()
    page.wait_for_url(re.compile(r"/pay/tr_"))
    page.click("button[value=pay]")
    page.get_by_role("heading", name="Bezahlt").wait_for()
    page.locator("main a[href*='/fahrradboxen/rental/']").first.click()
    expect(page.locator(".box-pin")).to_have_text(re.compile(r"^\d{6}$"))
    clean(page)
    number = int(re.search(r"\d+", page.get_by_role("heading", level=1).inner_text())[0])
    assert not doors(demo_json, "auf-der-wenge")[number]
    page.get_by_role("button", name="Box öffnen").click()
    expect(page.get_by_text("Die Tür ist offen.")).to_be_visible(timeout=30_000)
    clean(page)
    assert doors(demo_json, "auf-der-wenge")[number]
    page.get_by_role("link", name="Zu Ihrer Miete").click()
    page.get_by_role("link", name="Verlängern").click()
    clean(page)
    page.go_back()
    page.get_by_role("link", name="Miete beenden").click()
    clean(page)
    page.get_by_role("button", name="Jetzt beenden").click()
    expect(page.get_by_text("Diese Miete ist beendet.")).to_be_visible()
    clean(page)
