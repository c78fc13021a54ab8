"""A provider's month: closed once, to the cent, whatever comes later."""

from datetime import UTC, date, datetime

import pytest

from stadtkern.kernel import clock as city_clock
from stadtkern.systems.parking_tickets.logic import closing, rights, settlements
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Settlement
from stadtkern.systems.parking_tickets.tests.conftest import booked

ME = "operator:app-a"
OWED = ("receivable", "parking:app-a")
OCTOBER = date(2026, 10, 1)


@pytest.fixture
def october(town, clock):
    """A right on the last morning of October, and one that runs into November."""
    clock.move_to(datetime(2026, 10, 31, 9, tzinfo=UTC))
    town.sold(60)
    clock.move_to(datetime(2026, 10, 31, 22, 30, tzinfo=UTC))
    night = {"name": "n", "days": ["Mo", "Sa", "Su", "PH"], "begins": "00:00", "ends": "24:00",
             "steps": [{"cents": 100}]}  # fmt: skip
    zone = town.add("5", {"windows": [night]})
    return town.sold(180, key="k2", zone=zone)


def test_a_month_is_the_citys_and_later_changes_go_into_the_next_one(town, october, clock):
    with pytest.raises(Refused):
        settlements.close(town.operator, OCTOBER, None)
    clock.move_to(datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    rights.stop(october.pk, key="k3", actor=ME)
    row = settlements.close(town.operator, OCTOBER, None)
    assert (row.sessions, row.charged_cents, row.returned_cents, row.cents) == (2, 450, 0, 450)
    assert [one["cents"] for one in row.statement["zones"]] == [150, 300]
    assert settlements.close(town.operator, OCTOBER, None).pk == row.pk
    clock.move_to(datetime(2026, 12, 1, 9, tzinfo=UTC))
    november = settlements.close(town.operator, date(2026, 11, 1), None)
    assert (november.sessions, november.returned_cents, november.cents) == (0, 200, -200)
    assert settlements.disagreement(town.operator) == 0
    assert booked()[OWED] == 250


def test_the_tax_on_a_statement_is_the_tax_in_the_books(town, clock):
    clock.move_to(datetime(2026, 10, 30, 9, tzinfo=UTC))
    taxed = town.add("7", tax_rate=190)
    for number, minutes in enumerate((13, 47, 61)):
        row = town.sold(minutes, key=f"t{number}", plate=f"BOXY{number + 1}", zone=taxed)
    town.sold(60, key="free", plate="BOXY9")
    rights.cancel(row.pk, key="c", actor=ME)
    clock.move_to(datetime(2026, 11, 2, 9, tzinfo=UTC))
    found = settlements.close(town.operator, OCTOBER, None).statement["zones"]
    tax = {one["zone"]: one["tax"] for one in found}
    assert tax == {"4711": 0, "7": -booked()[("tax", "190")]}


def test_money_that_comes_is_booked_once_and_a_difference_needs_a_note(town, october, clock, boss):
    clock.move_to(datetime(2026, 11, 2, 9, tzinfo=UTC))
    closing.close()
    row = settlements.close(town.operator, OCTOBER, boss)
    with pytest.raises(Refused):
        settlements.mark_paid(row, 400, "", boss)
    settlements.mark_paid(row, 400, "50 Cent fehlen", boss)
    with pytest.raises(Refused):
        settlements.mark_paid(row, 450, "", boss)
    assert booked()[OWED] == 50
    assert booked()[("bank", "")] == 400
    assert settlements.disagreement(town.operator) == 0


def test_staff_close_read_and_mark_a_month(town, october, clock, boss, client):
    clock.move_to(datetime(2026, 11, 2, 9, tzinfo=UTC))
    client.force_login(boss)
    page = client.get("/staff/parking_tickets/settlements/").content.decode()
    assert "ist vorbei" in page
    assert "stimmen überein" in page
    client.post("/staff/parking_tickets/settlements/close/")
    row = Settlement.objects.get()
    url = f"/staff/parking_tickets/settlements/{row.number}/"
    assert client.get(f"{url}statement.pdf").content.startswith(b"%PDF-")
    table = client.get(f"{url}statement.csv").content.decode()
    assert "Summe;2;4.50;0.00;4.50" in table
    assert client.post(url, {"amount": "4,00"}).status_code == 422
    assert client.post(url, {"amount": "4,50"}).status_code == 302
    row.refresh_from_db()
    assert row.paid_cents == 450
    earned = client.get("/staff/parking_tickets/earned/?month=2026-10").content.decode()
    assert "4,50" in earned


def test_the_demo_fills_months_that_agree_with_the_books(db):
    import random

    from stadtkern.systems.parking_tickets import demo
    from stadtkern.systems.parking_tickets.models import Machine, Operator, Session

    with city_clock.held(datetime(2026, 11, 23, 9, 30, tzinfo=UTC)):
        operator = Operator.objects.create(slug="demo", name="App", invented=True)
        demo.fill(random.Random(7))
        count = Session.objects.count()
        demo.fill(random.Random(7))
        assert Session.objects.count() == count > 60
        assert Machine.objects.count() == 40
        assert settlements.disagreement(operator) == 0
        assert Settlement.objects.get(operator=operator).cents > 0
    assert sum(booked().values()) == 0
