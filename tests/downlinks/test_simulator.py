"""The simulated network server treats downlinks as ChirpStack v4 does."""

import json
import sys
import uuid
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tree.conftest import eventually

# The simulators are programs, not a part of the installed package.
sys.path.insert(0, str(Path(__file__).parents[2]))

from simulators.sensors.downlinks import Downlinks, Faults
from simulators.sensors.fleet import Device

EUI = "02534b1000000001"
VALVE = Device(dev_eui=EUI, name="valve", number=1, format="milesight-em300-th",
               application_id="5b0c8f0e", application_name="test")  # fmt: skip
TOPIC = f"application/5b0c8f0e/device/{EUI}/command/down"


class Town:
    """A network server whose events are kept."""

    def __init__(self, **faults):
        self.events = []
        self.server = Downlinks(self.note, Faults(**faults))

    def note(self, topic, body):
        self.events.append((topic.rpartition("/")[2], json.loads(body)))

    def kinds(self, count):
        """The kinds of the first so many events; gateways answer after a moment."""
        assert eventually(lambda: len(self.events) >= count, 20)
        return [kind for kind, _ in self.events]

    def command(self, size=2, *, topic=TOPIC, eui=EUI, **said):
        number = str(uuid.uuid4())
        data = b64encode(bytes(size)).decode()
        body = {"id": number, "devEui": eui, "fPort": 10, "data": data, **said}
        self.server.command(topic, json.dumps(body).encode())
        return body["id"]

    def uplink(self, factor=9):
        self.server.heard(VALVE, factor)


def test_nothing_goes_out_before_the_device_was_heard():
    town = Town()
    number = town.command()
    assert town.events == []
    town.uplink()
    assert town.kinds(1) == ["txack"]
    said = town.events[0][1]
    assert said["queueItemId"] == number
    assert "deduplicationId" not in said  # a txack has none
    assert said["deviceInfo"]["devEui"] == EUI


def test_an_acknowledgement_comes_with_the_uplink_after_it():
    town = Town()
    number = town.command(confirmed=True)
    town.uplink()
    assert town.kinds(1) == ["txack"]
    town.uplink()
    assert town.kinds(2) == ["txack", "ack"]
    said = town.events[1][1]
    assert (said["queueItemId"], said["acknowledged"]) == (number, True)
    town.uplink()
    assert len(town.events) == 2


def test_a_device_that_does_not_acknowledge_leaves_the_word_out():
    town = Town(nack=1.0)
    town.command(confirmed=True)
    town.uplink()
    assert town.kinds(1)
    town.uplink()
    assert "acknowledged" not in town.events[1][1]  # proto-JSON has no false


def test_one_uplink_lets_one_out_in_the_order_of_coming():
    town = Town()
    numbers = [town.command() for _ in range(3)]
    for count in (1, 2, 3):
        town.uplink()
        assert len(town.kinds(count)) == count
    assert [said["queueItemId"] for _, said in town.events] == numbers
    assert [said.get("fCntDown", 0) for _, said in town.events] == [0, 1, 2]


def test_the_same_id_twice_in_the_queue_is_one():
    town = Town()
    number = town.command()
    town.command(id=number)
    town.uplink()
    town.uplink()
    assert town.kinds(1) == ["txack"]
    assert town.server.taken == 1


def test_a_gateway_that_fails_leaves_it_in_the_queue():
    town = Town(gateway=1.0)
    number = town.command()
    town.uplink()
    assert town.kinds(1) == ["log"]
    assert town.events[0][1]["code"] == "DOWNLINK_GATEWAY"
    town.server.faults = Faults()
    town.uplink()
    assert town.kinds(2) == ["log", "txack"]
    assert town.events[1][1]["queueItemId"] == number


@pytest.mark.parametrize(("factor", "size"), [(12, 52), (9, 116), (7, 243)])
def test_what_is_too_long_for_the_data_rate_is_dropped_with_a_log_event(factor, size):
    town = Town()
    number = town.command(size)
    town.uplink(factor)
    assert town.kinds(1) == ["log"]
    said = town.events[0][1]
    assert said["code"] == "DOWNLINK_PAYLOAD_SIZE"
    assert said["context"]["queue_item_id"] == number


def test_what_has_expired_is_dropped_with_a_log_event():
    town = Town()
    number = town.command(expiresAt=(datetime.now(UTC) - timedelta(seconds=1)).isoformat())
    later = town.command(expiresAt=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    town.uplink()
    assert sorted(town.kinds(2)) == ["log", "txack"]
    by_kind = dict(town.events)
    assert by_kind["log"]["code"] == "EXPIRED"
    assert by_kind["log"]["context"]["queue_item_id"] == number
    assert by_kind["txack"]["queueItemId"] == later


def test_a_join_empties_the_queue():
    town = Town()
    town.command()
    town.server.joined(VALVE)
    town.uplink()
    assert town.kinds(1) == ["join"]


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        (TOPIC, {"devEui": "02534b1000000002"}),
        (TOPIC, {"fPort": 0}),
        (TOPIC, {"id": "valve-1"}),
        (TOPIC, {"data": "%%"}),
        ("application/1/device/x/command/down", {}),
    ],
)
def test_a_wrong_command_is_not_taken(capsys, topic, said):
    town = Town()
    town.command(topic=topic, **said)
    town.uplink()
    assert town.server.taken == 0
    assert "not understood" in capsys.readouterr().out
