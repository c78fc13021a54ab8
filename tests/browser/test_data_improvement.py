"""Staff decide on proposals by keyboard, apply them, and everybody sees what was changed."""

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

READY = 15000


def clean(page):
    """Nothing overflows, and axe finds nothing."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wider) <= 0, page.url
    found = Axe().run(page)
    assert found.violations_count == 0, page.url + found.generate_report()


def test_proposals_are_decided_by_keyboard_and_applied(sized, base, demo_json):
    page = sized
    who = next(one for one in demo_json["users"] if one["role"] == "data")
    page.goto(base + "/login/")
    page.locator("[name=username]").first.fill(who["login"])
    page.locator("[name=password]").fill(who["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/**")
    page.goto(base + "/staff/data_improvement/?q=Bildungseinrichtungen")
    clean(page)
    page.get_by_role("link", name="Bildungseinrichtungen").first.click()
    expect(page.get_by_role("heading", name="Was gefunden wurde")).to_be_visible()
    clean(page)
    page.goto(page.url.partition("?")[0] + "?state=open")
    page.locator(".di-list tbody a").first.click()
    expect(page.get_by_role("button", name="Annehmen")).to_be_focused()
    clean(page)
    first = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    expect(page.get_by_role("button", name="Annehmen")).to_be_focused()
    page.locator(".crumbs a").last.click()
    page.get_by_role("button", name=re.compile("anwenden$")).click()
    expect(page.get_by_text("ist öffentlich, neben der ursprünglichen")).to_be_visible()
    clean(page)
    page.get_by_role("link", name="Öffentliche Seite").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("verbessert")
    clean(page)
