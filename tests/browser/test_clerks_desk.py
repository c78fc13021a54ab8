"""On a phone and by keyboard: a clerk takes a case, decides; a second person checks another."""

import re

from browser.looks import clean
from playwright.sync_api import expect

DESK = "/staff/service_portal/"


def test_a_clerk_decides_and_the_head_of_the_office_checks(phone, base, sign_in):
    page = sign_in(phone, "office")
    page.goto(f"{base}{DESK}?view=free&form=bewohnerparkausweis")
    clean(page)
    page.locator(".desk-list tbody a").first.press("Enter")
    page.get_by_role("button", name="Übernehmen").press("Enter")
    expect(page.get_by_text("Sie bearbeiten diesen Vorgang jetzt.")).to_be_visible()
    clean(page)
    # What is wrong is said at the top with a way to the field, and nothing typed is lost.
    page.get_by_text("Dokumente oder Antworten anfordern").press("Enter")
    page.get_by_label("Ihre Frage").fill("Bitte ein Foto des Fahrzeugscheins.")
    page.get_by_label("Antwort bis").fill("2020-01-01")
    page.get_by_role("button", name="Nachfrage senden").press("Enter")
    expect(page).to_have_title(re.compile("^Fehler:"))
    clean(page)
    page.get_by_role("link", name=re.compile("Antwort bis")).press("Enter")
    expect(page.get_by_label("Ihre Frage")).to_have_value("Bitte ein Foto des Fahrzeugscheins.")
    page.get_by_role("link", name="Entscheidung", exact=True).press("Enter")
    page.locator(".desk-texts a").first.press("Enter")
    expect(page.get_by_label("Text des Bescheids")).to_have_value(re.compile("Guten Tag"))
    page.get_by_role("button", name="Vorbereiten").press("Enter")
    clean(page)
    page.get_by_role("button", name="Bekannt geben").press("Enter")
    expect(page.get_by_text("Der Bescheid liegt im Postfach.")).to_be_visible()
    page.get_by_role("link", name="Nachweis der Bekanntgabe").press("Enter")
    clean(page)

    page = sign_in(phone, "office head")
    page.goto(f"{base}{DESK}?view=check")
    page.locator(".desk-list tbody a").first.press("Enter")
    page.get_by_role("link", name="Ansehen").press("Enter")
    clean(page)
    page.get_by_role("button", name="Geprüft, bekannt geben").press("Enter")
    expect(page.get_by_text("Der Bescheid liegt im Postfach.")).to_be_visible()
    for part in ("figures/", "permits/", "texts/"):
        page.goto(f"{base}{DESK}{part}")
        clean(page)
