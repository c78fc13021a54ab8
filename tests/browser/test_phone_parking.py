"""A driver finds the zone, pays for later, extends, ends earlier with money back, and comes back."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from browser.looks import PHONE, look
from playwright.sync_api import expect

# In this zone of the demo parking costs money at ten o'clock on every day of the year.
ZONE, CLOCK = "D6", ZoneInfo("Europe/Berlin")


def next_ten() -> datetime:
    now = datetime.now(CLOCK)
    ten = now.replace(hour=10, minute=0, second=0, microsecond=0)
    return ten if ten > now + timedelta(minutes=5) else ten + timedelta(days=1)


def pay(page):
    page.check("input[value=karte]")
    page.get_by_role("button", name="Weiter zur Zahlung").click()
    page.wait_for_url(re.compile(r"/pay/tr_"))
    page.click("button[value=pay]")
    page.get_by_role("heading", name="Bezahlt", exact=True).wait_for()
    page.locator("main a[href*='/handyparken/right/']").first.click()


def test_park_extend_and_get_money_back(page, base):
    page.set_viewport_size(PHONE)
    buy(page, base)
    expect(page.locator(".ticket-left")).to_contain_text("1 Stunde")
    look(page)
    page.get_by_role("link", name="Verlängern").click()
    page.get_by_label(re.compile("bis .*12:00: 1,20.€ mehr")).check()
    look(page)
    page.get_by_role("button", name="Weiter zur Zahlung").click()
    pay(page)
    expect(page.locator(".ticket-left")).to_contain_text("2 Stunden")
    page.get_by_role("link", name="Früher beenden").click()
    page.get_by_label(re.compile("bis .*10:30: 1,80.€ zurück")).check()
    look(page)
    page.get_by_role("button", name="Früher beenden").click()
    expect(page.get_by_text("Sie bekommen 1,80\N{NO-BREAK SPACE}€")).to_be_visible()
    come_back(page, base, page.locator(".ticket-code").inner_text())


def buy(page, base):
    """By the number of the zone and with the keyboard; for later."""
    page.goto(f"{base}/handyparken/")
    look(page)
    page.get_by_label("Nummer der Zone").fill(ZONE.lower())
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"/zones/{ZONE}/"))
    look(page)
    page.get_by_role("link", name="Hier parken").click()
    page.get_by_text("Später beginnen").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Tag und Uhrzeit").fill(next_ten().strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Preise für diese Zeit zeigen").click()
    page.get_by_label("1 Stunde, bis 11:00: 1,20\N{NO-BREAK SPACE}€").check()
    page.get_by_label("Kennzeichen").fill("HER-D 20001")
    look(page)
    page.wait_for_timeout(3000)  # a form that is sent faster was not filled in by a person
    page.get_by_role("button", name="Preis zeigen").click()
    look(page)
    page.get_by_role("button", name="1,20\N{NO-BREAK SPACE}€ bezahlen").click()
    pay(page)


def come_back(page, base, number):
    """The receipt, and the right again without its link."""
    page.locator("main ul a").first.click()
    look(page)
    page.goto(f"{base}/handyparken/find/")
    page.get_by_label("Bestätigungsnummer").fill(number)
    page.get_by_label("Kennzeichen").fill("her d20001")
    look(page)
    page.keyboard.press("Enter")
    expect(page.locator(".ticket-left")).to_contain_text("30 Minuten")
    page.get_by_role("link", name="Zurücknehmen").click()
    look(page)
