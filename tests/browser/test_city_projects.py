"""A visitor finds a project by keyboard; staff write one, look at it and publish it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

READY = 15000


def clean(page):
    """Nothing overflows, and axe finds nothing."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0, page.url
    found = Axe().run(page)
    assert found.violations_count == 0, page.url + found.generate_report()


@pytest.fixture
def editor(sized, base, demo_json):
    """The operator's browser."""
    operator = next(one for one in demo_json["users"] if one["role"] == "operator")
    sized.goto(base + "/login/")
    sized.locator("[name=username]").first.fill(operator["login"])
    sized.locator("[name=password]").fill(operator["password"])
    sized.keyboard.press("Enter")
    sized.wait_for_url("**/staff/**")
    return sized


def test_a_visitor_filters_and_opens_a_project_by_keyboard(sized, base):
    sized.goto(f"{base}/projekte/")
    sized.get_by_label("Wörter").focus()
    sized.keyboard.type("Radboxen")
    sized.keyboard.press("Enter")
    sized.wait_for_url("**q=Radboxen**")
    expect(sized.locator("#projects-count")).to_contain_text("1 Projekt")
    expect(sized.locator("city-map[data-ready]")).to_be_visible(timeout=READY)
    pins = sized.locator("a.pin[href*='/projekte/radboxen/']")
    expect(pins).to_have_count(3, timeout=READY)
    clean(sized)
    pins.first.focus()
    sized.keyboard.press("Enter")
    sized.wait_for_url("**/projekte/radboxen/")
    expect(sized.get_by_role("heading", level=1)).to_have_text("Radboxen an Haltestellen")
    clean(sized)


def test_staff_write_a_project_look_at_it_and_publish_it(editor, base):
    page, width = editor, editor.viewport_size["width"]
    slug, title = f"brunnen-{width}", f"Trinkbrunnen {width}"
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
    page.goto(f"{base}/staff/projects/?q={width}")
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_text(re.compile("jetzt öffentlich"))).to_be_visible()
    clean(page)
    page.goto(f"{base}/projekte/{slug}/")
    expect(page.get_by_text("Ein Brunnen auf dem Markt.")).to_be_visible()
