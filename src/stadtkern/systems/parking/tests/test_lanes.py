"""Counters at lanes: late, repeated, lost and restarted, and how drift is corrected."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stadtkern.kernel import registry
from stadtkern.kernel.events import ObservationsStored
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import provision, store
from stadtkern.kernel.things.models import Datastream, Sensor
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.bays import SITE
from stadtkern.systems.parking.logic import calibrating, history, lanes
from stadtkern.systems.parking.models import Calibration, Fault, Lane

from .conftest import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
KIND = "parking.lane-counter"


class House:
    """A car park of 100 spaces with an entry and an exit, in which 40 vehicles were counted."""

    def __init__(self, inside=40, at=NOW - timedelta(hours=12)):
        self.place = Place.objects.create(kind=SITE, name="Haus", geometry=point(7.2, 51.5))
        self.site = logic.facts_of([self.place])[self.place.pk]
        self.site.counting, self.site.capacity = "lanes", 100
        self.site.save()
        sensor = Sensor.objects.create(name="Zähler")
        observes = registry.thing_kinds()[KIND].observes[:1]
        self.streams = {}
        for way in ("in", "out"):
            new = provision.NewThing(
                place=self.place, kind=KIND, name=way, sensor=sensor, observes=observes
            )
            (thing,) = provision.make([new])
            Lane.objects.create(site=self.site, thing=thing, name=way, direction=way)
            self.streams[way] = Datastream.objects.get(thing=thing).pk
        if inside is not None:
            Calibration.objects.create(site=self.site, at=at, occupied=inside)

    def tell(self, way, total, at=NOW, again=1):
        for _ in range(again):
            row = store.Observation(datastream=self.streams[way], at=at, value=float(total))
            store.write([row])
        return self.streams[way]

    def both(self, entered, left, at=NOW):
        self.tell("in", entered, at)
        self.tell("out", left, at)

    def raw(self):
        """What the newest stored count says was counted before it was clipped."""
        with connection.cursor() as cursor:
            cursor.execute(
                "select extra -> 'resultQuality' ->> 'raw' from things_observation"
                " where datastream_id = %s order by at desc limit 1",
                [logic.count_stream(self.place).pk],
            )
            return int(cursor.fetchone()[0])

    @property
    def shown(self):
        (found,) = logic.sites([self.place])
        return found


@pytest.fixture
def house(db, clock):
    return House()


def test_what_came_and_went_since_the_count_by_hand_is_what_is_inside(house):
    house.both(1000, 900, NOW - 60 * MINUTE)
    house.both(1030, 910, NOW)
    logic.recount(ObservationsStored(datastreams=(house.streams["in"],), kinds=(KIND,)))
    assert (house.shown.free, house.shown.count.taken, house.shown.capacity) == (40, 60, 100)


def test_without_a_count_to_begin_with_no_number_is_shown(db, clock):
    house = House(inside=None)
    house.both(5, 5)
    assert not logic.recount_site(house.place.pk)
    assert house.shown.free is None


def test_a_silent_lane_leaves_the_site_without_a_number(house, later):
    house.both(0, 0, NOW - MINUTE)
    logic.recount_site(house.place.pk)
    later(minutes=20)
    house.tell("in", 3, NOW + 20 * MINUTE)
    logic.recount_site(house.place.pk)
    assert house.shown.free == 57
    later(minutes=20)
    house.tell("in", 9, NOW + 40 * MINUTE)
    assert not logic.recount_site(house.place.pk)
    later(minutes=20)
    assert house.shown.free is None


@pytest.mark.parametrize(
    ("totals", "passed"),
    [
        ([10, 15, 18], 8),
        ([2**32 - 5, 2**32 - 2, 3], 8),
        ([500, 510, 2, 5], 15),
        ([10, 10, 10], 0),
        ([10, 5000, 5004], 4),
    ],
    ids=["plain", "wraps around", "began again at zero", "nobody came", "jumps"],
)
def test_a_counter_that_wraps_restarts_or_jumps_counts_only_what_passed(house, totals, passed):
    for n, total in enumerate(totals):
        house.tell("in", total, NOW - (len(totals) - n) * 10 * MINUTE)
    assert lanes.passed(house.site, house.site.calibrations.get(), NOW).into == passed


def test_a_jump_is_a_fault_that_ends_with_the_next_count_by_hand(house, later):
    house.both(10, 0, NOW - 3 * MINUTE)
    house.both(5000, 0, NOW - 2 * MINUTE)
    logic.recount_site(house.place.pk)
    assert [one.kind for one in Fault.objects.filter(until=None)] == ["jump"]
    assert house.shown.confidence <= 0.5
    later(minutes=1)
    calibrating.by_hand(house.site, 40, Account.objects.create_user("zählerin"))
    assert not Fault.objects.filter(until=None).exists()


@pytest.mark.parametrize(("entered", "left", "free", "kind"),
                         [(70, 0, 0, "below_zero"), (0, 55, 100, "above_capacity")])  # fmt: skip
def test_what_cannot_be_is_clipped_kept_raw_and_a_fault(house, entered, left, free, kind):
    house.both(0, 0, NOW - 60 * MINUTE)
    house.both(entered, left)
    logic.recount_site(house.place.pk)
    logic.recount_site(house.place.pk)
    assert house.shown.free == free
    assert house.raw() == 100 - (40 + entered - left)
    assert [one.kind for one in Fault.objects.filter(until=None)] == [kind]


uplinks = st.lists(
    st.tuples(st.sampled_from(["in", "out"]), st.integers(1, 600), st.integers(0, 5)),
    min_size=1, max_size=20, unique_by=lambda one: (one[0], one[1]),
)  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sent=uplinks, order=st.randoms(use_true_random=False), twice=st.booleans())
def test_any_order_of_messages_ends_in_the_same_count(db, clock, sent, order, twice):
    """The oracle adds up in order; the platform hears the same shuffled, and some of it twice."""
    with transaction.atomic():
        house = House()
        totals, inside = {"in": 100, "out": 100}, 40
        messages = [(way, 0, 100) for way in totals]
        for way, minute, step in sorted(sent, key=lambda one: one[1]):
            totals[way] += step
            inside += step if way == "in" else -step
            messages.append((way, minute, totals[way]))
        arriving = messages * (1 + twice)
        order.shuffle(arriving)
        for way, minute, total in arriving:
            house.tell(way, total, NOW - timedelta(minutes=700 - minute))
        found = lanes.inside(house.site, NOW)
        assert found is not None
        assert found.occupied == inside
        transaction.set_rollback(True)


def test_what_was_sent_before_a_count_by_hand_does_not_change_it_later(house, later):
    house.both(100, 100, NOW - 60 * MINUTE)
    house.both(120, 100, NOW - MINUTE)
    actor = Account.objects.create_user("zählerin")
    row = calibrating.by_hand(house.site, 50, actor)
    assert (row.delta, row.passed) == (-10, 20)
    house.tell("in", 110, NOW - 30 * MINUTE)
    later(minutes=1)
    assert lanes.inside(house.site, NOW + MINUTE).occupied == 50
    assert house.shown.free == 50


def test_of_the_first_message_after_a_count_by_hand_only_what_came_after_it_is_counted(
    house, later
):
    """Ten drove in within ten minutes; eight of these were seen already by whoever counted."""
    house.both(100, 100, NOW - 8 * MINUTE)
    calibrating.by_hand(house.site, 50, Account.objects.create_user("zählerin"))
    later(minutes=2)
    house.both(110, 100, NOW + 2 * MINUTE)
    assert lanes.inside(house.site, NOW + 2 * MINUTE).occupied == 52
    later(minutes=10)
    house.both(115, 100, NOW + 12 * MINUTE)
    assert lanes.inside(house.site, NOW + 12 * MINUTE).occupied == 57


NIGHTS = [10, 11, 9, 10, 12, 10, 11, 10]


@pytest.mark.parametrize(
    ("lowest", "passed", "before", "delta"),
    [
        (11, 1000, NIGHTS, 0),
        (30, 1000, NIGHTS, -17),
        (30, 300, NIGHTS, -6),
        (4, 1000, NIGHTS, 4),
        (30, 1000, NIGHTS[:6], 0),
        (-3, 1000, [], 3),
        (-3, 10, NIGHTS, 3),
    ],
    ids=["usual", "crept up", "no more than can be missed", "crept down", "too few nights",
         "negative without nights", "negative is never right"],
)  # fmt: skip
def test_a_night_corrects_to_the_edge_of_the_usual_and_no_further(lowest, passed, before, delta):
    assert calibrating.corrected(lowest, passed, before).delta == delta


def test_the_night_is_looked_at_once_and_says_why(house, clock):
    zone_night = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # 5:30 in the city
    for n in range(8):
        at = NOW - timedelta(days=20 - n)
        Calibration.objects.create(
            site=house.site, at=at, occupied=5, source="night", lowest=5, made=at
        )
    house.both(0, 0, NOW - 600 * MINUTE)
    for n in range(100):
        house.both(5 * (n + 1), 5 * (n + 1) - n // 10, NOW + n * 5 * MINUTE)
    house.both(500, 520, datetime(2026, 11, 24, 1, tzinfo=UTC))
    house.both(500, 520, datetime(2026, 11, 24, 4, tzinfo=UTC))
    clock.move_to(zone_night)
    day = date(2026, 11, 24)
    row = calibrating.last_night(house.site, day)
    # 20 by the counters; usual are 3 to 7, and of 1,020 passages 21 can have been missed.
    assert (row.delta, row.occupied, row.lowest, row.low, row.high) == (-13, 7, 7, 3, 7)
    assert calibrating.last_night(house.site, day) is None
    assert lanes.inside(house.site, zone_night).occupied == 7


def test_the_night_in_which_the_clocks_change_is_a_night_too(db, clock):
    clock.move_to(datetime(2026, 3, 29, 8, tzinfo=UTC))
    house = House(at=datetime(2026, 3, 28, 8, tzinfo=UTC))
    house.both(0, 0, datetime(2026, 3, 28, 9, tzinfo=UTC))
    house.both(10, 10, datetime(2026, 3, 29, 2, tzinfo=UTC))
    row = calibrating.last_night(house.site, date(2026, 3, 29))
    assert (row.at, row.occupied) == (datetime(2026, 3, 29, 3, tzinfo=UTC), 40)


def test_the_history_comes_in_equal_steps_with_holes_where_nothing_was_counted(house):
    stream = logic.count_stream(house.place).pk
    begins = NOW.replace(minute=0) - timedelta(hours=3)
    store.write([
        store.Observation(datastream=stream, at=begins + n * MINUTE, value=float(n))
        for n in range(30)
    ])  # fmt: skip
    found = history.counts(house.site, begins, begins + timedelta(hours=1), timedelta(minutes=15))
    assert found == [
        (begins, 7.0), (begins + 15 * MINUTE, 22.0), (begins + 30 * MINUTE, None),
        (begins + 45 * MINUTE, None),
    ]  # fmt: skip
    assert history.counts(house.shown, begins, begins + timedelta(hours=1), timedelta(hours=1)) == [
        (begins, 14.5)
    ]
