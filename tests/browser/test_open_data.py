"""Somebody finds data in spite of a typo, looks at them, takes them along and reports an error."""

import re

from browser.looks import clean
from playwright.sync_api import expect


def test_from_a_typo_to_a_file_and_a_reported_error(phone, base):
    page = phone
    page.goto(base + "/data/")
    clean(page)
    page.get_by_label("Daten suchen").first.fill("Haltstellen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Meinten Sie")
    clean(page)
    page.get_by_role("link", name="Haltestellen im Raum Herne").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Haltestellen")
    clean(page)
    page.get_by_role("link", name="Daten ansehen").first.click()
    page.get_by_label("Spalte", exact=True).select_option(label="Name")
    page.get_by_label("Wert", exact=True).fill("Herne, Bahnhof")
    page.get_by_role("button", name="Zeilen filtern").click()
    page.wait_for_url(re.compile("w=name"))
    expect(page.locator("#rows-map[data-ready]")).to_be_attached(timeout=30_000)
    clean(page)
    with page.expect_download() as taken:
        page.locator(".od-doors a", has_text="CSV").first.click()
    assert "Herne" in taken.value.path().read_text(encoding="utf-8-sig")
    page.get_by_role("link", name="Fehler melden").click()
    page.get_by_label("Was stimmt nicht?").fill("Name falsch")
    page.get_by_label("Wo steht es").fill("In der ersten Zeile.")
    clean(page)
    page.wait_for_timeout(3_200)  # people take longer than programs
    page.get_by_role("button", name="Senden").click()
    page.wait_for_url(re.compile("/letters/"))
    expect(page.locator("main")).to_contain_text("eingegangen")
    clean(page)
