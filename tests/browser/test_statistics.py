"""People find a table, turn it, keep its link; staff bring a new one in and publish it."""

import re

from browser.looks import clean
from playwright.sync_api import expect

FILE = (
    "Schüler nach Schulform 2023\n"
    "Stadtbezirk;Schulform;Zahl\n"
    "Wanne;Gymnasium;410\nWanne;Gesamtschule;520\nEickel;Gymnasium;300\nEickel;Gesamtschule;210\n"
    "Quelle: erfunden\n"
)


def test_a_table_is_found_turned_kept_and_a_new_one_published(phone, base, sign_in):
    page = phone
    page.goto(base + "/statistik/")
    clean(page)
    page.get_by_label("Was suchen Sie?").fill("Einwohnerzahl")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Bevölkerung nach Alter und Geschlecht in").click()
    expect(page.locator(".stat-table")).to_contain_text("3792")
    clean(page)
    # A choice changes the page in place, and its address with it.
    page.get_by_label("Zeilen").select_option("gebiet")
    expect(page.locator(".stat-map svg path.home")).to_have_count(1)
    expect(page).to_have_url(re.compile("rows=gebiet"))
    clean(page)
    kept = page.locator("#permalink").get_attribute("href")
    page.goto(kept)
    expect(page.locator(".stat-map svg path.home title")).to_contain_text("154.608")
    page.goto(base + "/statistik/tables/beispiel-bevoelkerung-jahre/pyramid/")
    clean(page)
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.get_by_role("heading", name="Herne, 2004")).to_be_visible()
    published(sign_in(page, "data"), base)


def published(page, base):
    """The way of the statistics office, by one of its people."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(base + "/staff/statistics/new/")
    page.get_by_label("Titel", exact=True).fill("Schüler nach Schulform")
    page.get_by_label("Oder ein neues Thema").fill("Bildung")
    page.get_by_label("Einheit").fill("Schüler")
    page.get_by_label("Quelle").fill("Erfunden für einen Test")
    page.get_by_label("Die Zahlen sind erfunden").check()
    clean(page)
    page.get_by_role("button", name="Speichern").click()
    file = {"name": "schule.csv", "mimeType": "text/csv", "buffer": FILE.encode("cp1252")}
    page.get_by_label("Excel- oder CSV-Datei").set_input_files(file)
    page.get_by_role("button", name="Hochladen und ansehen").click()
    expect(page.get_by_text("Es wurde kein Problem gefunden.")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Als Ausgabe übernehmen").click()
    expect(page.get_by_text("Das ist die erste Ausgabe, mit 4 Zahlen.")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Veröffentlichen").click()
    page.get_by_role("link", name="Öffentliche Seite ansehen").click()
    expect(page.locator(".stat-table")).to_contain_text("520")
    expect(page.get_by_text("Erfundene Beispielzahlen.")).to_be_visible()
