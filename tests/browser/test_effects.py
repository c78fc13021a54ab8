"""Staff record a measure in the running city, and the public page tells the planted effect."""

from datetime import date

from browser.looks import clean
from playwright.sync_api import expect

# A Monday; since then the demo city's counts at this place are raised by a fifth.
PLANTED = date(2024, 5, 6)


def test_a_measure_is_recorded_calculated_and_published(phone, base, sign_in):
    page = sign_in(phone, "operator")
    page.goto(base + "/staff/effects/new/")
    page.get_by_label("Titel", exact=True).fill("Neue Fahrradstraße")
    page.get_by_label("Erster Tag").fill(PLANTED.isoformat())
    page.get_by_label("Breite").fill("51,5525")
    page.get_by_label("Länge").fill("7,2138")
    page.get_by_label("Was sie ändern soll").select_option(label="Fahrräder je Tag")
    page.get_by_label("Das Gleiche in einem Wort").fill("Radverkehr")
    clean(page)
    page.get_by_role("button", name="Speichern und Reihen wählen").click()
    page.get_by_label("Radzählstelle Schloss Strünkede").first.check()
    page.get_by_role("button", name="Vergleiche suchen").click()
    expect(page.get_by_role("heading", name="2. Womit wird verglichen?")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="Diese Reihen nehmen").click()
    page.get_by_role("button", name="Auswertung festlegen").click()
    page.get_by_role("button", name="Wirkung berechnen").click()
    publish = page.get_by_role("button", name="Veröffentlichen")
    for _ in range(60):
        if publish.count():
            break
        page.wait_for_timeout(2000)
        page.reload()
    clean(page)
    publish.click()
    page.goto(base + "/dashboard/effects/neue-fahrradstrasse/")
    said = page.locator(".effect-sentence")
    expect(said).to_contain_text("% mehr Radverkehr, wahrscheinlich zwischen")
    low, high = [int(word) for word in said.inner_text().split() if word.isdecimal()][-2:]
    assert low < 20 < high
    clean(page)
    page.goto(base + "/dashboard/effects/")
    expect(page.get_by_role("link", name="Neue Fahrradstraße")).to_be_visible()
    clean(page)
