"""A device with a codec that can encode, its network's events, and a network that takes notes."""

import json
from base64 import b64encode
from datetime import timedelta

import pytest
from django.utils.translation import override

from stadtkern.kernel import clock
from stadtkern.kernel.devices.downlinks.due import claim, settle
from stadtkern.kernel.devices.ingest.batch import Ingest
from stadtkern.kernel.devices.ingest.directory import Directory
from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.devices.networks import directory
from stadtkern.kernel.devices.networks.sending.answer import Answer, Outcome
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.things.models import Sensor

EUI = "02534b7700000001"
APPLICATION = "5b0c8f0e-6a55-4d0b-9f0e-2f6f3a1d0b10"
CODEC = """
function decodeUplink(input) { return { data: { level: input.bytes[0] } }; }
function encodeDownlink(input) {
  if (input.data.open === undefined) return { errors: ["say whether it is open"] };
  return { bytes: [0x05, input.data.open ? 1 : 0], fPort: 10, warnings: [] };
}
function decodeDownlink(input) { return { data: { open: input.bytes[1] === 1 } }; }
"""
TAKEN = Answer(outcome=Outcome.TAKEN)


@pytest.fixture(autouse=True)
def english():
    """What people read is asked for in English here."""
    directory.forget()
    with override("en"):
        yield
    directory.forget()


@pytest.fixture
def profile(db):
    return Profile.objects.create(
        slug="test-valve",
        title="Test valve",
        vendor="Muster",
        model="V1",
        codec=CODEC,
        uplink_every=timedelta(minutes=10),
        sensor=Sensor.objects.create(name="Muster V1"),
    )


@pytest.fixture
def device(profile):
    return Device.objects.create(dev_eui=EUI, name="Valve", profile=profile)


@pytest.fixture(scope="session")
def pool():
    with CodecPool(workers=1) as pool:
        yield pool


@pytest.fixture
def ingest(pool):
    return Ingest(pool, Directory(fresh=0))


def message(kind, body, *, eui=EUI, at=None, topic=None, network="chirpstack"):
    """An event as ChirpStack v4 publishes it (its docs: integrations/events)."""
    at = at or clock.now()
    full = {"time": at.isoformat(), "deviceInfo": {"devEui": eui}, **body}
    topic = topic or f"application/{APPLICATION}/device/{eui}/event/{kind}"
    return Message(topic=topic, body=json.dumps(full).encode(), received=at, network=network)


def uplink(number, *, factor=9, at=None, eui=EUI):
    return message(
        "up",
        {
            "deduplicationId": f"{eui}-{number}",
            "fCnt": number,
            "fPort": 1,
            "data": b64encode(bytes([number % 256])).decode(),
            "txInfo": {
                "frequency": 868100000,
                "modulation": {"lora": {"spreadingFactor": factor, "bandwidth": 125000}},
            },
        },
        eui=eui,
        at=at,
    )


def txack(one, **more):
    return message(
        "txack", {"queueItemId": str(one.remote), "downlinkId": 7, "fCntDown": 3, **more}
    )


def ack(one, *, acknowledged=True):
    # Proto-JSON leaves out what is false.
    said = {"acknowledged": True} if acknowledged else {}
    dedup = f"ack-{one.remote}-{acknowledged}"
    return message("ack", {"deduplicationId": dedup, "queueItemId": str(one.remote), **said})


@pytest.fixture
def tell(ingest, device):
    """Events of the network, as ingest takes them."""
    return lambda *messages: ingest.take(messages)


@pytest.fixture
def heard(tell):
    """The device has been heard once, so its network and data rate are known."""
    tell(uplink(1))


def hand_over(answer=TAKEN, at=None):
    """One round of the sender with a network that answers like this; what it was handed."""
    at = at or clock.now()
    tasks = claim(at)
    settle([(task, answer) for task in tasks], at)
    return tasks
