"""Somebody changes at a mobility station; the operator takes a part out of it and puts it back."""

import re

from browser.looks import clean
from playwright.sync_api import expect

STATION = "/mobilstationen/auf-der-wenge/"
NUMBER = re.compile(r"^\d+")


def test_from_the_list_to_the_next_departure(phone, base):
    phone.goto(f"{base}/mobilstationen/")
    clean(phone)
    phone.get_by_role("link", name="Mobilstation Auf der Wenge").first.press("Enter")
    phone.wait_for_url(f"**{STATION}")
    boxes = phone.locator(".hub-parts > li", has=phone.get_by_role("heading", name="Fahrradboxen"))
    expect(boxes.locator(".hub-number")).to_have_text(re.compile(r"^\d+ von 10$"))
    expect(boxes.locator(".hub-elements li").first).to_contain_text(re.compile(r"vor \d+"))
    leaves = phone.locator(".hub-departures tbody tr").first
    expect(leaves).to_contain_text(re.compile(r"\d\d:\d\d"))
    # Invented timetables say so.
    expect(phone.locator(".hub-departures caption")).to_contain_text("für die Demo erfunden")
    clean(phone)
    # Its screen has the same departure, and no menu in which a passer-by could get lost.
    first = leaves.locator("td").nth(1).inner_text()
    phone.get_by_role("link", name="Seite für einen Bildschirm").press("Enter")
    phone.wait_for_url("**/kiosk/")
    expect(phone.locator(".hub-board tbody")).to_contain_text(first)
    expect(phone.get_by_role("navigation")).to_have_count(0)
    phone.set_viewport_size({"width": 1080, "height": 1920})
    clean(phone)


def test_the_screen_says_when_it_is_cut_off(desktop, base):
    desktop.clock.install()
    desktop.goto(f"{base}{STATION}kiosk/")
    expect(desktop.locator(".hub-big-number").first).to_have_text(NUMBER)
    lost = desktop.locator(".kiosk-lost")
    expect(lost).to_be_empty()
    desktop.context.set_offline(True)
    desktop.clock.run_for(95_000)
    expect(lost).not_to_be_empty()
    desktop.context.set_offline(False)
    desktop.clock.run_for(65_000)
    expect(desktop.locator(".kiosk-lost")).to_be_empty()
    expect(desktop.locator(".hub-big-number").first).to_have_text(NUMBER)


def test_a_part_is_taken_out_and_shown_again(desktop, base, sign_in):
    sign_in(desktop, "operator")
    desktop.goto(f"{base}/staff/mobility_hubs/")
    clean(desktop)
    desktop.get_by_role("link", name="Mobilstation Auf der Wenge").press("Enter")
    clean(desktop)
    row = desktop.locator("tbody tr", has_text="Fahrradboxen Auf der Wenge")
    row.get_by_role("button", name="Herausnehmen").press("Enter")
    expect(row).to_contain_text("herausgenommen")
    public = desktop.context.new_page()
    public.goto(f"{base}{STATION}")
    expect(public.get_by_role("heading", name="Ladepunkte")).to_be_visible()
    expect(public.get_by_role("heading", name="Fahrradboxen")).to_have_count(0)
    row.get_by_role("button", name="Wieder zeigen").press("Enter")
    expect(row).not_to_contain_text("herausgenommen")
    public.reload()
    expect(public.get_by_role("heading", name="Fahrradboxen")).to_be_visible()


def test_a_feed_that_gives_nothing_is_refused_with_its_reason(desktop, base, sign_in):
    sign_in(desktop, "operator")
    desktop.goto(f"{base}/staff/mobility_hubs/feeds/")
    clean(desktop)
    desktop.get_by_role("link", name="Neue Quelle").press("Enter")
    desktop.get_by_label("Name", exact=True).fill("Leihräder")
    desktop.get_by_label("Kurzname").fill("leihraeder")
    desktop.get_by_label("Format").select_option(label="Leihfahrzeuge (GBFS 2 oder 3)")
    desktop.get_by_label("Lizenz").fill("CC0")
    desktop.get_by_label("Quellenangabe").fill("Niemand")
    desktop.get_by_label(re.compile("^Adresse")).fill("http://localhost:9/gbfs.json")
    desktop.get_by_role("button", name="Ausprobieren").press("Enter")
    expect(desktop.get_by_role("alert")).to_be_visible()
    expect(desktop.get_by_label("Name", exact=True)).to_have_value("Leihräder")
    clean(desktop)
