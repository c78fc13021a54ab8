from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stadtkern.kernel import registry
from stadtkern.kernel.events import ObservationsStored
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Latest
from stadtkern.systems.parking import jobs, logic

from .conftest import NOW, CarPark

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def event(*streams):
    return ObservationsStored(datastreams=streams, kinds=("parking.bay-sensor",))


def test_a_count_says_how_many_are_free_and_how_many_it_does_not_know(car_park):
    site = car_park(10)
    for i in range(8):
        site.hear(i, taken=i < 3)
    logic.recount(event(site.streams[0]))
    assert site.counts() == [(NOW, 5.0, {"resultQuality": {"known": 8, "unknown": 2}})]


def test_a_full_car_park_shows_no_free_bay_and_one_without_sensors_shows_nothing(car_park):
    full, dumb = car_park(10), car_park(10, "P+R Süd")
    full.hear_all(taken=10)
    jobs.recount_all()
    shown = {site.place.name: (site.free, site.state) for site in logic.sites()}
    assert shown == {"P+R Nord": (0, "bad"), "P+R Süd": (None, "none")}
    assert dumb.counts() == []


def test_the_same_event_twice_stores_one_count(car_park):
    site = car_park()
    site.hear_all(taken=4)
    for _ in range(3):
        logic.recount(event(*site.streams))
    assert [value for _at, value, _extra in site.counts()] == [6.0]


def test_an_unchanged_count_is_confirmed_every_five_minutes(car_park, later):
    site = car_park()
    site.hear_all(taken=4)
    jobs.recount_all()
    later(minutes=4, seconds=59)
    jobs.recount_all()
    assert len(site.counts()) == 1
    later(seconds=1)
    jobs.recount_all()
    assert [at for at, _value, _extra in site.counts()] == [NOW, NOW + 5 * MINUTE]


def test_a_changed_count_is_stored_at_once_and_follows_the_last_one(car_park):
    site = car_park()
    site.hear_all(taken=4)
    logic.recount(event(*site.streams))
    stream = site.hear(9, taken=True, at=NOW + timedelta(seconds=1))
    logic.recount(event(stream))
    counts = site.counts()
    assert [value for _at, value, _extra in counts] == [6.0, 5.0]
    assert counts[0][0] < counts[1][0]


def test_a_late_message_does_not_bring_back_an_old_state(car_park):
    site = car_park()
    site.hear_all(taken=4)
    logic.recount(event(*site.streams))
    stream = site.hear(9, taken=True, at=NOW - timedelta(hours=1))
    logic.recount(event(stream))
    assert [value for _at, value, _extra in site.counts()] == [6.0]


def test_a_silent_sensor_makes_its_bay_unknown_without_any_event(car_park, later):
    site = car_park(10)
    site.hear_all(taken=0, at=NOW - timedelta(hours=24, minutes=30))
    for i in range(7):
        site.hear(i, taken=False)
    jobs.recount_all()
    later(hours=1)
    jobs.recount_all()
    assert [(v, extra["resultQuality"]) for _at, v, extra in site.counts()] == [
        (10.0, {"known": 10, "unknown": 0}), (7.0, {"known": 7, "unknown": 3}),
    ]  # fmt: skip


def test_no_count_is_published_while_less_than_half_of_the_bays_is_known(car_park):
    site = car_park(10)
    for i in range(4):
        site.hear(i, taken=False)
    jobs.recount_all()
    assert site.counts() == []
    site.hear(4, taken=True)
    jobs.recount_all()
    assert [value for _at, value, _extra in site.counts()] == [4.0]


def test_an_invalid_value_is_not_a_state(car_park):
    site = car_park(10)
    site.hear_all(taken=0)
    later = NOW + timedelta(seconds=1)
    store.write([store.Observation(
        datastream=site.streams[0], at=later, value=0.0, quality=store.INVALID
    )])  # fmt: skip
    assert logic.tally(logic.sites()[0].bays) == logic.Tally(free=9, taken=0, unknown=1)


def test_events_of_other_things_count_nothing(car_park):
    site, other = car_park(), car_park(10, "P+R Süd")
    site.hear_all(taken=4)
    other.hear_all(taken=4)
    logic.recount(event(*other.streams))
    assert (len(site.counts()), len(other.counts())) == (0, 1)


@pytest.mark.parametrize(
    ("free", "taken", "unknown", "state"),
    [(30, 70, 0, "good"), (25, 75, 0, "good"), (24, 76, 0, "tight"), (3, 97, 0, "tight"),
     (2, 98, 0, "bad"), (0, 100, 0, "bad"), (0, 0, 100, "none"), (49, 0, 51, "none"),
     (50, 0, 50, "good"), (10, 40, 50, "tight"), (0, 0, 0, "none")],
)  # fmt: skip
def test_the_state_follows_the_citys_limits(free, taken, unknown, state):
    assert logic.state_of(logic.Tally(free=free, taken=taken, unknown=unknown)) == state


def test_a_stale_count_is_never_shown_as_fresh(car_park, later):
    site = car_park()
    site.hear_all(taken=4)
    jobs.recount_all()
    limit = registry.settings_of("parking").stale_after_minutes
    later(minutes=limit)
    assert logic.sites()[0].free == 6
    later(seconds=1)
    shown = logic.sites()[0]
    assert (shown.free, shown.state, shown.stale, shown.at) == (None, "none", True, NOW)


def test_many_bays_ask_the_database_no_more_than_few(car_park, django_assert_num_queries):
    def asked(site):
        site.hear_all(taken=1)
        jobs.recount_all()
        site.hear(0, taken=False, at=NOW + MINUTE)
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            logic.recount_site(site.place.pk)
        return len(queries)

    assert asked(car_park(3)) == asked(car_park(60, "P+R Süd"))


messages = st.lists(
    st.tuples(st.integers(0, 4), st.integers(-200_000, 0), st.booleans(), st.booleans()),
    max_size=25,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sent=messages, order=st.randoms(use_true_random=False))
@pytest.mark.slow
def test_any_order_of_messages_ends_with_a_plain_recount(db, clock, sent, order):
    """Late, repeated and shuffled: the last count is what the newest message of each bay says."""
    from django.db import transaction

    with transaction.atomic():
        site = CarPark(5)
        # One message a bay and instant: what two sensors said at the same instant has no order.
        unique = {(bay, seconds): (taken, again) for bay, seconds, taken, again in sent}
        arriving = [
            (b, s, taken) for (b, s), (taken, again) in unique.items() for _ in range(1 + again)
        ]
        order.shuffle(arriving)
        for bay, seconds, taken in arriving:
            stream = site.hear(bay, taken, at=NOW + timedelta(seconds=seconds))
            logic.recount(event(stream))
        states = plain_states(unique)
        known = [taken for taken in states.values() if taken is not None]
        last = Latest.objects.filter(datastream__thing__place=site.place).first()
        if len(known) >= 2.5:
            assert last is not None
            assert last.value == known.count(False)
        assert logic.tally(logic.sites()[0].bays) == logic.Tally(
            free=known.count(False), taken=known.count(True), unknown=5 - len(known)
        )
        transaction.set_rollback(True)


def plain_states(unique):
    """The newest word of each bay, forgotten after 25 hours."""
    states = {}
    for (bay, seconds), (taken, _again) in sorted(unique.items(), key=lambda item: item[0][1]):
        states[bay] = taken if seconds >= -25 * 3600 else None
    return states
