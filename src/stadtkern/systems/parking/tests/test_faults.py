"""Faults are found where they were planted, and nowhere else."""

from datetime import timedelta

import pytest

from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream
from stadtkern.systems.parking import datasets, jobs, layers, logic
from stadtkern.systems.parking.logic import faults, plausible
from stadtkern.systems.parking.models import Closure, Fault

from .conftest import NOW

pytestmark = pytest.mark.django_db


def past(site, still=(), days=8, quiet=()):
    """Every bay changes all few hours, except those that stand still; each reports every hour."""
    rows = []
    for hour in range(days * 24):
        at = NOW - timedelta(hours=hour)
        for bay, stream in enumerate(site.streams):
            if bay in quiet and hour < 30:
                continue
            taken = 1.0 if bay in still else float((hour // 4 + bay) % 2)
            rows.append(store.Observation(datastream=stream, at=at, value=taken))
            if bay not in still and (hour + bay) % 4 == 0:
                between = at + timedelta(minutes=10)
                if between < NOW:
                    rows.append(store.Observation(datastream=stream, at=between, value=1.0 - taken))
    store.write(rows)


def kinds():
    return sorted(
        (fault.place.name, fault.kind)
        for fault in Fault.objects.filter(until=None).select_related("place")
    )


def test_clean_data_have_no_fault(car_park):
    past(car_park(10))
    assert faults.look() == faults.Change(opened=0, ended=0)


def test_stuck_and_silent_sensors_are_found_and_their_bays_unknown(car_park):
    site = car_park(10)
    past(site, still=(3,), quiet=(7,))
    before = logic.sites()[0].count
    for _ in range(2):
        jobs.look_for_faults()
        assert kinds() == [("Platz A 4", "stuck"), ("Platz A 8", "silent")]
    count = logic.sites()[0].count
    assert before.unknown == 1
    assert (count.unknown, count.capacity) == (2, 10)
    fault = Fault.objects.get(kind="stuck")
    assert fault.evidence["days"] == 7
    assert fault.evidence["others"] >= plausible.EXPECTED_CHANGES


def test_a_whole_car_park_that_stands_still_is_not_stuck(car_park):
    past(car_park(10), still=range(10))
    assert plausible.stuck(logic.sites()[0].bays) == []


def test_a_quiet_disabled_bay_is_compared_with_its_like(car_park):
    site = car_park(10)
    for bay in site.bays[:5]:
        bay.properties["audience"] = "disabled"
        bay.save()
    past(site, still=range(5))
    assert plausible.stuck(logic.sites()[0].bays) == []


def test_a_sensor_that_changes_again_is_no_longer_stuck(car_park, clock):
    site = car_park(10)
    past(site, still=(3,))
    jobs.look_for_faults()
    clock.shift(timedelta(minutes=30))
    site.hear(3, taken=False, at=NOW + timedelta(minutes=20))
    jobs.look_for_faults()
    assert kinds() == []
    assert Fault.objects.get().until == NOW + timedelta(minutes=30)


def test_somebody_who_looked_ends_the_distrust(car_park, admin_user):
    site = car_park(10)
    past(site, still=(3,))
    jobs.look_for_faults()
    faults.checked(Fault.objects.get(), admin_user)
    assert logic.sites()[0].unknown == 0
    jobs.look_for_faults()
    assert Fault.objects.count() == 1


def test_a_flapping_sensor_is_found_and_believed_only_when_it_is_calm(car_park, clock):
    site = car_park(10)
    for n in range(25):
        for bay in (0, 1) if n < 6 else (0,):
            site.hear(
                bay, taken=bool(n % 2), at=NOW - timedelta(minutes=50) + n * timedelta(minutes=2)
            )
    jobs.look_for_faults()
    assert kinds() == [("Platz A 1", "flapping")]
    clock.shift(timedelta(minutes=25))
    jobs.look_for_faults()
    assert kinds() == [("Platz A 1", "flapping")]
    clock.shift(timedelta(minutes=30))
    jobs.look_for_faults()
    assert kinds() == []


def test_a_bay_out_of_service_is_no_space(car_park):
    site = car_park(10)
    site.hear_all(taken=4)
    Closure.objects.create(bay=site.bays[9], why="Baustelle", since=NOW)
    Closure.objects.create(
        bay=site.bays[0], since=NOW - timedelta(days=2), until=NOW - timedelta(days=1)
    )
    jobs.recount_all()
    (found,) = logic.sites()
    assert (found.free, found.capacity, found.count.blocked) == (5, 9, 1)
    assert [value for _at, value, _extra in site.counts()] == [5.0]


def test_how_long_a_disabled_bay_is_taken_is_told_to_nobody(car_park, client):
    site = car_park(6)
    site.bays[0].properties["audience"] = "disabled"
    site.bays[0].save()
    site.hear_all(taken=6)
    jobs.recount_all()
    (row,) = (
        one for one in datasets.bay_rows() if one["kept_for"] == "für Menschen mit Behinderung"
    )
    assert (row["state"], row["changed_at"]) == ("belegt", None)
    pin = next(one for one in layers.bay_pins() if one.place == site.bays[0].public_id)
    assert (pin.text, pin.at, pin.datastreams) == ("belegt", None, ())
    assert not Datastream.objects.public().filter(pk=site.streams[0]).exists()
    answer = client.get(f"/api/sensorthings/v1.1/Datastreams({site.streams[0]})/Observations")
    assert answer.status_code in (401, 403, 404)
    # Its state still counts.
    assert logic.sites()[0].by_audience["disabled"].taken == 1
