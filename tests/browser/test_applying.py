"""By keyboard from the first question to a paid application, on two devices."""

import re

from browser.looks import DESKTOP, PHONE, clean, look
from playwright.sync_api import expect


def test_a_certificate_is_applied_for_on_two_devices_and_paid(page, base, sign_in, browser):
    case = began_on_the_phone(page, base, sign_in)
    other = browser.new_context(locale="de-DE", viewport=DESKTOP)
    second = sign_in(other.new_page(), "citizen")
    went_on(second, case)
    paid(second, case)
    page.goto(f"{case}zurueckziehen/")
    look(page)
    page.get_by_role("button", name="Zurückziehen").press("Enter")
    expect(page.get_by_text("Sie haben ihn zurückgezogen.")).to_be_visible()
    page.goto(f"{base}/dienstleistungen/vorgaenge/")
    clean(page)
    page.goto(f"{base}/dienstleistungen/postfach/")
    look(page)
    other.close()


def began_on_the_phone(page, base, sign_in):
    """Filled in half, with faults on the way; the address of the case."""
    page.set_viewport_size(PHONE)
    sign_in(page, "citizen")
    page.goto(f"{base}/dienstleistungen/antrag/meldebescheinigung/")
    clean(page)
    page.get_by_role("button", name="Beginnen").press("Enter")
    page.get_by_label("Vornamen").fill("Erika")
    page.get_by_label("Familienname").fill("Mustermann")
    page.get_by_label("Geburtsdatum").fill("kein Datum")
    page.get_by_role("button", name="Weiter", exact=True).press("Enter")
    # Said once in words, with the focus on it, and each fault leads to its field.
    expect(page).to_have_title(re.compile("^Fehler: "))
    expect(page.locator("#faults")).to_be_focused()
    clean(page)
    page.locator("#faults a", has_text="Geburtsdatum").press("Enter")
    expect(page.get_by_label("Geburtsdatum")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("12.8.1964")
    for label, text in (("Straße", "Heidestraße"), ("Hausnummer", "17"),
                        ("Postleitzahl", "44623"), ("Ort", "Herne")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("E-Mail-Adresse").fill("erika.mustermann@example.org")
    page.get_by_role("button", name="Weiter", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Die Bescheinigung")
    page.get_by_label("Einfach: Name und Anschrift").press("Space")
    page.get_by_role("button", name="Speichern und später weiter").press("Enter")
    # A browser keeps the part behind the hash over redirects.
    case = page.url.split("#")[0]
    clean(page)
    return case


def went_on(second, case):
    """The other device shows what was chosen, and fills in the rest."""
    second.goto(case)
    second.get_by_role("link", name="Weitermachen").or_(
        second.get_by_role("link", name="Weiter", exact=True)
    ).first.press("Enter")
    expect(second.get_by_label("Einfach: Name und Anschrift")).to_be_checked()
    second.get_by_label("Für eine Behörde").press("Space")
    second.get_by_label("Wie viele Exemplare?").fill("2")
    second.get_by_role("button", name="Weiter", exact=True).press("Enter")
    second.get_by_label("Digital in mein Postfach").press("Space")
    second.get_by_role("button", name="Weiter", exact=True).press("Enter")
    expect(second.get_by_text("18,00")).to_have_count(2)
    clean(second)


def paid(second, case):
    """Proven at the BundID, sent, and paid with a provider that reports twice."""
    # To send it one has to prove who one is; everything is still there afterwards.
    second.get_by_role("link", name="Nachweisen, wer ich bin").press("Enter")
    second.get_by_role("link", name="BundID").press("Enter")
    second.get_by_role("button", name="Weiter zu BundID").press("Enter")
    second.get_by_label("Erika Mustermann").check()
    second.get_by_role("button", name="Anmelden").press("Enter")
    expect(second.get_by_role("heading", level=1)).to_have_text("Prüfen und senden")
    second.locator("#id_declared").press("Space")
    second.get_by_role("button", name="Senden und bezahlen").press("Enter")
    second.check("input[value=karte]")
    second.get_by_role("button", name="Weiter zur Zahlung").click()
    second.wait_for_url(re.compile(r"/pay/tr_"))
    second.click("summary")
    second.select_option("[name=callback]", "double")
    second.click("button[value=pay]")
    second.get_by_role("heading", name="Bezahlt").wait_for()
    second.goto(case)
    expect(second.get_by_text("Ihr Antrag wurde gesendet.")).to_have_count(1)
    clean(second)
