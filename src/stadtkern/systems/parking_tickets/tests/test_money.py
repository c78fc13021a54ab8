"""What an auditor would try: retries with another wish, corrections, late coins, hands at work."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Charge, Refund
from stadtkern.kernel.people.models import issue_key
from stadtkern.systems.parking_tickets.logic import buying, changing, links, reminding, rights
from stadtkern.systems.parking_tickets.logic.making import Wanted
from stadtkern.systems.parking_tickets.models import Change, CoinTicket, Purchase, Session
from stadtkern.systems.parking_tickets.tests.conftest import NOW, SHOPS, booked
from stadtkern.systems.parking_tickets.tests.test_rights import ME, OWED, refusal

API = "/api/parking_tickets/operator/v1/parking/"
WEB = ("revenue", "parking:4711:web")


def minutes(count: int):
    return NOW + timedelta(minutes=count)


def paid(charge: Charge) -> None:
    charges.pay_at_counter(charge, "test", "cash")
    charge.refresh_from_db()
    buying.settle(charge)


def bought(town, count: int = 60, **more) -> Session:
    row, charge = buying.buy(Wanted(**{
        "zone": town.zone, "begins": NOW, "until": minutes(count), "plate": "HERAB123",
        "source": "web", **more,
    }))  # fmt: skip
    if charge is not None:
        paid(charge)
    row.refresh_from_db()
    return row


def waiting(row: Session) -> Charge:
    return Purchase.objects.get(session=row, kind="extend", state="open").charge


def test_a_key_that_was_used_is_no_other_wish(town, later):
    row = town.sold(60)
    assert refusal(town.sold, 90) == ("key", "used")
    assert refusal(town.sold, 60, begins=NOW + timedelta(seconds=30)) == ("key", "used")
    assert refusal(town.sold, 60, vehicle="motorcycle") == ("key", "used")
    rights.extend(row.pk, minutes(90), key="k2", actor=ME)
    told = refusal(rights.extend, row.pk, minutes(120), key="k2", actor=ME)
    assert told == ("key", "used")
    later(minutes=10)
    rights.stop(row.pk, minutes(10), key="k3", actor=ME)
    assert rights.stop(row.pk, minutes(10), key="k3", actor=ME).cents == 25
    assert refusal(rights.stop, row.pk, minutes(9), key="k3", actor=ME) == ("key", "used")


@pytest.fixture
def app(town, client):
    key, secret = issue_key(label="a", scopes=("parking_tickets:operator",))
    town.operator.keys.add(key)

    def ask(path="", key="", **said):
        more = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        body = {name: one.isoformat() if hasattr(one, "isoformat") else one
                for name, one in said.items()}  # fmt: skip
        return client.post(API + path, json.dumps(body), content_type="application/json",
                           HTTP_AUTHORIZATION=f"ApiKey {secret}", **more)  # fmt: skip

    return ask


def test_a_provider_that_lost_the_answer_hears_the_same_difference_again(town, app):
    plate = {"registration_number": "HER-AB 123", "zone": "4711", "time_start": NOW}
    first = app(key="one", **plate, time_end=minutes(60))
    assert first.status_code == 201
    assert app(key="one", **plate, time_end=minutes(60)).json()["id"] == first.json()["id"]
    other = app(key="one", **plate, time_end=minutes(90))
    assert (other.status_code, list(other.json())) == (409, ["Idempotency-Key"])
    url = f"{first.json()['id']}/extend/"
    once, again = (app(url, key="two", time_end=minutes(90)) for _ in range(2))
    assert once.json()["price"] == again.json()["price"]
    assert once.json()["price"]["difference_cents"] == 75
    assert app(url, key="two", time_end=minutes(120)).status_code == 409
    assert booked()[OWED] == 225


def test_an_open_end_is_not_set_into_the_past_to_pay_less(town, later):
    row = town.sold(None)
    later(minutes=90)
    told = refusal(rights.extend, row.pk, minutes(5), key="k2", actor=ME)
    assert told == ("time_end", "past")
    assert rights.stop(row.pk, key="k3", actor=ME).cents == 225


def test_a_corrected_plate_brings_along_what_it_used_before(town, later):
    zone = town.add("5", {"windows": [SHOPS], "free_minutes": 30, "longest_minutes": 120,
                          "return_minutes": 120})  # fmt: skip
    town.sold(30, zone=zone, plate="BOXY1")
    later(minutes=30)
    row = town.sold(60, key="k2", zone=zone, plate="BOXY2")
    assert row.cents == 75
    row = rights.correct_plate(row.pk, "BOXY1", key="k3", actor=ME)
    assert (row.cents, row.before_seconds, row.changes.last().delta_cents) == (150, 1800, 75)
    assert booked()[OWED] == 150
    long = town.sold(120, key="k4", zone=zone, plate="BOXY3")
    told = refusal(rights.correct_plate, long.pk, "BOXY1", key="k5", actor=ME)
    assert told[0] in ("registration_number", "time_end", "time_start")


def test_an_electric_plate_that_is_corrected_to_another_one_pays(town, app, client):
    town.prices(town.zone, {"windows": [SHOPS], "vehicles": {"electric": {"per_mille": 0}}},
                since=NOW - timedelta(hours=1))  # fmt: skip
    told = app(registration_number="HER-NE 1E", zone="4711", time_start=NOW, time_end=minutes(60))
    assert told.json()["price"]["cents"] == 0
    answer = app(f"{told.json()['id']}/?method=PATCH", registration_number="HER-NE 1")
    assert (answer.status_code, answer.json()["price"]["cents"]) == (200, 150)


def test_two_rights_held_for_different_times_do_not_outstay_the_longest_stay(town):
    wanted = {"zone": town.zone, "plate": "HERAB123", "source": "web"}
    _first, one = buying.buy(Wanted(begins=NOW, until=minutes(180), **wanted))
    second, two = buying.buy(Wanted(begins=minutes(180), until=minutes(300), **wanted))
    paid(one)
    paid(two)
    second.refresh_from_db()
    assert (second.state, Refund.objects.get().cents) == ("cancelled", 300)
    assert booked()[WEB] == -450


def test_the_button_pressed_twice_buys_once(town):
    once = uuid4()
    zone = town.add("5", {"windows": [SHOPS], "free_minutes": 60})
    wanted = Wanted(zone=zone, begins=NOW, until=minutes(30), plate="HERAB123", source="web")
    assert buying.buy(wanted, once)[0].pk == buying.buy(wanted, once)[0].pk
    held = Wanted(zone=town.zone, begins=NOW, until=minutes(30), plate="BOXY1", source="web")
    other = uuid4()
    assert buying.buy(held, other)[1] == buying.buy(held, other)[1]
    assert (Session.objects.count(), Charge.objects.count()) == (2, 1)


def test_of_two_extensions_that_were_begun_only_the_last_is_to_be_paid(town):
    row = bought(town)
    first = changing.longer(row, minutes(90), seen=1)
    second = changing.longer(row, minutes(120), seen=1)
    first.refresh_from_db()
    assert first.state == "cancelled"
    paid(second)
    row.refresh_from_db()
    assert (row.during.upper, row.cents, booked()[WEB]) == (minutes(120), 300, -300)


def test_who_ends_early_is_not_asked_to_pay_for_more_time(town, client, later):
    row = bought(town)
    changing.longer(row, minutes(90), seen=1)
    later(minutes=10)
    client.post(f"{links.path(row)}stop/")
    assert "bezahlen bis" not in client.get(links.path(row)).content.decode()
    assert set(Charge.objects.values_list("state", flat=True)) == {"paid", "cancelled"}
    assert booked()[WEB] == -25


def test_the_same_end_can_be_chosen_again_after_another_one(town):
    free = town.add("5", {"windows": [SHOPS], "free_minutes": 180})
    row = bought(town, zone=free)
    for seen, (do, count) in enumerate(
        [(changing.longer, 90), (changing.shorter, 60), (changing.longer, 90),
         (changing.shorter, 60)], start=1,
    ):  # fmt: skip
        do(row, minutes(count), seen=seen)
        row.refresh_from_db()
        assert row.during.upper == minutes(count)
        do(row, minutes(count), seen=seen) if do is changing.shorter else None
    assert Change.objects.count() == 5


def test_what_the_treasury_paid_back_by_hand_does_not_go_back_again(town, client, later):
    row = bought(town)
    charges.refund(Charge.objects.get(), 140, "Kulanz", key="hand")
    later(minutes=10)
    assert client.post(f"{links.path(row)}stop/").status_code == 302
    row.refresh_from_db()
    assert row.state == "ended"
    assert sum(one.cents for one in Refund.objects.all()) == 150
    assert booked()[("owed", "")] == -150


def test_a_choice_stays_possible_while_the_minutes_pass(town, client, later):
    row = bought(town)
    later(minutes=10)
    page = client.get(f"{links.path(row)}shorten/").content.decode()
    until = minutes(25).isoformat()
    assert until in page
    later(seconds=80)
    answer = client.post(f"{links.path(row)}shorten/", {"until": until, "seen": "1"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.during.upper == minutes(25)
    answer = client.post(f"{links.path(row)}shorten/", {"until": "morgen"})
    assert answer.status_code == 422


def test_after_an_extension_there_is_a_reminder_of_the_new_end(town, later):
    row = bought(town, 30, email="rad@example.org", remind=True)
    later(minutes=21)
    assert reminding.remind() == 1
    paid(changing.longer(row, minutes(60), seen=1))
    assert reminding.remind() == 0
    later(minutes=30)
    assert reminding.remind() == 1


def told(client, machine_key, **said):
    body = {"number": "0001", "cents": 100, "time_start": NOW.isoformat(), **said}
    return client.post("/api/parking_tickets/machines/12/tickets", json.dumps(body),
                       content_type="application/json", **machine_key)  # fmt: skip


def test_a_machine_that_begins_its_numbers_anew_loses_no_coins(client, machine_key, later):
    assert told(client, machine_key).status_code == 201
    later(hours=1)
    again = told(client, machine_key, time_start=minutes(60).isoformat())
    assert (again.status_code, again.json()["code"]) == (409, "used")
    assert booked()[("provider", "coins:12")] == 100


def test_coins_are_refused_before_printing_but_booked_after(client, town, machine_key, later):
    town.sold(180)
    later(minutes=180)
    late = {"registration_number": "HER-AB 123"}
    now = told(client, machine_key, number="2", time_start=minutes(180).isoformat(), **late)
    assert (now.status_code, now.json()["code"]) == (422, "max_stay")
    later(hours=2)
    printed = told(client, machine_key, number="3", time_start=minutes(180).isoformat(), **late)
    assert printed.status_code == 201
    assert CoinTicket.objects.get().session.plate_key is None
    assert booked()[("provider", "coins:12")] == 100


def test_coins_are_fetched_counted_and_a_difference_is_kept(client, machine_key, boss):
    told(client, machine_key)
    told(client, machine_key, number="0002", cents=250)
    url = "/staff/parking_tickets/machines/12/emptied/"
    assert client.post(url, {"counted": "3,40", "seen": "0"}).status_code == 422
    said = {"counted": "3,40", "why": "10 Cent fehlen", "seen": "0"}
    for _twice in range(2):
        assert client.post(url, said).status_code == 302
    assert booked() == {
        ("bank", ""): 340, ("difference", "coins:12"): 10,
        ("revenue", "parking:4711:machine"): -350,
    }  # fmt: skip
    assert Entry.objects.filter(verb="parking_tickets.machine_emptied").count() == 1
    page = client.get("/staff/parking_tickets/machines/12/").content.decode()
    assert "10 Cent fehlen" in page


def test_a_state_that_staff_set_is_not_overwritten_by_a_ticket(town, client, machine_key, boss):
    client.post("/staff/parking_tickets/machines/12/", {"state": "removed", "fault": ""})
    url = "/api/parking_tickets/machines/12/state"
    answer = client.post(url, '{"state": "ok"}', content_type="application/json", **machine_key)
    assert answer.json()["state"] == "removed"
