"""The city as an app: kept lists without a connection, a page for the rest, what a browser needs."""

import json
import urllib.request

from browser.looks import clean, until
from playwright.sync_api import expect

READY = "navigator.serviceWorker.ready.then(() => !!navigator.serviceWorker.controller)"


def test_the_last_lists_are_there_without_a_connection(phone, base):
    page = phone
    with urllib.request.urlopen(f"{base}/manifest.webmanifest", timeout=10) as answer:
        manifest = json.load(answer)
    assert manifest["display"] == "standalone"
    assert {one["sizes"] for one in manifest["icons"]} >= {"192x192", "512x512"}
    page.goto(base + "/app/")
    clean(page)
    until(page, READY)
    page.goto(base + "/veranstaltungen/")
    event = page.locator(".event-card h3 a").first.inner_text()
    clean(page)
    page.goto(base + "/app/about/")
    clean(page)
    page.context.set_offline(True)
    page.goto(base + "/veranstaltungen/")
    expect(page.locator("#as-of")).to_contain_text("Sie sind offline")
    expect(page.locator(".event-card h3 a").first).to_have_text(event)
    page.goto(base + "/projekte/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keine Verbindung")
    clean(page)
    page.context.set_offline(False)
    page.goto(base + "/veranstaltungen/")
    expect(page.locator("#as-of")).to_have_count(0)
