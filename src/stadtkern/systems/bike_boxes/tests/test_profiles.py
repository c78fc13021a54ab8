import json
from pathlib import Path

import pytest

from stadtkern.kernel.devices.ingest.mapping import look
from stadtkern.kernel.events import ObservationsStored
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Sensor
from stadtkern.systems.bike_boxes.logic import doors
from stadtkern.systems.bike_boxes.models import Box, Trouble
from stadtkern.systems.bike_boxes.system import system

CODECS = Path(__file__).parents[1] / "codecs"


@pytest.mark.parametrize("profile", system.profiles, ids=lambda one: one.slug)
def test_a_codec_says_what_its_profile_reads(profile):
    examples = json.loads((CODECS / f"{profile.slug}.examples.json").read_text(encoding="utf-8"))
    for path in (*(m.path for m in profile.measures), profile.battery):
        assert any(look(one["output"].get("data"), path) is not None for one in examples), path


def test_a_door_contact_of_its_own_tells_a_forced_door(station, clock):
    sensor = Sensor.objects.create(name="WS301")
    kind = "bike_boxes.door-contact"
    (thing,) = provision.things(kind, [(station.place, "Tür 1")], sensor=sensor)
    Box.objects.filter(pk=station.boxes[0].pk).update(door_thing=thing)
    stream = Datastream.objects.get(thing=thing)
    from stadtkern.kernel import clock as now

    store.write([store.Observation(datastream=stream.pk, at=now.now(), value=1.0)])
    doors.sensed(ObservationsStored(datastreams=(stream.pk,), kinds=(kind,)))
    assert Trouble.objects.get().kind == "forced"
    assert Box.objects.get(number=1).door == "forced"
