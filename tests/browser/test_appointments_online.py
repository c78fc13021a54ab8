"""On a phone: from everyday words to a booked appointment, and away with it again."""

import re

from browser.looks import clean
from playwright.sync_api import expect


def test_an_appointment_is_booked_by_keyboard_on_a_phone_and_cancelled(phone, base):
    page = phone
    page.goto(base + "/termine/")
    clean(page)
    page.get_by_role("searchbox").fill("perso verloren")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Personalausweis beantragen").first.click()
    clean(page)
    page.get_by_role("button", name="Zeit wählen").press("Enter")
    clean(page)
    page.get_by_role("radio").last.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Weiter mit dieser Zeit").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ihre Angaben")
    # The countdown says how long the time is kept, and can be made longer.
    expect(page.locator("city-hold [data-count]")).to_contain_text("Minuten")
    page.get_by_label("Name", exact=True).fill("Erika Muster")
    page.get_by_label("E-Mail").fill("erika@example.org")
    clean(page)
    # A form that is sent within three seconds looks like a robot's.
    page.wait_for_timeout(3100)
    page.get_by_role("button", name="Weiter zur Übersicht").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Stimmt alles?")
    clean(page)
    page.get_by_role("button", name="Diesen Termin buchen").press("Enter")
    expect(page).to_have_url(re.compile("/termine/mein/"))
    expect(page.get_by_text("Er ist gebucht")).to_be_visible()
    clean(page)
    page.get_by_role("link", name="Termin absagen").press("Enter")
    clean(page)
    page.get_by_role("button", name="Ja, absagen").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dieser Termin ist abgesagt")
