"""A small field of devices, and people with each of the kernel's roles."""

from base64 import b64encode
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel import clock
from stadtkern.kernel.devices.models import Device, Profile, Uplink, fingerprint
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision
from stadtkern.kernel.things.models import Sensor

KIND = "environment.weather"
CODEC = """function decodeUplink(input) {
  return { data: { temperature: input.bytes[0] } };
}
"""
PASSWORD = "ein sehr langes Kennwort"
PEOPLE = ("reader", "data", "operator", "superuser", "citizen", "new_staff")


@pytest.fixture
def people(db):
    """One account of each kind, by name."""
    roles.sync()
    made = {
        name: Account.objects.create(
            username=name, is_staff=name != "citizen", is_superuser=name == "superuser"
        )
        for name in PEOPLE
    }
    for name in ("reader", "data", "operator"):
        made[name].roles.add(Role.objects.get(slug=name))
    return SimpleNamespace(**made)


@pytest.fixture
def as_(people):
    """`as_("operator")`: a browser in which this person is signed in; `as_("")` nobody."""

    def browser(name):
        client = Client()
        if name:
            client.force_login(getattr(people, name))
        return client

    return browser


@pytest.fixture
def profile(db):
    return Profile.objects.create(
        slug="test-thermometer",
        title="Testthermometer",
        vendor="Muster",
        model="T1",
        codec=CODEC,
        shipped=fingerprint(CODEC),
        uplink_every=timedelta(minutes=10),
        thing_kind=KIND,
        measures=[
            {
                "path": "temperature",
                "property": "air_temperature",
                "factor": 1.0,
                "offset": 0.0,
                "words": {},
            }
        ],
        sensor=Sensor.objects.create(name="Muster T1"),
    )


@pytest.fixture
def place(db):
    return Place.objects.create(name="Rathaus", kind=KIND, geometry=point(7.22, 51.54))


@pytest.fixture
def device(profile, place):
    thing = provision.things(
        KIND, [(place, "Rathaus Nord")], sensor=profile.sensor, only=["air_temperature"]
    )[0]
    return Device.objects.create(
        dev_eui="a84041000181c061",
        name="Rathaus Nord",
        profile=profile,
        thing=thing,
        last_seen=clock.now(),
        battery=80,
        rssi=-97,
        snr=7.5,
    )


@pytest.fixture
def send(db):
    """A function that makes an uplink as ingest would have stored it."""

    def make(dev_eui, first=21, *, device=None, outcome="stored", reason="", at=None, key=None):
        at = at or clock.now()
        payload = bytes([first])
        body = (
            '{"deduplicationId":"%s","time":"%s","deviceInfo":{"devEui":"%s"},"fPort":1,'
            '"data":"%s","rxInfo":[{"gatewayId":"0016c001f1500812","rssi":-97,"snr":7.5}]}'
        )
        key = key or f"k{Uplink.objects.count()}"
        raw = body % (key, at.isoformat(), dev_eui, b64encode(payload).decode())
        return Uplink.objects.create(
            source="chirpstack",
            key=key,
            topic=f"application/1/device/{dev_eui}/event/up",
            received=at,
            time=at,
            dev_eui=dev_eui,
            device=device,
            f_port=1,
            f_cnt=1,
            payload=payload,
            raw=raw.encode(),
            gateway="0016c001f1500812",
            outcome=outcome,
            reason=reason,
        )

    return make


@pytest.fixture
def count_queries(db):
    """A function that runs another one and answers how many queries that took."""

    def count(run):
        with CaptureQueriesContext(connection) as queries:
            run()
        return len(queries)

    return count
