"""A visitor finds a project by keyboard; staff write one, look at it and publish it."""

import re

import pytest
from browser.looks import clean
from playwright.sync_api import expect

READY = 15000


@pytest.fixture
def editor(phone, sign_in):
    """The operator's browser."""
    return sign_in(phone, "operator")


def test_a_visitor_filters_and_opens_a_project_by_keyboard(desktop, base):
    desktop.goto(f"{base}/projekte/")
    desktop.get_by_label("Wörter").focus()
    desktop.keyboard.type("Radboxen")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**q=Radboxen**")
    expect(desktop.locator("#projects-count")).to_contain_text("1 Projekt")
    expect(desktop.locator("city-map[data-ready]")).to_be_visible(timeout=READY)
    pins = desktop.locator("a.pin[href*='/projekte/radboxen/']")
    expect(pins).to_have_count(3, timeout=READY)
    clean(desktop)
    pins.first.focus()
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/projekte/radboxen/")
    expect(desktop.get_by_role("heading", level=1)).to_have_text("Radboxen an Haltestellen")
    clean(desktop)


def test_staff_write_a_project_look_at_it_and_publish_it(editor, base):
    page, slug, title = editor, "brunnen", "Trinkbrunnen"
    page.goto(f"{base}/staff/projects/new/")
    page.get_by_label("Titel").fill(title)
    page.get_by_label("Adresse").fill(slug)
    page.get_by_role("button", name="Beginnen").click()
    page.get_by_label("Kurztext", exact=True).fill("Wasser für alle.")
    page.get_by_label("Text", exact=True).fill("Ein Brunnen auf dem Markt.")
    clean(page)
    page.get_by_role("button", name="Speichern und weiter").click()
    page.get_by_label("Grün und Umwelt").check()
    page.get_by_label("Zuständige Stelle").fill("Stadtgrün")
    page.get_by_role("button", name="Speichern und weiter").click()
    page.get_by_label("Das Projekt betrifft die ganze Stadt").check()
    page.get_by_role("button", name="Speichern und ansehen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_text("So wird die Seite aussehen")).to_be_visible()
    assert page.request.get(f"{base}/projekte/{slug}/").status == 404
    page.goto(f"{base}/staff/projects/?q={title}")
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_text(re.compile("jetzt öffentlich"))).to_be_visible()
    clean(page)
    page.goto(f"{base}/projekte/{slug}/")
    expect(page.get_by_text("Ein Brunnen auf dem Markt.")).to_be_visible()
