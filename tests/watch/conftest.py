"""A device whose messages go the way of ingest, without codec workers."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from stadtkern.kernel.devices.ingest.batch import commit
from stadtkern.kernel.devices.ingest.directory import fetch
from stadtkern.kernel.devices.ingest.event import Incoming, Reception
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.models import Device, Outcome, Profile
from stadtkern.kernel.things.models import Sensor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EUI = "02534b7700000001"


@pytest.fixture
def profile(db):
    return Profile.objects.create(
        slug="probe",
        title="Probe",
        vendor="Test",
        model="P1",
        codec="",
        sensor=Sensor.objects.create(name="probe"),
        uplink_every=timedelta(hours=1),
    )


@pytest.fixture
def device(profile):
    return Device.objects.create(dev_eui=EUI, name="Probe 1", profile=profile)


@pytest.fixture
def hear(db):
    """`hear(frame, minutes, ...)` is one message; `hear.all([..])` commits messages together."""
    numbers = count()

    def one(frame, minutes=None, *, eui=EUI, event="up", late=0.0, **more):
        at = NOW + timedelta(minutes=(frame or 0) * 10 if minutes is None else minutes)
        outcome = more.pop("outcome", Outcome.STORED)
        battery, rssi = more.pop("battery", None), more.pop("rssi", -100.0)
        heard = (Reception(gateway="gw1", rssi=rssi, snr=5.0),) if event == "up" else ()
        said = {
            "key": f"k{next(numbers)}",
            "topic": "t",
            "body": b"{}",
            "received": at + timedelta(seconds=late),
            "time": at,
            "event": event,
            "dev_eui": eui,
            "f_cnt": frame,
            "gateways": heard,
            "spreading_factor": 7 if event == "up" else None,
            "frequency": 868_100_000 if event == "up" else None,
        }
        known = fetch([eui])[eui]
        return Judged(
            event=Incoming(**said | more),
            outcome=outcome,
            device=known,
            battery=battery,
            reason="codec threw" if outcome == Outcome.FAILED else "",
        )

    def together(messages):
        commit(messages)
        return Device.objects.get(dev_eui=messages[0].event.dev_eui)

    one.all = together
    return one
