import random
from datetime import timedelta

import pytest
import time_machine
from django.db import connection

from stadtkern.kernel.devices.models import Device
from stadtkern.kernel.places.models import Place
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, Latest
from stadtkern.systems.parking import demo, layers, logic, recordings
from stadtkern.systems.parking.models import Calibration

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


def test_both_sites_have_165_bays_with_the_devices_of_the_simulator(filled):
    found = {site.place.name: site for site in logic.sites() if site.bays}
    assert sorted(found) == ["P+R Bahnhof Herne", "P+R Wanne-Eickel Hauptbahnhof"]
    assert {len(site.bays) for site in found.values()} == {165}
    assert {bay.audience for bay in found["P+R Bahnhof Herne"].bays} == {
        "", "disabled", "electric", "family"
    }  # fmt: skip
    euis = set(Device.objects.values_list("dev_eui", flat=True))
    bays = {f"{group}{n:08x}" for group in ("02534b01", "02534b02") for n in range(1, 166)}
    counters = {"02534b0300000001", "02534b0300000002"}
    assert {eui for eui in euis if eui < "02534b04"} == bays | counters
    first = Device.objects.select_related("thing__place__parent").get(dev_eui="02534b0200000001")
    assert (first.thing.place.name, first.thing.place.parent.name) == (
        "Stellplatz A 1", "P+R Wanne-Eickel Hauptbahnhof",
    )  # fmt: skip


def test_what_is_invented_says_so(filled):
    assert not Place.objects.filter(invented=False).exists()
    assert all("invented" in place.about_en for place in Place.objects.all())
    assert all("erfunden" in place.about.lower() for place in Place.objects.all())


def test_bays_lie_near_their_station_and_not_on_each_other(filled):
    for site in (one for one in logic.sites() if one.bays):
        assert len({(bay.lon, bay.lat) for bay in site.bays}) == 165
        for bay in site.bays:
            assert abs(bay.lon - site.place.lon) < 0.003
            assert abs(bay.lat - site.place.lat) < 0.002


def test_the_history_ends_before_now_says_where_it_is_from_and_is_not_a_live_number(filled):
    for stream in Datastream.objects.filter(observed_property__slug="free_bays"):
        latest = Latest.objects.get(datastream=stream)
        assert NOW - timedelta(minutes=55) < latest.at < NOW - timedelta(minutes=30)
        assert latest.n > 10_000
        assert "Stadt Münster (dl-de/by-2-0), historisiert von Code For Münster" in stream.source
        assert "16 Wochen verschoben" in stream.source
        assert stream.licence == "dl-de/by-2-0"
        assert stream.one_per_instant
    # The sensors have said nothing yet, so nothing is shown as current.
    assert {pin.state for pin in layers.site_pins()} == {"none"}
    assert layers.free_tile().stale


def test_a_recording_keeps_weekday_and_time_of_day():
    weeks = 16
    for at, _free in recordings.read("muenster_arkaden")[::97]:
        there = recordings.moved(at, weeks)
        assert (there.weekday(), there.time()) == (at.weekday(), at.time())
        assert there.utcoffset() == there.replace(tzinfo=recordings.THERE).utcoffset()


@pytest.mark.parametrize(
    ("free", "expected"), [(0, 0), (83, 82), (166, 165), (170, 165), (-4, 0), (1, 1)]
)
def test_counts_are_converted_to_the_size_of_the_site(free, expected):
    assert recordings.converted(free, 166, 165) == expected


def test_the_invented_car_park_is_counted_from_the_first_messages_on(filled):
    (site,) = (one for one in logic.sites() if one.facts.counting == "lanes")
    assert (site.capacity, site.facts.max_height_cm, len(site.facts.lanes.all())) == (220, 205, 2)
    for lane in site.facts.lanes.all():
        stream = Datastream.objects.get(thing=lane.thing).pk
        for minutes, total in ((1, 0), (2, 30 if lane.direction == "in" else 10)):
            at = NOW + timedelta(minutes=minutes)
            store.write([store.Observation(datastream=stream, at=at, value=float(total))])
    filled.shift(timedelta(minutes=2))
    assert logic.recount_site(site.place.pk)
    (site,) = logic.sites([site.place])
    # Monday, 10:30 in the city: 0.5975 of 220 were taken when the demo began.
    assert site.count.taken == 131 + 30 - 10


def test_after_a_pause_the_count_of_the_lanes_begins_anew(filled):
    assert Calibration.objects.count() == 1
    filled.shift(timedelta(minutes=20))
    demo.fill(random.Random(3))
    assert Calibration.objects.count() == 1
    filled.shift(timedelta(hours=3))
    demo.fill(random.Random(3))
    assert Calibration.objects.count() == 2


def test_bays_for_disabled_people_are_private_from_the_first_moment(filled):
    rows = Datastream.objects.filter(thing__place__properties__audience="disabled")
    assert [row.public for row in rows] == [False] * 12
