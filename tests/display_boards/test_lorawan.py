"""A board on LoRaWAN: through the queue of downlinks, its codec, and its own messages."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from simulators.display_boards.board import Board as Lamps
from simulators.display_boards.lorawan import DEV_EUI, Modem
from stadtkern.kernel import clock
from stadtkern.kernel.devices import provision
from stadtkern.kernel.devices.ingest.batch import Ingest
from stadtkern.kernel.devices.ingest.directory import Directory
from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.devices.models import Device, Downlink, Profile
from stadtkern.kernel.devices.networks import directory
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.things.models import Latest
from stadtkern.kernel.things.provision import things
from stadtkern.systems.parking.logic.boards import round as rounds
from stadtkern.systems.parking.models import BoardMessage

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def at():
    directory.forget()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
    directory.forget()


@pytest.fixture
def lora(board, facts):
    provision.sync_profiles()
    profile = Profile.objects.get(slug="open-display-board")
    made = board("lorawan", DEV_EUI, facts)
    (thing,) = things("parking.board", [(made.place, "Tafel")], sensor=profile.sensor)
    Device.objects.create(dev_eui=DEV_EUI, name="Tafel", profile=profile, thing=thing)
    return made


@pytest.fixture
def network():
    """The simulated board behind its network server; `carry` takes messages both ways."""
    lamps = Lamps(name="lorawan", title="L", protocol="LoRaWAN", rows=2)
    with CodecPool(workers=1) as pool:
        ingest = Ingest(pool, Directory(fresh=0))
        heard = []

        def publish(topic, body):
            event = json.loads(body)
            event["time"] = clock.now().isoformat()
            heard.append(Message(topic=topic, body=json.dumps(event).encode(),
                                 received=clock.now(), network="chirpstack"))  # fmt: skip

        modem = Modem(lamps, publish)

        def carry():
            for one in Downlink.objects.filter(state="waiting").order_by("pk"):
                command = {
                    "devEui": DEV_EUI, "fPort": one.f_port, "confirmed": one.confirmed,
                    "data": base64.b64encode(bytes(one.payload)).decode(), "id": str(one.remote),
                }  # fmt: skip
                topic = f"application/a/device/{DEV_EUI}/command/down"
                modem.command(topic, json.dumps(command).encode())
            ingest.take(heard)
            heard.clear()

        yield lamps, modem, carry


def test_a_board_on_lorawan_is_told_and_believed_once_it_has_answered(at, car_park, lora, network):
    lamps, modem, carry = network
    modem.report()
    carry()
    car_park.count(3)
    rounds.run()
    lora.refresh_from_db()
    assert lora.state == "waiting"
    sent = Downlink.objects.get()
    # 01, sequence, brightness, one line; straight on, 16 characters.
    assert bytes(sent.payload) == b"\x01\x00\x64\x01\x01\x10Bahnhof        7"
    assert (sent.f_port, sent.topic, sent.confirmed) == (10, "display", True)
    at.shift(timedelta(seconds=30))
    carry()
    assert lamps.lit[0].text == "Bahnhof        7"
    assert Downlink.objects.get().state == "acked"
    at.shift(timedelta(minutes=1))
    rounds.run()
    lora.refresh_from_db()
    assert (lora.state, lora.shown["lines"][0]["text"]) == ("good", "Bahnhof        7")
    steps = BoardMessage.objects.filter(board=lora).order_by("pk").values_list("step", flat=True)
    assert list(steps) == ["wanted", "sent", "displayed", "displayed"]
    works = Latest.objects.get(datastream__thing__kind="parking.board")
    assert works.value == 1
    # What it was told is not sent again, as long as it shows it.
    for _ in range(3):
        at.shift(timedelta(minutes=5))
        car_park.count(3)
        modem.report()
        carry()
        rounds.run()
    assert Downlink.objects.count() == 1


def test_a_board_on_lorawan_that_shows_something_else_is_told_again(at, car_park, lora, network):
    lamps, modem, carry = network
    car_park.count(3)
    rounds.run()
    carry()
    lamps.switch("frozen")
    car_park.count(5)
    at.shift(timedelta(minutes=3))
    rounds.run()
    carry()
    at.shift(timedelta(minutes=3))
    modem.report()
    carry()
    rounds.run()
    lora.refresh_from_db()
    assert lora.state == "differs"
    assert Downlink.objects.count() == 3, "it is told once more"
    lamps.switch("frozen")
    carry()
    at.shift(timedelta(minutes=3))
    modem.report()
    carry()
    rounds.run()
    lora.refresh_from_db()
    assert (lora.state, lora.failures) == ("good", 0)
    # Pulled: it says nothing, and after a while that is a failure.
    lamps.switch("cable")
    car_park.count(8)
    rounds.run()
    at.shift(timedelta(minutes=21))
    car_park.count(8)
    rounds.run()
    lora.refresh_from_db()
    assert lora.state == "silent"
    assert "nicht geantwortet" in lora.problem


def test_a_message_from_before_ours_was_out_is_no_answer_to_it(at, car_park, lora, network):
    """A board of class A hears only after it spoke: what it spoke with is the old text."""
    lamps, modem, carry = network
    car_park.count(3)
    rounds.run()
    carry()
    at.shift(timedelta(minutes=5))
    car_park.count(5)
    rounds.run()
    at.shift(timedelta(minutes=3))
    modem.report()
    lamps.switch("cable")
    carry()  # the uplink alone: the downlink is still with the network
    lamps.switch("cable")
    rounds.run()
    lora.refresh_from_db()
    assert (lora.state, lora.failures) == ("waiting", 0)
    carry()
    at.shift(timedelta(minutes=1))
    modem.report()
    carry()
    rounds.run()
    lora.refresh_from_db()
    assert (lora.state, lora.shown["lines"][0]["text"]) == ("good", "Bahnhof        5")
