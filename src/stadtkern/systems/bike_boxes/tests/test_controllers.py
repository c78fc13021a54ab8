"""The controller's protocol, spoken by the simulator's own controller."""

import json
from datetime import timedelta

import pytest

from simulators.bike_locker.controller import Controller, Door
from stadtkern.kernel.people.models import issue_key
from stadtkern.kernel.post.models import Letter
from stadtkern.systems.bike_boxes.logic import ending, granting, opening
from stadtkern.systems.bike_boxes.models import Box, Command, DoorEvent, Facility, Trouble

URL = "/api/bike_boxes/controllers/zob/sync"


class Terminal:
    """The simulator's controller with the test client for a network."""

    def __init__(self, client, boxes=2):
        _row, self.key = issue_key(label="t", scopes=("bike_boxes:controller:zob",))
        doors = {n: Door(n) for n in range(1, boxes + 1)}
        self.controller = Controller("zob", "ZOB", self.key, "5ec7e7" * 10, doors)
        self.client = client

    def post(self, message):
        return self.client.post(
            URL, json.dumps(message), content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.key}",
        )  # fmt: skip

    def sync(self):
        message = self.controller.message(events=True)
        answer = self.post(message)
        assert answer.status_code == 200, answer.content
        self.controller.acknowledged(message)
        self.controller.told(answer.json())
        return answer.json()


@pytest.fixture
def terminal(station, client):
    made = Terminal(client)
    made.sync()
    return made


def test_a_pin_opens_its_box_and_no_other_only_in_its_time(station, terminal, later):
    access = station.rented(box=station.boxes[0])
    pin = granting.pin_of(access)
    assert terminal.controller.typed(pin) == "Not valid."
    terminal.sync()
    assert terminal.controller.typed(pin) == "Box 1 is open."
    terminal.sync()
    access.booking.refresh_from_db()
    assert access.booking.state == "arrived"
    assert Box.objects.get(pk=station.boxes[0].pk).door == "open"
    later(hours=14, minutes=29)
    assert terminal.controller.typed(pin) == "Box 1 is open."
    later(minutes=2)
    assert terminal.controller.typed(pin) == "Not valid."


def test_the_grace_ends_where_the_next_rental_begins(station, terminal, later):
    today = station.rented(box=station.boxes[0])
    tomorrow = station.rented(first=station.order().first + timedelta(days=1),
                              box=station.boxes[0])  # fmt: skip
    terminal.sync()
    later(hours=13, minutes=31)
    assert terminal.controller.typed(granting.pin_of(today)) == "Not valid."
    assert terminal.controller.typed(granting.pin_of(tomorrow)) == "Box 1 is open."


def test_opening_from_the_phone_is_a_command_with_its_confirmation(station, terminal):
    access = station.rented(box=station.boxes[0])
    command = opening.unlock(access)
    assert opening.unlock(access) == command
    assert terminal.sync()["commands"][0]["box"] == 1
    terminal.sync()
    command.refresh_from_db()
    assert command.state == "done"
    assert terminal.controller.doors[1].open


def test_a_jammed_door_says_what_to_do(station, terminal):
    access = station.rented(box=station.boxes[0])
    terminal.controller.doors[1].jammed = True
    command = opening.unlock(access)
    terminal.sync()
    terminal.sync()
    command.refresh_from_db()
    assert (command.state, command.problem) == ("failed", "jammed")
    assert "klemmt" in opening.advice(command)
    assert Trouble.objects.get().kind == "jammed"


def test_a_command_that_nobody_takes_runs_out(station, later):
    command = opening.unlock(station.rented())
    later(seconds=31)
    assert opening.look(command).state == "expired"
    assert "PIN" in opening.advice(command)


def test_events_that_come_twice_are_stored_once(station, terminal):
    terminal.controller.force(1)
    message = terminal.controller.message(events=True)
    for _time in range(2):
        assert terminal.post(message).status_code == 200
    assert DoorEvent.objects.filter(kind="forced").count() == 1
    assert Trouble.objects.filter(kind="forced").count() == 1


def test_a_forced_door_alarms_and_stays_so_until_somebody_looked(station, terminal, monkeypatch):
    from stadtkern.systems.bike_boxes.logic import mail
    from stadtkern.systems.bike_boxes.settings import BikeBoxSettings

    monkeypatch.setattr(mail, "settings", lambda: BikeBoxSettings(alarm_mail="wache@example.org"))
    terminal.controller.force(1)
    terminal.controller.close(1)
    terminal.sync()
    assert Box.objects.get(number=1).door == "forced"
    assert "Box: 1" in Letter.objects.get(address="wache@example.org").text


def test_late_events_change_no_newer_state(station, terminal, later):
    terminal.controller.unlock(1, "key")
    terminal.controller.bike(1, True)
    old = terminal.controller.message(events=True)
    later(minutes=5)
    terminal.controller.bike(1, False)
    terminal.controller.close(1)
    new = {**terminal.controller.message(events=True), "boot": "other"}
    assert terminal.post(new).status_code == 200
    late = {**old, "clock": terminal.controller.now().isoformat()}
    assert terminal.post(late).status_code == 200
    assert (Box.objects.get(number=1).bike, Box.objects.get(number=1).door) == (False, "closed")


def test_a_wrong_clock_is_noted_and_put_right(station, terminal, later):
    terminal.controller.skew = -7200
    terminal.controller.unlock(1, "key")
    terminal.sync()
    event = DoorEvent.objects.get(kind="opened")
    assert abs(event.at - event.received) < timedelta(seconds=5)
    assert Facility.objects.get().clock_skew == pytest.approx(7200, abs=1)


def test_without_a_network_the_code_opens_and_afterwards_the_list_wins(station, terminal):
    access = station.rented(box=station.boxes[1])
    code, pin = granting.offline_code_of(access), granting.pin_of(access)
    assert terminal.controller.typed(pin) == "Not valid."
    assert terminal.controller.typed(code) == "Box 2 is open."
    assert terminal.controller.typed(pin) == "Box 2 is open."
    ending.end(access, by="renter")
    terminal.sync()
    assert terminal.controller.typed(pin) == "Not valid."


def test_five_wrong_tries_silence_the_terminal(station, terminal, later):
    for _try in range(5):
        terminal.controller.typed("000000")
    access = station.rented()
    terminal.sync()
    assert "wait" in terminal.controller.typed(granting.pin_of(access))
    later(minutes=11)
    assert "open" in terminal.controller.typed(granting.pin_of(access))


def test_a_bicycle_without_a_rental_keeps_the_box_from_being_sold(station, terminal):
    terminal.controller.unlock(1, "key")
    terminal.controller.bike(1, True)
    terminal.sync()
    assert Trouble.objects.get(kind="leftover").box.number == 1
    assert station.rented().box.number == 2
    terminal.controller.bike(1, False)
    terminal.sync()
    assert not Trouble.objects.filter(closed=None).exists()


def test_the_list_holds_no_pin_and_no_card(station, terminal):
    access = station.rented()
    told = json.dumps(terminal.sync())
    assert granting.pin_of(access) not in told
    assert access.pin_digest in told


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"HTTP_AUTHORIZATION": "Bearer wrong"}, 401)],
)
def test_no_controller_without_its_key(station, client, headers, status):
    answer = client.post(URL, "{}", content_type="application/json", **headers)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["field"] == "Authorization"


def test_another_places_key_is_refused_and_a_wrong_body_named(station, client):
    _row, key = issue_key(label="t", scopes=("bike_boxes:controller:other",))
    said = {"content_type": "application/json", "HTTP_AUTHORIZATION": f"Bearer {key}"}
    assert client.post(URL, "{}", **said).status_code == 403
    _row, key = issue_key(label="t", scopes=("bike_boxes:controller:zob",))
    said["HTTP_AUTHORIZATION"] = f"Bearer {key}"
    answer = client.post(URL, '{"boot": 3}', **said)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "boot"
    assert not Command.objects.exists()
