"""A town with gateways and devices that they hear; messages are those of a real ChirpStack."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from stadtkern.kernel.devices.coverage import standing
from stadtkern.kernel.devices.ingest.batch import Ingest
from stadtkern.kernel.devices.ingest.directory import Directory
from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.devices.models import Device, Gateway, Profile
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things.models import Project, Sensor, Thing

# 12:30 in Berlin; the hour is 11:00 UTC.
NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
CODEC = """
function decodeUplink(input) {
  if (input.fPort === 9) {
    return { data: { latitude: input.bytes[0] / 100 + 51, longitude: input.bytes[1] / 100 + 7 } };
  }
  return { data: {} };
}
"""
WEST, EAST = "02534bff00000001", "02534bff00000002"


@pytest.fixture(scope="session")
def pool():
    with CodecPool(workers=1) as pool:
        yield pool


@pytest.fixture
def ingest(pool, db):
    return Ingest(pool, Directory(fresh=0))


@pytest.fixture
def profile(db):
    return Profile.objects.create(
        slug="probe", title="Probe", vendor="Test", model="P1", codec=CODEC, measures=[],
        uplink_every=timedelta(hours=1), sensor=Sensor.objects.create(name="probe"),
    )  # fmt: skip


@pytest.fixture
def make(profile):
    """A function that makes a device: standing at `at`, or without a place; public or private."""

    def device(number=1, at=(7.22, 51.54), *, public=True, labels=()):
        project = None
        if not public:
            project, _ = Project.objects.get_or_create(
                slug="private", defaults={"name": "Privat", "public": False}
            )
        place = Place.objects.create(name=f"Ort {number}", geometry=point(*at)) if at else None
        thing = Thing.objects.create(name=f"Ding {number}", place=place, project=project)
        return Device.objects.create(
            dev_eui=f"{number:016x}", name=f"Gerät {number}", profile=profile, thing=thing,
            labels=list(labels),
        )  # fmt: skip

    return device


def reception(gateway, rssi=-100, snr=5.0, **more):
    return {"gatewayId": gateway, "rssi": rssi, "snr": snr, **more}


def uplink(key, *receptions, eui=1, time=NOW, sf=7, port=2, payload=b"\x01", event="up"):
    body = {
        "deduplicationId": key,
        "time": time.isoformat(),
        "deviceInfo": {"devEui": f"{eui:016x}"},
        "fPort": port,
        "data": base64.b64encode(payload).decode(),
        "rxInfo": list(receptions),
        "txInfo": {
            "frequency": 868100000,
            "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": sf}},
        },
    }
    topic = f"application/a/device/{eui:016x}/event/{event}"
    return Message(topic=topic, body=json.dumps(body).encode(), received=max(NOW, time))


@pytest.fixture
def now():
    """A clock that stands still at NOW."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def as_(db):
    """`as_("operator")`: a browser in which somebody with this role is signed in."""
    roles.sync()

    def browser(role):
        person = Account.objects.create(username=f"{role}-{Account.objects.count()}", is_staff=True)
        person.roles.add(Role.objects.get(slug=role))
        client = Client()
        client.force_login(person)
        return client

    return browser


@pytest.fixture
def own():
    """A function that makes a gateway the city's own, standing at a place."""

    def stand(eui, at=(7.23, 51.54), name="Nord"):
        gateway, _ = Gateway.objects.get_or_create(eui=eui)
        gateway.name, gateway.own = name, True
        gateway.save()
        place = Place.objects.create(
            kind="lorawan_network.gateway", name=name, geometry=point(*at), invented=True
        )
        standing.stand(gateway, place)
        return gateway

    return stand
