"""Staff change a codec in the browser: the test runs by itself, the save is a version."""

import re

import pytest
from browser.looks import clean
from playwright.sync_api import expect

BROKEN = "function decodeUplink(input) {\n  return nothing.here;\n}\n"


@pytest.fixture
def data_team(desktop, base, sign_in):
    """A browser in which somebody of the data team is signed in."""
    sign_in(desktop, "data").goto(f"{base}/staff/profiles/")
    return desktop


def write(page, source):
    page.locator("textarea.code").fill(source)


def test_a_codec_is_tried_while_it_is_written_and_saved(data_team):
    page = data_team
    page.get_by_role("link", name="Temperatur- und Feuchtesensor").click()
    page.get_by_role("link", name="Ändern und probieren").click()
    area = page.locator("textarea.code")
    original = area.input_value()
    expect(page.locator(".gutter span").nth(1)).to_have_text("2")

    write(page, BROKEN)
    expect(page.locator("#tried")).to_contain_text("(line 2)", timeout=60_000)
    expect(page.locator(".gutter .bad")).to_have_text("2")

    warmer = original + "\n// tried in the browser\n"
    write(page, warmer)
    all_pass = re.compile(r"(\d+) von \1 Beispielen")
    expect(page.locator("#tried")).to_contain_text(all_pass, timeout=60_000)
    expect(page.locator(".gutter .bad")).to_have_count(0)
    clean(page)

    page.get_by_label("Was haben Sie geändert?").fill("Eine Bemerkung")
    page.get_by_role("button", name="Als neue Version speichern").click()
    expect(page.get_by_text("Der Codec ist gespeichert.")).to_be_visible(timeout=60_000)

    page.get_by_role("link", name="Versionen").click()
    expect(page.locator(".codec-diff .plus")).to_contain_text(["// tried in the browser"])
    clean(page)
    page.get_by_role("button", name="Zurück zu dieser Version").click()
    expect(page.get_by_text("Version 1 gilt wieder.")).to_be_visible(timeout=60_000)


def test_nobody_is_caught_in_the_field(data_team):
    page = data_team
    page.get_by_role("link", name="Personenzähler").click()
    page.get_by_role("link", name="Ändern und probieren").click()
    area = page.locator("textarea.code")
    write(page, "")
    area.press("Tab")
    assert area.input_value() == "  "
    area.press("Escape")
    area.press("Tab")
    expect(area).not_to_be_focused()


def test_it_works_without_script(browser, base, sign_in):
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    page = sign_in(context.new_page(), "data")
    page.goto(f"{base}/staff/profiles/")
    page.get_by_role("link", name="Personenzähler").click()
    page.get_by_role("link", name="Ändern und probieren").click()
    page.locator("textarea.code").fill(BROKEN)
    page.get_by_role("button", name="Probieren").click()
    assert "(line 2)" in page.locator("#tried").inner_text()
    context.close()


def test_the_pages_of_profiles_are_accessible(data_team, base):
    page = data_team
    page.get_by_role("link", name="Feinstaubsensor").click()
    one = page.url
    for address in (
        f"{base}/staff/profiles/",
        one,
        f"{one}mapping/",
        f"{one}change/",
        f"{base}/staff/profiles/new/",
        f"{base}/staff/profiles/imports/",
    ):
        page.goto(address)
        clean(page)
