"""The demo's machines tell each ticket once, whatever happens to paper, coins and the network."""

import json
import random
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from stadtkern.systems.parking_tickets import demo_machines
from stadtkern.systems.parking_tickets.models import CoinTicket, Machine
from stadtkern.systems.parking_tickets.tests.conftest import NOW, booked

sys.path.insert(0, str(Path(__file__).parents[5]))
from simulators.ticket_machines.cli import keep, made, remember
from simulators.ticket_machines.machine import BEAT, NO_PAPER, TicketMachine, Unreachable


class Wire:
    """The city behind a machine, without a wire between; `down` is a network that is broken."""

    def __init__(self) -> None:
        self.down, self.lost, self.client = False, 0, Client()

    def __call__(self, url, key, body):
        if self.down:
            raise Unreachable
        answer = self.client.post(url, json.dumps(body), content_type="application/json",
                                  HTTP_AUTHORIZATION=f"ApiKey {key}")  # fmt: skip
        if self.lost:
            self.lost -= 1
            raise Unreachable
        return answer.status_code, answer.json()


@pytest.fixture
def told(town, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA", tmp_path)
    machine = town.machine("12")
    type(machine.place).objects.filter(pk=machine.place_id).update(invented=True)
    demo_machines.write()
    demo_machines.write()
    path = tmp_path / demo_machines.FILE
    assert path.stat().st_mode & 0o077 == 0
    return json.loads(path.read_text())["ticket_machines"][0]


@pytest.fixture
def machine(told):
    found = made(told, "", random.Random(3))
    found.post, found.paper = Wire(), 400
    return found


def in_books() -> int:
    return booked().get(("provider", "coins:12"), 0)


def test_every_coin_is_in_the_books_once_though_answers_get_lost(machine, monkeypatch):
    monkeypatch.setattr("simulators.ticket_machines.machine.ANSWER_LOST", 1)
    machine.post.lost = 1
    sold = [machine.sell(NOW), machine.sell(NOW)]
    machine.look(NOW + timedelta(minutes=2))
    assert all(sold)
    assert CoinTicket.objects.count() == 2
    assert in_books() == machine.taken_cents > 0


def test_without_a_network_it_prints_on_and_tells_later_in_order(machine, later, tmp_path, told):
    machine.post.down = True
    for minute in range(5):
        assert machine.sell(NOW + timedelta(minutes=minute))
    assert in_books() == 0
    keep([machine], tmp_path / "state.json")
    again = made(told, "", random.Random(4))
    again.post = Wire()
    remember([again], tmp_path / "state.json")
    later(minutes=50)
    again.look(NOW + timedelta(minutes=50))
    assert (again.waiting, again.refused) == ([], [])
    numbers = list(CoinTicket.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == sorted(numbers)
    assert in_books() == again.taken_cents == machine.taken_cents
    begins = CoinTicket.objects.order_by("pk").first().session.during.lower
    assert begins == NOW


def test_an_empty_roll_of_paper_stands_on_the_staff_page_until_somebody_was_there(
    machine, client, boss
):
    machine.paper = 1
    machine.sell(NOW)
    machine.look(NOW)
    assert not machine.sell(NOW)
    assert Machine.objects.get().fault == NO_PAPER
    page = client.get("/staff/parking_tickets/machines/").content.decode()
    assert NO_PAPER in page
    machine.look(NOW + timedelta(hours=1))
    assert Machine.objects.get().state == "ok"


def test_a_quiet_machine_gives_a_sign_of_life(machine, later):
    machine.look(NOW)
    assert Machine.objects.get().last_seen == NOW
    later(minutes=16)
    machine.look(NOW + BEAT)
    assert Machine.objects.get().last_seen == NOW + timedelta(minutes=16)


def test_coins_that_the_city_refuses_come_out_again(told):
    rng = random.Random(1)
    one = TicketMachine("12", "sk_wrong", "", rng, post=Wire())
    assert not one.sell(NOW)
    assert (one.taken_cents, one.waiting, in_books()) == (0, [], 0)
