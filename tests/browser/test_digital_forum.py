"""Two people at one application: the citizen on a phone, the helper at the desk."""

import re

from browser.looks import clean
from playwright.sync_api import expect


def test_a_helper_fills_in_while_the_citizen_watches_and_checks(phone, base, sign_in, browser):
    citizen = sign_in(phone, "citizen")
    citizen.goto(base + "/dienstleistungen/antrag/wohngeld/")
    citizen.get_by_role("button", name="Beginnen").click()
    case = re.search(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", citizen.url)[0]
    citizen.goto(f"{base}/digitalforum/help/{case}/")
    citizen.get_by_role("button", name="Code zeigen").click()
    code = citizen.locator(".df-presence").inner_text()
    clean(citizen)

    helper = sign_in(browser.new_context(locale="de-DE").new_page(), "forum helper")
    helper.goto(base + "/staff/digital_forum/assist/")
    helper.get_by_label("Anwesenheitscode").fill(code)
    helper.get_by_role("button", name="Beginnen").click()
    expect(citizen.get_by_text("hilft Ihnen jetzt")).to_be_visible(timeout=30_000)
    helper.get_by_role("link", name="Ihre Wohnung").click()
    helper.get_by_label("ohne feste Wohnung").check()
    clean(helper)
    helper.get_by_role("button", name="Für die Person speichern").click()
    expect(helper.get_by_text("Abschicken kann nur die Person")).to_be_visible()

    expect(citizen.get_by_text("Ihre Wohnung: Wie wohnen Sie?")).to_be_visible(timeout=30_000)
    citizen.get_by_role("button", name="Ich habe es geprüft").click()
    expect(citizen.get_by_text("Sie haben es geprüft, wie es jetzt dasteht.")).to_be_visible()
    clean(citizen)
    citizen.get_by_role("button", name="Hilfe jetzt beenden").click()
    helper.reload()
    expect(helper.get_by_role("heading", name="Die Sitzung ist zu Ende")).to_be_visible()
    helper.context.close()
