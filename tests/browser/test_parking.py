"""Somebody finds a space on a phone, by keyboard alone."""

import re

from axe_playwright_python.sync_playwright import Axe
from browser.looks import PHONE
from playwright.sync_api import expect


def clean(page):
    """Nothing overflows, and axe finds nothing."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0, page.url
    found = Axe().run(page)
    assert found.violations_count == 0, page.url + found.generate_report()


def test_find_a_space_by_keyboard(page, base):
    page.set_viewport_size(PHONE)
    page.goto(f"{base}/parken/")
    clean(page)
    page.get_by_role("link", name="Parkplatz finden").first.press("Enter")
    page.get_by_label("Wo wollen Sie hin?").focus()
    page.keyboard.type("Nirgendwohausen")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Fehler:"))
    expect(page.get_by_role("alert")).to_be_focused()
    clean(page)
    page.get_by_role("alert").get_by_role("link").press("Enter")
    expect(page.get_by_label("Wo wollen Sie hin?")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("Herne Bahnhof")
    page.keyboard.press("Enter")
    first = page.locator(".pk-one").first
    expect(first).to_contain_text("Zu Fuß")
    assert "Herne" not in page.url, "where somebody goes stands in no address"
    clean(page)
    way = first.get_by_role("link", name=re.compile("Navigation des Telefons"))
    expect(way).to_have_attribute("href", re.compile(r"^geo:51\.\d+,7\.\d+\?q="))
