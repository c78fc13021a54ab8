"""A citizen, a clerk and the hall's display, each in a browser of their own, through a break."""

import re

import pytest
from browser.looks import clean, look
from playwright.sync_api import expect

NARROW = {"width": 320, "height": 640}
# A busy machine, and the pages' own patience with a server that is away.
SLOW = 40_000


@pytest.fixture
def browsers(browser, browser_context_args, sign_in):
    """Three at once; only the clerk is signed in."""
    contexts = [browser.new_context(**browser_context_args) for _person in range(3)]
    citizen, clerk, hall = (one.new_page() for one in contexts)
    for page in (citizen, clerk, hall):
        page.set_default_timeout(SLOW)
    citizen.set_viewport_size(NARROW)
    sign_in(clerk, "administrator")
    yield citizen, clerk, hall
    for one in contexts:
        one.close()


def narrow(page):
    """At 400 % zoom of a usual window, and as it was."""
    size = page.viewport_size
    page.set_viewport_size(NARROW)
    look(page)
    page.set_viewport_size(size)


def press(page, name, role="button"):
    """By keyboard alone."""
    page.get_by_role(role, name=name).first.focus()
    page.keyboard.press("Enter")


def goes(page, name, role="link"):
    """The same, to another page."""
    with page.expect_navigation():
        press(page, name, role)


def test_a_number_is_drawn_called_and_served_while_the_network_breaks(browsers, base):
    citizen, clerk, hall = browsers
    clerk.goto(base + "/staff/appointments/halls/")
    clean(clerk)
    first = clerk.locator("li.card").first
    display = first.get_by_role("link", name="Anzeige").get_attribute("href")
    kiosk = first.get_by_role("link", name="Empfang").get_attribute("href")

    hall.goto(base + display)
    press(hall, "Ton einschalten")
    clean(hall)
    narrow(hall)

    number = draws_a_number(citizen, base + kiosk)
    sits_down(clerk, base)
    clerk.get_by_role("button", name=f"Rufen {number}").focus()
    clerk.keyboard.press("Enter")
    counter = clerk.get_by_role("heading", level=1).inner_text()
    expect(citizen.locator("#place")).to_contain_text(f"Gehen Sie zu {counter}", timeout=SLOW)
    expect(hall.locator(".hall-now")).to_contain_text(number, timeout=SLOW)
    expect(hall.locator("[data-said]")).to_have_text(f"Nummer {number}, bitte zu {counter}.")
    look(citizen)
    look(hall)
    narrow(hall)

    both = (clerk.context, hall.context)
    for one in both:
        one.set_offline(True)
    expect(hall.locator("[data-lost]")).to_contain_text("Keine Verbindung seit", timeout=SLOW)
    press(clerk, re.compile("Ist da: beginnen"))
    expect(clerk.locator("[data-pending]")).to_contain_text("Ist da: beginnen")
    for one in both:
        one.set_offline(False)
    expect(clerk.locator("#desk")).to_contain_text("Am Schalter", timeout=SLOW)
    expect(clerk.locator("[data-pending]")).to_be_hidden()
    expect(citizen.locator("#place")).to_contain_text(f"Sie sind an {counter}", timeout=SLOW)
    expect(hall.locator("[data-lost]")).to_be_hidden(timeout=SLOW)
    expect(hall.locator(".hall-now")).not_to_contain_text(number, timeout=SLOW)
    expect(hall.locator(".hall-list")).to_contain_text(number)
    clean(clerk)

    finishes(citizen, clerk, base)


def finishes(citizen, clerk, base):
    press(clerk, re.compile("^AbschließenF?$"))
    expect(clerk.locator("#desk")).to_contain_text("Niemand am Schalter", timeout=SLOW)
    expect(citizen.locator("#place")).to_contain_text("Sie sind fertig", timeout=SLOW)
    goes(clerk, "Schalter verlassen", "button")
    clerk.goto(base + "/staff/appointments/figures/")
    clean(clerk)


def draws_a_number(citizen, kiosk):
    """By keyboard at a narrow kiosk; then the place in the queue, as on a phone."""
    citizen.goto(kiosk)
    look(citizen)
    goes(citizen, "Ja, ich habe einen Termin")
    look(citizen)
    citizen.get_by_label("Code Ihrer Bestätigung").fill("BCDFGHJK")
    goes(citizen, "Ich bin da", "button")
    expect(citizen.get_by_role("alert").first).to_contain_text("finden wir keinen Termin")
    look(citizen)
    goes(citizen, "Zurück")
    goes(citizen, "Nein, ich brauche eine Nummer")
    look(citizen)
    goes(citizen, "Personalausweis beantragen", "button")
    number = citizen.locator(".ticket-number").inner_text()
    look(citizen)
    goes(citizen, "Hier öffnen")
    expect(citizen.get_by_role("heading", level=1)).to_contain_text(number)
    expect(citizen.locator("#place")).to_contain_text("vor Ihnen")
    look(citizen)
    return number


def sits_down(clerk, base):
    clerk.goto(base + "/staff/appointments/desk/")
    look(clerk)
    goes(clerk, re.compile("^Platz 1$"), "button")
    expect(clerk.locator("#desk-next")).to_be_visible()
    clean(clerk)
