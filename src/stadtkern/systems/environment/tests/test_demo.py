import random
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things.models import Datastream, Latest
from stadtkern.systems.environment import demo, logic, recordings

from .conftest import NOW

pytestmark = pytest.mark.django_db


def everything():
    with connection.cursor() as cursor:
        cursor.execute("select count(*), sum(value) from things_observation")
        return (
            cursor.fetchone(),
            list(Place.objects.order_by("id").values()),
            list(Device.objects.order_by("id").values("dev_eui", "name", "thing")),
            list(Datastream.objects.order_by("id").values()),
        )


@pytest.fixture(scope="module")
def city(committed):
    with time_machine.travel(NOW, tick=False):
        committed(lambda: demo.fill(random.Random(1)))


@pytest.fixture
def filled(city, db, clock):
    return clock


def test_a_second_run_changes_nothing(filled):
    before = everything()
    filled.shift(timedelta(days=3))
    demo.fill(random.Random(2))
    assert everything() == before


def test_stations_carry_the_devices_of_the_simulator(filled):
    found = {kind: len(logic.stations(kind)) for kind in ("weather", "air", "counter")}
    assert found == {"weather": 6, "air": 3, "counter": 2}
    assert set(Device.objects.values_list("dev_eui", flat=True)) == {
        *(f"02534b10{n:08x}" for n in range(1, 7)),
        *(f"02534b11{n:08x}" for n in range(1, 4)),
        *(f"02534b12{n:08x}" for n in range(1, 3)),
    }


def test_every_station_says_that_it_is_invented(filled):
    for place in Place.objects.exclude(kind__in=["environment.water", "environment.tree"]):
        assert place.invented
        assert "erfunden" in place.about
        assert "invented" in place.about_en
        assert place.source
        assert place.licence


def test_weather_has_a_history_that_says_where_it_is_from(filled):
    for station in logic.stations("weather"):
        for value in station.values:
            latest = Latest.objects.get(datastream=value.datastream)
            assert NOW - timedelta(days=7) < latest.at < NOW
            assert latest.n > 5000
            assert "Aufzeichnung Bochum 2025" in value.source
            assert "um 59 Wochen verschoben; ab Demo-Start Sensor-Simulator" in value.source
            assert value.licence == "CC0 1.0"


def test_air_and_counters_begin_without_a_history(filled):
    streams = Datastream.objects.filter(thing__kind__in=["environment.air", "environment.counter"])
    assert streams.count() == 10
    assert not Latest.objects.filter(datastream__in=streams).exists()


def test_a_recording_is_stored_as_it_was_measured(filled):
    at, values = recordings.read("werner_hellweg")[4000]
    stream = logic.stations("weather")[0]
    weeks = recordings.weeks_until(recordings.read("werner_hellweg")[-1][0], NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "select o.value, p.slug from things_observation o join things_datastream d"
            " on d.id = o.datastream_id join things_observedproperty p"
            " on p.id = d.observed_property_id where o.at = %s and d.source like '%%Hellweg%%'",
            [at + timedelta(weeks=weeks)],
        )
        found = cursor.fetchall()
    assert {(slug, value) for value, slug in found} == set(values.items())
    assert len(found) == 6
    assert stream.values


def test_pond_and_tree_are_called_bochums_and_never_current(filled, client):
    for kind, slug in (("water", "water_temperature"), ("tree", "trunk_moisture")):
        [station] = logic.stations(kind)
        assert "Bochum" in station.place.name
        assert "Bochum" in station.place.name_en
        assert "aktuelle Werte kommen nicht" in station.place.about
        assert not station.place.invented
        assert station.stale
        value = station.of(slug)
        assert "Aufzeichnung Bochum" in value.source
        assert "Simulator" not in value.source
        assert value.licence == "CC0 1.0"
    for theme, words in (("water", "Stembergteich (Bochum)"), ("green", "Linde 1 (Bochum)")):
        assert words in client.get(f"/dashboard/{theme}/").content.decode()


def test_the_ponds_recording_keeps_its_hours(filled):
    assert dict(recordings.read("stembergteich"))[datetime(2025, 8, 30, 22, 0, tzinfo=UTC)] == {
        "water_temperature": 17.694,
        "dissolved_oxygen": 11.232,
    }
