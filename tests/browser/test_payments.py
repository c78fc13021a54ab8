"""Somebody pays with a card at the simulated provider, which reports twice."""

import re
from urllib.parse import urljoin

from browser.looks import look


def test_paying_by_card_with_a_doubled_callback(page, base, demo_json):
    page.set_viewport_size({"width": 390, "height": 844})
    admin = next(u for u in demo_json["users"] if u["role"] == "administrator")
    page.goto(f"{base}/login/?next=/staff/payments/%3Fstate%3Dopen")
    page.fill("[name=username]", admin["login"])
    page.fill("[name=password]", admin["password"])
    page.click("main button")
    look(page)
    page.click("main td a")
    charge = page.url
    look(page)
    page.goto(
        urljoin(base, page.locator("dd a", has_text="Bezahlseite öffnen").get_attribute("href"))
    )
    look(page)
    page.check("input[value=karte]")
    page.get_by_role("button", name="Weiter zur Zahlung").click()
    page.wait_for_url(re.compile(r"/pay/tr_"))
    page.click("summary")
    page.select_option("[name=callback]", "double")
    page.click("button[value=pay]")
    page.get_by_role("heading", name="Bezahlt").wait_for()
    look(page)
    page.get_by_role("link", name="Quittung", exact=True).click()
    assert page.get_by_role("heading", name="Quittung").is_visible()
    look(page)
    page.goto(charge)
    assert page.get_by_text("Bezahlt", exact=True).count() == 1
    page.goto(f"{base}/staff/payments/ledger/")
    assert page.get_by_text("ausgeglichen", exact=True).is_visible()
