"""What ingest knows of devices is renewed together, not by every batch."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.devices.ingest import directory
from stadtkern.kernel.devices.ingest.directory import MOST, Directory
from stadtkern.kernel.devices.models import Device, Profile
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing

pytestmark = pytest.mark.django_db
MEASURE = {"path": "t", "property": "warmth", "factor": 2.0, "offset": 1.0, "words": {}}


@pytest.fixture
def fleet():
    """Forty devices of one profile; the first one has a thing on a place."""
    profile = Profile.objects.create(
        slug="p", title="P", vendor="V", model="M", codec="x", measures=[MEASURE], battery="b",
        uplink_every=timedelta(hours=1), sensor=Sensor.objects.create(name="S"), version=3,
    )  # fmt: skip
    point = {"type": "Point", "coordinates": [7.25, 51.5]}
    place = Place.objects.create(name="Here", geometry=point)
    thing = Thing.objects.create(name="T", kind="test.probe", place=place)
    stream = Datastream.objects.create(
        thing=thing, sensor=profile.sensor, name="D", decimals=1, low=-5.0, high=9.0,
        observed_property=ObservedProperty.objects.create(slug="warmth", name="Warmth"),
    )  # fmt: skip
    euis = [f"{number:016x}" for number in range(40)]
    Device.objects.bulk_create(
        Device(dev_eui=eui, name=eui, profile=profile, thing=thing if eui == euis[0] else None)
        for eui in euis
    )
    return SimpleNamespace(euis=euis, thing=thing, stream=stream, profile=profile)


@pytest.fixture
def now(monkeypatch):
    time = SimpleNamespace(at=100.0)
    monkeypatch.setattr(directory, "time", SimpleNamespace(monotonic=lambda: time.at))
    return time


def asked(known, *euis):
    with CaptureQueriesContext(connection) as queries:
        found = known.look_up(euis)
    assert set(found) == set(euis)
    return len(queries)


def test_a_device_is_known_with_its_rules_streams_and_place(fleet):
    first, second = (Directory().look_up(fleet.euis[:2])[eui] for eui in fleet.euis[:2])
    assert first.streams["warmth"].id == fleet.stream.pk
    assert (first.streams["warmth"].low, first.streams["warmth"].high) == (-5.0, 9.0)
    assert first.spot == pytest.approx((7.25, 51.5))
    assert (first.kind, first.version, first.battery) == ("test.probe", 3, "b")
    assert first.rules == second.rules
    assert (first.rules[0].factor, first.rules[0].offset) == (2.0, 1.0)
    assert (second.kind, second.streams, second.spot) == ("", {}, None)


def test_a_burst_asks_three_times_and_small_batches_not_each_of_them(fleet, now):
    known = Directory(fresh=5.0)
    assert asked(known, *fleet.euis) == 3
    assert asked(known, *fleet.euis) == 0
    now.at += 5.1
    assert len(fleet.euis) <= MOST
    assert asked(known, fleet.euis[0]) == 3
    assert sum(asked(known, eui) for eui in fleet.euis[1:]) == 0


def test_what_has_changed_is_seen_within_its_time(fleet, now):
    known = Directory(fresh=5.0)
    known.look_up(fleet.euis)
    Device.objects.filter(dev_eui=fleet.euis[3]).update(resting=True)
    now.at += 4.0
    assert not known.look_up([fleet.euis[3]])[fleet.euis[3]].resting
    now.at += 1.1
    assert known.look_up([fleet.euis[3]])[fleet.euis[3]].resting


def test_a_device_that_is_not_known_is_asked_for_again_only_when_it_comes(fleet, now):
    known = Directory(fresh=5.0)
    assert known.look_up(["ff" * 8]) == {}
    now.at += 5.1
    with CaptureQueriesContext(connection) as queries:
        known.look_up(fleet.euis[:1])
    assert not any("ff" * 8 in query["sql"] for query in queries)
