"""Networks, devices with and without a codec, and a door to knock at."""

import asyncio
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from stadtkern.kernel.devices.ingest.batch import Ingest
from stadtkern.kernel.devices.ingest.directory import Directory
from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.devices.models import Device, Network, Profile
from stadtkern.kernel.devices.networks import ADAPTERS, directory, token
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.sensorthings import pool as connections
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing
from stadtkern.site.device_door import http, known

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKEN = "a-token-of-this-network"
CODEC = "function decodeUplink(input) { return { data: { temperature: input.bytes[0] / 2 } }; }"


@pytest.fixture(autouse=True)
def _nothing_remembered():
    directory.forget()
    known.forget()


def read(kind, topic, body, settings=None, **headers):
    """The events that the adapter of this kind reads."""
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    message = Message(topic=topic, body=body, received=NOW, network="there", headers=named)
    return list(ADAPTERS[kind].read(message, settings or {}))


def read_again(kind, event, settings=None):
    """The one event that is read from what is kept of it: its topic and body, no headers."""
    message = Message(topic=event.topic, body=event.body, received=event.received, network="there")
    (again,) = ADAPTERS[kind].read(message, settings or {})
    return again


@pytest.fixture
def network(db):
    """A function that sets a network up."""

    def make(slug="there", kind="chirpstack", way="http", **more):
        values = {"title": slug, "digest": token.digest(TOKEN), **more}
        made = Network.objects.create(slug=slug, kind=kind, way=way, **values)
        directory.forget()
        known.forget()
        return made

    return make


@pytest.fixture
def device(db):
    """A function that makes a device with one datastream."""

    def make(dev_eui, path="temperature", *, codec=CODEC, network=None):
        sensor = Sensor.objects.create(name=f"sensor {dev_eui}")
        observed, _ = ObservedProperty.objects.get_or_create(slug="t", name="Temperature")
        thing = Thing.objects.create(name=dev_eui, kind="test.probe")
        Datastream.objects.create(
            thing=thing, sensor=sensor, observed_property=observed, name=dev_eui
        )
        rule = {"path": path, "property": "t", "factor": 1.0, "offset": 0.0, "words": {}}
        profile = Profile.objects.create(
            slug=f"p-{dev_eui}".replace(".", "-")[:80],
            title=dev_eui,
            vendor="Test",
            model="T",
            codec=codec,
            codec_kind="javascript" if codec else "none",
            sensor=sensor,
            measures=[rule],
            uplink_every=timedelta(hours=1),
            thing_kind="test.probe",
        )
        return Device.objects.create(
            dev_eui=dev_eui, name=dev_eui, profile=profile, thing=thing, network=network
        )

    return make


@pytest.fixture(scope="session")
def codecs():
    with CodecPool(workers=1) as pool:
        yield pool


@pytest.fixture
def ingest(codecs):
    return Ingest(codecs, Directory(fresh=0))


def chirpstack(eui="0101010101010101", *, first=42, dedup="d1", **more):
    """An `up` event of ChirpStack."""
    return {
        "deduplicationId": dedup,
        "time": NOW.isoformat(),
        "deviceInfo": {"devEui": eui},
        "fPort": 2,
        "data": b64encode(bytes([first])).decode(),
        **more,
    }


class Answer:
    """What the door said."""

    def __init__(self):
        self.status, self.headers, self.body = 0, {}, b""

    @property
    def said(self):
        return json.loads(self.body)["message"]


class Door:
    """Knocks at the door in process, on one event loop."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()

    def __call__(self, method, path, body=b"", *, headers=None, bearer=TOKEN):
        return self.loop.run_until_complete(
            self.knock(method, path, body, headers=headers, bearer=bearer)
        )

    async def knock(self, method, path, body=b"", *, headers=None, bearer=TOKEN):
        path, _, query = path.partition("?")
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"host": "testserver", **(headers or {})}
        if bearer:
            sent.setdefault("authorization", f"Bearer {bearer}")
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in sent.items()],
        }
        answer = Answer()

        async def receive():
            return {"type": "http.request", "body": payload, "more_body": False}

        async def send(message):
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
            else:
                answer.body += message["body"]

        await http.application(scope, receive, send)
        return answer

    def together(self, *calls):
        async def all_of_them():
            return await asyncio.gather(*(self.knock(*call) for call in calls))

        return self.loop.run_until_complete(all_of_them())

    def close(self):
        self.loop.run_until_complete(http.close())
        self.loop.run_until_complete(connections.close())
        self.loop.close()


@pytest.fixture
def door(transactional_db):
    made = Door()
    yield made
    made.close()
