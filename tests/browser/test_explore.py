"""Zooming, comparing and passing on a chart; travelling through a day of the map."""

import json
import re
import urllib.request

from browser.looks import clean, look
from playwright.sync_api import expect

READY = 15000


def temperature(base):
    """The temperature series with the longest history, by the map's own pins."""
    with urllib.request.urlopen(f"{base}/map/layers/environment.weather.geojson") as answer:
        pins = json.load(answer)["features"]
    ids = [number for pin in pins for number in pin["properties"]["datastreams"]]
    return min(ids)


def test_a_chart_is_zoomed_compared_and_passed_on(phone, base):
    phone.goto(
        f"{base}/dashboard/explore/?s={temperature(base)}&range=week&step=hour&compare=before"
    )
    chart = phone.locator("city-chart[data-ready]")
    expect(chart).to_be_visible(timeout=READY)
    keys = chart.locator(".chart-head .key")
    expect(keys).to_have_count(2)
    clean(phone)
    plot = chart.get_by_role("application")
    plot.focus()
    phone.keyboard.press("+")
    phone.wait_for_url(re.compile("from=.*to="))
    phone.keyboard.press("End")
    expect(chart.locator(".chart-reading")).to_contain_text("Lufttemperatur")
    period = chart.locator(".chart-period").text_content()
    link = phone.get_by_label("Link zu dieser Ansicht").input_value()
    assert "from=" in link
    phone.goto(link)
    expect(chart).to_be_visible(timeout=READY)
    assert chart.locator(".chart-period").text_content() == period
    expect(keys).to_have_count(2)


def test_a_day_of_the_map_is_played_and_its_link_brings_it_back(page, base):
    page.goto(f"{base}/dashboard/")
    page.wait_for_selector("city-map[data-ready]", timeout=READY)
    page.get_by_role("button", name="Zeitreise").click()
    slider = page.get_by_role("slider", name="Uhrzeit")
    expect(slider).to_be_focused(timeout=READY)
    page.keyboard.press("Home")
    page.wait_for_url(re.compile(r"at=00:00"))
    expect(page.locator(".map-time output")).to_contain_text("00:00")
    look(page)
    legend = page.get_by_text("Ebenen und Legende")
    legend.click()
    page.get_by_role("checkbox", name="Wetter").uncheck()
    page.wait_for_url(re.compile(r"off=environment\.weather"))
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_selector("city-map[data-ready]", timeout=READY)
    expect(page.locator(".map-time output")).to_contain_text("00:00")
    legend.click()
    expect(page.get_by_role("checkbox", name="Wetter")).not_to_be_checked()
    projects = page.get_by_role("checkbox", name="Projekte der Stadt")
    expect(projects).not_to_be_checked()
    projects.check()
    page.wait_for_url(re.compile(r"on=projects\.locations"))
    page.reload()
    page.wait_for_selector("city-map[data-ready]", timeout=READY)
    legend.click()
    expect(projects).to_be_checked()
    page.get_by_role("button", name="Jetzt").click()
    expect(page.get_by_role("button", name="Zeitreise")).to_be_focused()


def test_what_is_pinned_stays_in_the_browser(page, base):
    page.goto(f"{base}/dashboard/mine/")
    page.get_by_role("button", name=re.compile("^Anheften: Temperatur")).click()
    page.goto(f"{base}/dashboard/explore/?s={temperature(base)}")
    page.get_by_role("button", name=re.compile("^Anheften")).click()
    page.goto(f"{base}/dashboard/mine/")
    expect(page.locator(".mine-item")).to_have_count(2, timeout=READY)
    page.get_by_role("button", name=re.compile("nach vorn")).last.click()
    expect(page.locator(".mine-item").first.locator("city-chart")).to_be_visible()
    page.get_by_role("button", name=re.compile("entfernen")).first.click()
    expect(page.locator(".mine-item")).to_have_count(1)
    look(page)
