"""A town with a few devices, a clock that tests hold, and rounds of rules."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.alerts import evaluate, incidents, listen, notify
from stadtkern.kernel.alerts.models import Alert, Rule
from stadtkern.kernel.devices.models import Device, Network, Profile
from stadtkern.kernel.people import roles
from stadtkern.kernel.people.models import Account, Role
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self):
        self.at = START

    def now(self):
        return self.at

    def on(self, **length):
        self.at += timedelta(**length)
        return self.at


@pytest.fixture
def time(monkeypatch):
    held = Clock()
    monkeypatch.setattr(clock, "now", held.now)
    return held


@pytest.fixture
def town(db):
    """A network, a profile, a property; `town.device()` and `town.stream()` make more."""
    sensor = Sensor.objects.create(name="probe")
    network = Network.objects.create(slug="lora", title="Stadtnetz", kind="chirpstack")
    pm10 = ObservedProperty.objects.create(slug="pm10", name="PM10")
    profile = Profile.objects.create(
        slug="probe", title="Probe", vendor="x", model="y", sensor=sensor,
        uplink_every=timedelta(minutes=10),
    )  # fmt: skip
    made = SimpleNamespace(
        sensor=sensor, network=network, pm10=pm10, profile=profile,
        place=Place.objects.create(name="Rathaus", geometry=point(7.22, 51.54)),
    )  # fmt: skip

    def thing(name="Messpunkt", **fields):
        return Thing.objects.create(name=name, kind="test.probe", place=made.place, **fields)

    def stream(name="pm10", *, of=None, prop=None, **fields):
        return Datastream.objects.create(
            thing=of or thing(), sensor=sensor, observed_property=prop or pm10, name=name,
            unit_symbol="µg/m³", **fields,
        )  # fmt: skip

    def device(number=1, **fields):
        fields.setdefault("profile", profile)
        fields.setdefault("network", network)
        return Device.objects.create(
            dev_eui=f"{number:016x}", name=f"Gerät {number}", created=START - timedelta(days=30),
            **fields,
        )  # fmt: skip

    made.thing, made.stream, made.device = thing, stream, device
    return made


@pytest.fixture
def people(db):
    roles.sync()
    made = {}
    for name in ("reader", "data", "operator"):
        made[name] = Account.objects.create(
            username=name, is_staff=True, email=f"{name}@stadt.example"
        )
        made[name].roles.add(Role.objects.get(slug=name))
    return SimpleNamespace(**made)


@pytest.fixture
def rule(db):
    """A function that makes a rule."""

    def make(kind="threshold", about="datastream", condition=None, **fields):
        fields.setdefault("title", "Regel")
        return Rule.objects.create(kind=kind, about=about, condition=condition or {}, **fields)

    return make


@pytest.fixture
def put(db):
    """A function that stores values of a datastream."""

    def put(stream, *values):
        store.write(
            [store.Observation(datastream=stream.pk, at=at, value=value) for at, value in values]
        )

    return put


@pytest.fixture
def look(time):
    """A function that lets all rules look, a minute later; the alerts there are then."""

    def look(**later):
        time.on(**(later or {"minutes": 1}))
        evaluate.rules()
        incidents.group()
        notify.make()
        return list(Alert.objects.order_by("pk"))

    return look


@pytest.fixture(autouse=True)
def _forget():
    listen._watched.__init__()
