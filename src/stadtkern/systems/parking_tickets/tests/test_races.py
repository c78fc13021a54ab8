"""However many ask at the same moment, a plate has one right, and the books are right."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.models import Refund
from stadtkern.systems.parking_tickets.logic import buying, rights
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Change, Session
from stadtkern.systems.parking_tickets.tests.conftest import RULES as PLAIN
from stadtkern.systems.parking_tickets.tests.conftest import Town, booked

ME = "operator:app-a"
OWED = ("receivable", "parking:app-a")
ALWAYS = {"name": "always", "days": ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"],
          "begins": "00:00", "ends": "24:00", "steps": [{"cents": 150}]}  # fmt: skip


@pytest.fixture
def busy(transactional_db):
    """A zone that costs at every hour, since these tests run by the real clock."""
    town = Town()
    town.zone = town.add("77", {**PLAIN, "windows": [ALWAYS], "longest_minutes": None})
    return town


def at_once(count, ask):
    """`ask(number)` by 16 at a time; what each got: a right's number, or the code of a refusal."""
    gate = threading.Barrier(16)

    def one(number):
        try:
            if number < 16:
                gate.wait(60)
            return ask(number).pk
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        return [each.result(120) for each in [pool.submit(one, n) for n in range(count)]]


def test_two_hundred_requests_for_one_plate_make_one_right(busy):
    wanted = busy.wanted(60)
    got = at_once(200, lambda n: rights.start(wanted, key=f"k{n}", actor=ME))
    assert sorted(map(str, got))[-199:] == ["already"] * 199
    assert (Session.objects.count(), Change.objects.count()) == (1, 1)
    assert booked()[OWED] == 150


def test_a_provider_that_tries_again_and_again_is_charged_once(busy):
    wanted = busy.wanted(60)
    got = at_once(40, lambda n: rights.start(wanted, key="same", actor=ME))
    assert len(set(got)) == 1
    row = Session.objects.get()
    ends = [row.during.lower + timedelta(minutes=m) for m in (90, 120, 75, 45)]

    def ask(number):
        which = number % 4
        do = rights.extend if which < 2 else rights.shorten
        return do(row.pk, ends[which], key=f"e{which}", actor=ME)

    at_once(80, ask)
    row.refresh_from_db()
    deltas = list(Change.objects.values_list("delta_cents", flat=True))
    assert sum(deltas) == row.cents == booked()[OWED]
    assert len(deltas) <= 5


def test_prices_that_change_meanwhile_do_not_split_a_right(busy):
    now = timezone.now()
    dearer = {**PLAIN, "windows": [{**ALWAYS, "steps": [{"cents": 600}]}], "longest_minutes": None}
    row = busy.sold(60, begins=now)
    busy.prices(busy.zone, dearer, since=now + timedelta(seconds=1))
    until = now + timedelta(minutes=120)
    at_once(16, lambda n: rights.extend(row.pk, until, key=f"x{n}", actor=ME))
    row.refresh_from_db()
    assert row.cents == booked()[OWED] == 300


def test_of_many_who_pay_for_one_plate_one_parks_and_the_others_get_all_back(busy):
    wanted = busy.wanted(60, source="web", operator=None)
    held = [buying.buy(wanted)[1] for _ in range(16)]

    def pay(number):
        charge = held[number]
        charges.pay_at_counter(charge, "test", "cash")
        for _twice in range(2):
            buying.settle(charge)
        return charge

    at_once(16, pay)
    states = sorted(Session.objects.values_list("state", flat=True))
    assert states == ["active"] + ["cancelled"] * 15
    assert sum(one.cents for one in Refund.objects.all()) == 15 * 150
    assert booked() == {
        ("provider", "counter"): 16 * 150, ("owed", ""): -15 * 150,
        ("revenue", "parking:77:web"): -150,
    }  # fmt: skip
