"""A device that names its network takes messages of that network alone, with or without a codec."""

import json

import pytest

from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.devices.models import Uplink
from stadtkern.kernel.things.models import Latest

from .conftest import NOW, chirpstack
from .test_pushes import BOX, DATA, OWN_API, A

pytestmark = pytest.mark.django_db
EUI = "0101010101010101"


def sent(network, body, topic="?event=up", **headers):
    raw = json.dumps(body).encode()
    return Message(topic=topic, body=raw, received=NOW, network=network, headers=headers)


def test_messages_by_another_network_are_kept_and_say_whose_the_device_is(network, device, ingest):
    device(EUI, network=network("mine"))
    network("other")
    ingest.take(
        [sent("other", chirpstack(EUI, dedup="a")), sent("mine", chirpstack(EUI, dedup="b"))]
    )
    kept = Uplink.objects.get(source="other")
    assert (kept.outcome, kept.device) == ("unknown", None)
    assert "“mine”" in kept.reason
    assert "“other”" in kept.reason
    assert Uplink.objects.get(source="mine").outcome == "stored"
    assert Latest.objects.get().n == 1


def test_a_device_without_a_network_takes_messages_of_any(network, device, ingest):
    device(EUI)
    network("one")
    network("two")
    ingest.take([sent("one", chirpstack(EUI)), sent("two", chirpstack(EUI))])
    assert set(Uplink.objects.values_list("outcome", flat=True)) == {"stored"}


def test_the_same_key_at_two_networks_is_two_messages(network, device, ingest):
    network("one")
    network("two")
    assert ingest.take([sent("one", chirpstack(EUI)), sent("two", chirpstack(EUI))]).new == 2


def test_the_citys_own_broker_needs_no_row(device, ingest):
    device(EUI)
    topic = f"application/a/device/{EUI}/event/up"
    ingest.take([sent("chirpstack", chirpstack(EUI), topic)])
    assert Uplink.objects.get().outcome == "stored"


def test_a_network_that_is_not_there_is_said_to_be_missing(ingest):
    ingest.take([sent("nowhere", {})])
    assert "there is no network “nowhere”" in Uplink.objects.get().reason


@pytest.mark.parametrize(
    ("kind", "name", "field", "topic", "body", "value"),
    [
        ("airrohr", "esp8266-1234567", "SDS_P1", "", OWN_API, 12.3),
        ("opensensemap", BOX, A, DATA, {A: "7.25"}, 7.25),
        ("http", "m-1", "level", "", {"id": "m-1", "v": {"level": "3.5"}}, 3.5),
    ],
)
def test_values_that_need_no_codec_become_observations(
    network, device, ingest, kind, name, field, topic, body, value
):
    network("there", kind=kind, settings={"device": "id", "values": "v"})
    device(name, field, codec="")
    assert ingest.take([sent("there", body, topic)]).observations == 1
    assert Latest.objects.get().value == value
