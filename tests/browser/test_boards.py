"""The operator sets a text on a board, sees it arrive there, and takes it away again."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from browser.looks import clean
from playwright.sync_api import expect

BOARD = "Anzeigetafel Bahnhof Herne"


def test_a_text_by_hand_reaches_the_board_and_ends(desktop, base, sign_in):
    sign_in(desktop, "operator")
    desktop.goto(f"{base}/staff/parking/boards/")
    clean(desktop)
    desktop.get_by_role("link", name=BOARD).first.press("Enter")
    shown = desktop.locator(".led-pair > div").nth(1).locator("svg title")
    expect(shown).to_contain_text(re.compile(r"P\+R Herne"))
    clean(desktop)

    # Without a reason nothing is set, and what was written stays.
    desktop.locator("summary", has_text="Text von Hand setzen").press("Enter")
    desktop.get_by_label("Zeile 1").fill("Volksfest")
    until = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(hours=2)
    desktop.get_by_label("Bis", exact=False).fill(until.strftime("%Y-%m-%dT%H:%M"))
    desktop.get_by_role("button", name="Diesen Text zeigen").press("Enter")
    expect(desktop).to_have_title(re.compile("^Fehler:"))
    expect(desktop.get_by_label("Zeile 1")).to_have_value("Volksfest")
    clean(desktop)
    desktop.get_by_label("Grund").fill("Kirmes")
    desktop.get_by_role("button", name="Diesen Text zeigen").press("Enter")

    # The board itself says what it shows; the public page tells the same.
    expect(shown).to_contain_text("Volksfest", timeout=60_000)
    expect(desktop.locator("#now")).to_contain_text("Kirmes")
    public = desktop.context.new_page()
    public.goto(f"{base}/parken/boards/")
    one = public.locator(".board-list > li", has_text=BOARD)
    expect(one.locator("svg title")).to_contain_text("Volksfest")
    clean(public)
    desktop.get_by_role("button", name="Text wegnehmen").press("Enter")
    expect(shown).to_contain_text(re.compile(r"P\+R Herne"), timeout=60_000)
