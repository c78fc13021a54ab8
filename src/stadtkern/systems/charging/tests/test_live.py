"""A status changes in one way: later ones win, late ones are kept, silence is said."""

from datetime import timedelta

import pytest

from stadtkern.kernel import clock
from stadtkern.kernel.things.models import Latest
from stadtkern.systems.charging import feed, jobs
from stadtkern.systems.charging.logic import live, reading
from stadtkern.systems.charging.models import ChargePoint, Evse, Outlet, StatusEvent


@pytest.fixture
def evse(station):
    return station.evses.get(number=1)


def status(evse):
    evse.refresh_from_db()
    return evse.status


def test_a_later_word_wins_and_an_older_one_is_only_kept(evse):
    now = clock.now()
    assert live.tell(evse.pk, "CHARGING", now)
    assert not live.tell(evse.pk, "AVAILABLE", now - timedelta(minutes=5))
    assert status(evse) == "CHARGING"
    told = StatusEvent.objects.order_by("at").values_list("status", "late")
    assert list(told) == [("AVAILABLE", True), ("CHARGING", False)]


def test_the_same_word_told_twice_is_one_event_and_two_in_one_second_are_two(evse):
    at = clock.now()
    for word in ("CHARGING", "CHARGING", "AVAILABLE"):
        live.tell(evse.pk, word, at)
    assert status(evse) == "AVAILABLE"
    assert StatusEvent.objects.count() == 2


def test_a_clock_that_runs_ahead_does_not_block_what_comes_after(evse):
    live.tell(evse.pk, "CHARGING", clock.now() + timedelta(days=1))
    assert live.tell(evse.pk, "AVAILABLE", clock.now())
    assert status(evse) == "AVAILABLE"


def test_a_word_that_ocpi_does_not_know_is_refused(evse):
    with pytest.raises(ValueError, match="no status"):
        live.tell(evse.pk, "Available", clock.now())
    assert not live.tell(10**9, "AVAILABLE", clock.now())


def test_free_points_are_counted_for_everybody_when_a_status_changes(station):
    for one in station.evses.all():
        live.tell(one.pk, "AVAILABLE", clock.now())
    stream = live.streams()[station.place_id]
    assert Latest.objects.get(datastream=stream).value == 2
    live.tell(station.evses.first().pk, "CHARGING", clock.now())
    assert Latest.objects.get(datastream=stream).value == 1


def test_a_point_that_was_never_heard_has_no_live_data(station):
    (one,) = reading.stations()
    assert (one.known, one.free, one.state, one.live) == (0, 0, "none", False)


def test_silence_for_three_heartbeats_is_not_known_and_counts_as_not_free(evse):
    now = clock.now()
    point = ChargePoint.objects.create(
        location=evse.location, identity="P1", heartbeat_s=60, heard=now
    )
    Outlet.objects.create(point=point, number=1, evse=evse)
    live.tell(evse.pk, "AVAILABLE", now)
    (one,) = reading.stations()
    assert (one.free, one.unknown) == (1, 1)
    ChargePoint.objects.update(heard=now - timedelta(seconds=181))
    (one,) = reading.stations()
    assert (one.free, one.known, one.points[0].silent) == (0, 0, True)
    assert next(iter(feed.locations())).evses[0].status == "UNKNOWN"
    ChargePoint.objects.update(heard=clock.now())
    assert reading.stations()[0].free == 1, "heard again, it is what it last said"


def test_the_job_counts_what_fell_silent(evse):
    now = clock.now()
    point = ChargePoint.objects.create(
        location=evse.location, identity="P1", heartbeat_s=60, heard=now
    )
    Outlet.objects.create(point=point, number=1, evse=evse)
    other = evse.location.evses.get(number=2)
    live.tell(evse.pk, "AVAILABLE", now)
    live.tell(other.pk, "AVAILABLE", now)
    ChargePoint.objects.update(heard=now - timedelta(hours=1))
    assert jobs.count() == "1 counts stored"
    assert Latest.objects.get(datastream=live.streams()[evse.location.place_id]).value == 1


def test_any_number_of_locations_is_read_with_the_same_queries(station, django_assert_num_queries):
    Evse.objects.create(location=station, number=3, uid="am-test-3")
    with django_assert_num_queries(3):
        assert len(list(feed.locations())) == 1
