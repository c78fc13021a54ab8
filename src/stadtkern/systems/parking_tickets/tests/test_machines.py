"""Coins from machines: sold once, with the end that they pay for, into the same books."""

import json
from datetime import timedelta

from stadtkern.systems.parking_tickets.models import CoinTicket, Machine, Session
from stadtkern.systems.parking_tickets.tests.conftest import NOW, booked

TICKETS = "/api/parking_tickets/machines/12/tickets"


def told(client, machine_key, url=TICKETS, **said):
    body = {"number": "0001", "cents": 100, "time_start": NOW.isoformat(), **said}
    return client.post(url, json.dumps(body), content_type="application/json", **machine_key)


def test_a_ticket_lasts_as_long_as_its_coins_and_is_booked_once(client, machine_key, keeps_to):
    first = told(client, machine_key)
    assert first.status_code == 201
    template = "/api/parking_tickets/machines/{number}/tickets/"
    assert keeps_to(template, first, verb="post")["time_end"].startswith("2026-11-23T10:10")
    again = told(client, machine_key)
    assert (again.status_code, again.json()) == (200, first.json())
    assert booked() == {("provider", "coins:12"): 100, ("revenue", "parking:4711:machine"): -100}
    row = Session.objects.get()
    assert (sum(line.milli for line in row.lines.all()) + 500) // 1000 == 100
    assert Machine.objects.get().last_seen == NOW


def test_coins_beyond_the_longest_stay_are_kept_on_a_line_of_their_own(client, machine_key):
    assert told(client, machine_key, cents=1000).json()["time_end"].startswith("2026-11-23T12:30")
    row = Session.objects.get()
    assert (row.cents, row.lines.last().rule, row.lines.last().milli) == (1000, "rest", 550_000)


def test_a_ticket_that_was_sold_while_the_machine_was_offline_is_taken_later(client, machine_key):
    early = (NOW - timedelta(days=3)).isoformat()
    assert told(client, machine_key, time_start=early).status_code == 201
    old = (NOW - timedelta(days=8)).isoformat()
    answer = told(client, machine_key, number="0002", time_start=old)
    assert (answer.status_code, answer.json()["code"]) == (422, "past")
    assert CoinTicket.objects.count() == 1


def test_bad_messages_say_what_is_wrong_and_book_nothing(client, machine_key):
    answer = told(client, machine_key, cents="many")
    assert (answer.status_code, list(answer.json())) == (400, ["cents"])
    assert told(client, machine_key, cents=10).json()["code"] == "too_little"
    assert told(client, machine_key, registration_number="!!!").status_code == 422
    assert client.get(TICKETS, **machine_key).status_code == 405
    assert told(client, {}).status_code == 401
    other = TICKETS.replace("12", "13")
    assert told(client, machine_key, url=other).status_code == 403
    told(client, machine_key)
    assert told(client, machine_key, cents=200).status_code == 409
    assert booked()[("provider", "coins:12")] == 100


def test_a_machine_out_of_order_sends_people_to_the_next_one(client, town, machine_key):
    town.machine("13")
    url = TICKETS.replace("/tickets", "/state")
    body = json.dumps({"state": "disturbed", "fault": "Papier leer"})
    assert client.post(url, body, content_type="application/json", **machine_key).status_code == 200
    page = client.get("/handyparken/zones/4711/").content.decode()
    assert "außer Betrieb" in page
    assert "Der nächste ist 13" in page
    assert client.get("/handyparken/machines/12/")["Location"].endswith("zones/4711/#machine-12")


def test_coins_for_a_plate_that_has_a_right_already_are_booked_without_it(
    client, town, machine_key
):
    town.sold(60)
    assert told(client, machine_key, registration_number="HER-AB 123").status_code == 201
    assert Session.objects.get(source="machine").plate_key is None
    assert booked()[("provider", "coins:12")] == 100
