"""From an everyday word to the page that says what to bring, on a phone; and its staff side."""

from browser.looks import clean
from playwright.sync_api import expect


def test_somebody_finds_a_service_by_an_everyday_word(phone, base):
    page = phone
    page.goto(base + "/dienstleistungen/")
    clean(page)
    page.get_by_label("Was brauchen Sie?").fill("Anwohnerparken")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("„Anwohnerparken“")
    clean(page)
    page.locator(".sp-list a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bewohnerparkausweis")
    expect(page.get_by_role("link", name="Online beginnen")).to_be_visible()
    clean(page)
    page.get_by_role("button", name="hilfreich", exact=True).click()
    expect(page.get_by_text("Danke.")).to_be_visible()
    page.goto(base + "/dienstleistungen/a-z/")
    clean(page)


def test_staff_see_what_the_catalogue_lacks(desktop, base, sign_in):
    page = sign_in(desktop, "operator")
    page.goto(base + "/staff/service_portal/services/?lacks=leika")
    expect(page.get_by_role("table")).to_contain_text("kein amtlicher Schlüssel")
    clean(page)
    page.locator("td a").first.click()
    clean(page)
