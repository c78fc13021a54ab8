"""Somebody signs up for a meeting and watches a tournament that is running."""

import re

from browser.looks import clean
from playwright.sync_api import expect


def test_a_player_signs_up_and_watches_the_tournament(phone, base):
    page = phone
    page.goto(base + "/esport/")
    clean(page)
    page.get_by_role("link", name="Fußballturnier am Bildschirm").click()
    page.get_by_role("link", name="Anmelden", exact=True).click()
    page.get_by_label("Spitzname").fill("Nachtfalter")
    page.get_by_label("Geburtsjahr").fill("2001")
    page.get_by_label("E-Mail", exact=True).fill("n@example.org")
    clean(page)
    # Whoever is faster than three seconds is taken for a program.
    page.wait_for_timeout(3200)
    page.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_text("Sie haben einen Platz.")).to_be_visible()
    clean(page)
    page.goto(base + "/esport/")
    page.get_by_role("link", name=re.compile("Stadtliga")).click()
    expect(page.get_by_role("table")).to_contain_text("Buchholz")
    clean(page)
