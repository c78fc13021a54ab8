"""Staff make a private project in the running city, and the public no longer sees its things."""

import json
import urllib.error
import urllib.parse
import urllib.request

import pytest
from browser.looks import clean
from playwright.sync_api import expect


@pytest.fixture
def signed_in(phone, sign_in):
    """The operator's browser."""
    return sign_in(phone, "operator")


def things_named(base, name):
    query = urllib.parse.quote(f"name eq '{name}'")
    address = f"{base}/api/sensorthings/v1.1/Things?$filter={query}"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return [one["@iot.id"] for one in json.load(answer)["value"]]


def test_a_private_project_is_made_by_keyboard_and_hides_its_things(signed_in, base):
    page, slug = signed_in, "klimamessung"
    page.goto(base + "/staff/data-projects/new/")
    clean(page)
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Klimamessung")
    page.keyboard.press("Tab")
    page.keyboard.type(slug)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Klimamessung")
    thing = first_thing(base)
    page.get_by_label("Name, Art oder Ort").focus()
    page.keyboard.type(thing)
    page.keyboard.press("Enter")
    found = page.get_by_role("checkbox").first
    expect(found).to_be_visible()
    clean(page)
    found.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="In das Projekt aufnehmen").focus()
    page.keyboard.press("Enter")
    expect(page.locator("table")).to_contain_text(thing)
    clean(page)
    assert things_named(base, thing) == []
    page.get_by_role("link", name=thing).click()
    expect(page.locator("table")).to_be_visible()
    clean(page)
    page.goto(base + "/staff/keys/new/")
    expect(page.get_by_label("Klimamessung").first).to_be_visible()
    clean(page)
    page.goto(base + "/staff/data-projects/")
    clean(page)
    page.get_by_role("link", name="Klimamessung").first.click()
    page.get_by_text("Herausnehmen").first.click()
    page.get_by_role("button", name="Aus dem Projekt nehmen").click()
    expect(page.get_by_text("Zu diesem Projekt gehört noch kein Ding.")).to_be_visible()
    assert len(things_named(base, thing)) == 1


def first_thing(base):
    address = f"{base}/api/sensorthings/v1.1/Things?$top=1&$select=name"
    with urllib.request.urlopen(address, timeout=10) as answer:
        return json.load(answer)["value"][0]["name"]
