"""Staff change a form in the browser and look at it as people will; without any code."""

import pytest
from browser.looks import clean
from playwright.sync_api import expect

SLOW = 60_000


@pytest.fixture
def editor(desktop, base, sign_in):
    """A browser in which somebody who edits and publishes forms is signed in."""
    sign_in(desktop, "administrator").goto(f"{base}/staff/service_portal/forms/")
    return desktop


def test_a_question_is_added_with_a_condition_and_tried_in_the_preview(editor):
    page = editor
    clean(page)
    page.get_by_role("link", name="Meldebescheinigung", exact=True).click()
    page.get_by_role("button", name="Neue Fassung beginnen").click()
    page.locator("#certificate").get_by_role("link", name="Frage hinzufügen").click()
    page.locator("[name=title]").fill("Für welche Behörde?")
    page.locator("select[name=all-0-field]").select_option("purpose")
    page.locator("select[name=all-0-pick]").select_option("purpose:authority")
    clean(page)
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#fuer_welche_behoerde")).to_contain_text("ist „Für eine Behörde“",
                                                                  timeout=SLOW)  # fmt: skip
    clean(page)

    page.goto(f"{page.url.split('#')[0]}preview/?step=certificate")
    phone = page.locator(".forms-phone")
    phone.get_by_role("button", name="Weiter").click()
    summary = phone.locator("#faults")
    expect(summary).to_be_focused(timeout=SLOW)
    clean(page)
    summary.get_by_role("link", name="Wie viele Exemplare?").press("Enter")
    expect(phone.get_by_label("Wie viele Exemplare?")).to_be_focused()
    page.keyboard.type("2")
    phone.get_by_label("Einfach: Name und Anschrift").check()
    phone.get_by_label("Für eine Behörde").check()
    page.keyboard.press("Enter")
    expect(phone.get_by_label("Für welche Behörde?")).to_be_focused(timeout=SLOW)

    page.get_by_role("link", name="Veröffentlichen").click()
    expect(page.get_by_text("Frage „Für welche Behörde?“ ist neu.")).to_be_visible(timeout=SLOW)
    clean(page)
    page.get_by_role("link", name="Fragen", exact=True).click()
    page.get_by_text("Entwurf verwerfen").click()
    page.get_by_role("button", name="Verwerfen", exact=True).click()
    expect(page.get_by_role("button", name="Neue Fassung beginnen")).to_be_visible(timeout=SLOW)
