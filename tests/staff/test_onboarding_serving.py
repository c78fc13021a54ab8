"""A device in the field is changed, moved and replaced, and no history gets lost."""

from datetime import timedelta

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.audit.models import Entry
from stadtkern.kernel.devices.models import Deployment, Device, Profile
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things.models import Sensor

LIST = "/staff/devices/"
NEW_EUI = "a84041000181c0ff"


@pytest.fixture
def station(place):
    return Place.objects.create(name="Bahnhof", kind=place.kind, geometry=point(7.22, 51.53))


def changed(device, **more):
    return {"name": device.name, "profile": device.profile_id, **more}


def test_another_name_leaves_the_thing_alone(as_, device):
    before = device.thing_id
    as_("data").post(f"{LIST}{device.pk}/change/", changed(device, name="Neu", labels="Dach"))
    device = Device.objects.get()
    assert (device.name, device.labels, device.thing_id) == ("Neu", ["Dach"], before)
    assert Entry.objects.get(verb="devices.change").details["before"]["name"] == "Rathaus Nord"


def test_an_empty_key_leaves_the_present_one(as_, device):
    address = f"{LIST}{device.pk}/change/"
    as_("data").post(address, changed(device, app_key="00" * 16))
    kept = bytes(Device.objects.get().keys)
    as_("data").post(address, changed(device))
    assert bytes(Device.objects.get().keys) == kept


def test_a_wrong_key_is_refused(as_, device):
    answer = as_("data").post(f"{LIST}{device.pk}/change/", changed(device, app_key="0123"))
    assert "32" in " ".join(answer.context["form"].errors["app_key"])


def test_another_profile_of_the_same_kind_completes_the_thing(as_, device):
    old = device.profile
    rule = {"path": "h", "property": "relative_humidity", "factor": 1, "offset": 0, "words": {}}
    other = Profile.objects.create(
        slug="other", title="Anderer", vendor="M", model="T2", codec=old.codec,
        uplink_every=timedelta(hours=1), thing_kind=old.thing_kind,
        measures=[*old.measures, rule], sensor=Sensor.objects.create(name="M T2"),
    )  # fmt: skip
    as_("data").post(f"{LIST}{device.pk}/change/", {"name": device.name, "profile": other.pk})
    streams = Device.objects.get().thing.datastreams.all()
    assert {s.observed_property.slug for s in streams} == {"air_temperature", "relative_humidity"}


def test_moved_without_its_history_it_measures_something_new(as_, device, place, station):
    old = device.thing
    as_("data").post(
        f"{LIST}{device.pk}/move/", {"where": "known", "place": "Bahnhof", "along": "stay"}
    )
    device = Device.objects.get()
    assert device.thing != old
    assert device.thing.place == station
    assert [s.observed_property.slug for s in device.thing.datastreams.all()] == ["air_temperature"]
    old.refresh_from_db()
    assert old.place == place
    assert Deployment.objects.get().thing == old
    assert Entry.objects.filter(verb="devices.move").exists()


def test_moved_with_its_history_it_is_the_same_thing_elsewhere(as_, device, station):
    as_("data").post(
        f"{LIST}{device.pk}/move/", {"where": "known", "place": "Bahnhof", "along": "along"}
    )
    moved = Device.objects.get()
    assert moved.thing == device.thing
    assert moved.thing.place == station
    places = [h.place for h in moved.thing.historical_locations.order_by("id")]
    assert places[-1] == station
    assert not Deployment.objects.exists()


def test_a_new_device_takes_over_the_thing_and_the_old_one_rests(as_, device, send):
    thing = device.thing
    send(NEW_EUI, outcome="unknown", at=clock.now() - timedelta(minutes=1))
    answer = as_("data").post(f"{LIST}{device.pk}/replace/", {"label": NEW_EUI.upper()})
    new = Device.objects.get(dev_eui=NEW_EUI)
    assert answer["Location"] == f"{LIST}{new.pk}/"
    assert (new.thing, new.name, new.profile) == (thing, device.name, device.profile)
    assert new.uplinks.count() == 1
    device.refresh_from_db()
    assert (device.thing, device.resting) == (None, True)
    past = Deployment.objects.get()
    assert (past.device, past.thing, past.successor) == (device, thing, new)


def test_a_device_that_is_busy_elsewhere_replaces_nobody(as_, device, profile):
    Device.objects.create(dev_eui=NEW_EUI, name="X", profile=profile, thing=device.thing)
    answer = as_("data").post(f"{LIST}{device.pk}/replace/", {"label": NEW_EUI})
    assert "label" in answer.context["form"].errors
    device.refresh_from_db()
    assert device.thing is not None


def test_a_device_cannot_replace_itself(as_, device):
    answer = as_("data").post(f"{LIST}{device.pk}/replace/", {"label": device.dev_eui})
    assert answer.status_code == 422
    assert not Deployment.objects.exists()
