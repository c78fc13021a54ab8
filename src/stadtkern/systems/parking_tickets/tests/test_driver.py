"""More of the driver's pages: a later start, a tap on the map, back without the link, an alarm."""

import re
from datetime import timedelta

from stadtkern.systems.parking_tickets import plates
from stadtkern.systems.parking_tickets.logic import links
from stadtkern.systems.parking_tickets.models import Session
from stadtkern.systems.parking_tickets.tests.conftest import NOW, SHOPS, booked
from stadtkern.systems.parking_tickets.tests.test_pages import (  # noqa: F401  a fixture
    BUY,
    bought,
    form,
    pay,
    text_of,
)


def hidden(answer, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())[1]


def test_a_right_can_be_bought_for_later_and_lasts_from_then_on(town, client, form):  # noqa: F811
    page = client.get(BUY, {"from": "2026-11-23T15:00"})
    assert "30 Minuten, bis 15:30: 0,75 €" in text_of(page)
    assert hidden(page, "from") == "2026-11-23T15:00"
    row, charge = bought(client, form, **{"from": "2026-11-23T15:00"})
    pay(charge)
    row.refresh_from_db()
    assert (row.state, row.during.lower) == ("active", NOW + timedelta(hours=4, minutes=30))
    assert row.during.upper == NOW + timedelta(hours=5, minutes=30)
    page = text_of(client.get(f"{links.path(row)}stop/"))
    assert "Sie bekommen 1,50 €" in page
    client.post(f"{links.path(row)}stop/")
    row.refresh_from_db()
    assert (row.state, booked().get(("revenue", "parking:4711:web"), 0)) == ("cancelled", 0)


def test_where_parking_is_free_now_the_start_of_charging_is_offered(town, client, clock):
    clock.shift(timedelta(hours=9))
    page = text_of(client.get(BUY))
    assert "Ab Di, 09:00 kostet das Parken etwas" in page
    assert "?from=2026-11-24T09%3A00" in page


def test_a_start_that_cannot_be_is_said_and_nothing_is_lost(town, client, form):  # noqa: F811
    far = text_of(client.get(BUY, {"from": "2026-12-24T18:00"}))
    assert "höchstens 24 Stunden" in far
    assert "Schreiben Sie Tag und Uhrzeit" in text_of(client.get(BUY, {"from": "morgen"}))
    # Whoever took longer than thought begins now.
    row, _charge = bought(client, form, **{"from": "2026-11-23T10:29"})
    assert row.during.lower == NOW


def test_an_end_after_midnight_is_the_next_one(town, client, form):  # noqa: F811
    evening = {**SHOPS, "begins": "09:00", "ends": "04:00"}
    town.add("9", {"windows": [evening]})
    said = {**form, "until": "other", "time": "01:30", "from": "2026-11-23T22:00"}
    page = text_of(client.post(BUY.replace("4711", "9"), said))
    assert "5,25 €" in page


def test_the_map_has_every_zone_with_its_page(town, client):
    town.add("8", {"windows": []})
    told = client.get("/handyparken/areas.geojson").json()
    found = {one["properties"]["number"]: one for one in told["features"]}
    assert found["4711"]["properties"]["state"] == "info"
    assert found["8"]["properties"]["state"] == "good"
    assert found["4711"]["geometry"]["type"] == "Polygon"
    for one in told["features"]:
        assert client.get(one["properties"]["url"]).status_code == 200
    assert told["title"] == "Flächen der Zonen"


def test_without_the_link_number_and_plate_lead_back(town, client, form):  # noqa: F811
    row, charge = bought(client, form)
    pay(charge)
    url = "/handyparken/find/"
    for number in (str(row.public_id), charge.reference, f" {charge.reference.lower()} "):
        answer = client.post(url, {"number": number, "plate": "her ab-123"})
        assert answer["Location"] == links.path(row)
    for number, plate in ((charge.reference, "HERAB124"), ("12345", "HERAB123"), ("x", "?")):
        answer = client.post(url, {"number": number, "plate": plate})
        assert (answer.status_code, "finden kein Parkrecht" in text_of(answer)) == (422, True)
    for _again in range(12):
        answer = client.post(url, {"number": "1", "plate": "HERAB123"})
    assert "Zu viele Versuche" in text_of(answer)


def test_the_end_goes_into_a_calendar_with_an_alarm_and_without_the_plate(
    town, client, form  # noqa: F811
):  # fmt: skip
    row, charge = bought(client, form)
    pay(charge)
    text = client.get(f"{links.path(row)}end.ics").content.decode()
    assert "TRIGGER:-PT10M" in text
    assert "DTSTART;TZID=Europe/Berlin:20261123T113000" in text
    assert "HERAB123" not in text


def test_the_pay_button_pressed_twice_leads_to_the_same_payment(town, client, form):  # noqa: F811
    shown = client.post(BUY, form)
    said = {**form, "step": "pay", "cents": "150", "once": hidden(shown, "once")}
    first, second = client.post(BUY, said), client.post(BUY, said)
    assert first["Location"] == second["Location"]
    assert Session.objects.count() == 1
    forged = client.post(BUY, {**said, "once": f"{Session.objects.get().public_id}.xyz"})
    assert forged["Location"] != first["Location"]
    assert plates.shown(Session.objects.first().plate_sealed) == "HERAB123"
