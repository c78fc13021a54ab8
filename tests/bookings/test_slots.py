"""Slots are what can be booked, no more and no less: over holidays, clock changes and capacities."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest
from psycopg.types.range import Range

from bookings.conftest import BERLIN, local, want
from bookings.oracle import SIDE, Oracle
from stadtkern.kernel.bookings import calendars, changes, slots
from stadtkern.kernel.bookings.errors import NotOpen, TooEarly, TooFar, TooMany
from stadtkern.kernel.bookings.models import (
    Absence,
    Booking,
    Calendar,
    Closure,
    Occupancy,
    Resource,
    Rule,
    Unit,
)
from stadtkern.kernel.bookings.wanted import Wanted


def wall(found):
    return [slot.begins.strftime("%H:%M") for slot in found]


def test_slots_begin_on_the_step_and_end_before_closing(office):
    found = slots.search([office()], date(2026, 6, 2), date(2026, 6, 2), 45)
    assert wall(found) == ["08:00", "08:15", "08:30", "08:45", "09:00", "09:15", "09:30", "09:45",
                           "10:00", "10:15", "10:30", "10:45", "11:00", "11:15"]  # fmt: skip
    assert {slot.free for slot in found} == {3}
    assert found[0].ends == local("2026-06-02 08:45")


def test_what_is_booked_is_offered_no_more(office):
    one = office(1)
    changes.book(want(one, "2026-06-02 09:00", 60), kind="test.visit")
    found = slots.search([one], date(2026, 6, 2), date(2026, 6, 2), 30)
    assert "08:30" in wall(found)
    assert not {"08:45", "09:00", "09:30"} & set(wall(found))
    assert "10:00" in wall(found)


def test_several_offices_are_sorted_by_time(office):
    first, second = office(1), office(1, name="Straßenverkehrsamt")
    found = slots.search([second, first], date(2026, 6, 2), date(2026, 6, 2), 120)
    assert [(s.begins.strftime("%H:%M"), s.resource) for s in found[:2]] == [
        ("08:00", first.pk), ("08:00", second.pk),
    ]  # fmt: skip


def test_public_holidays_are_closed_unless_the_calendar_says_otherwise(office):
    # Corpus Christi 2026.
    holiday = date(2026, 6, 4)
    assert slots.days([office()], holiday, holiday, 30) == {holiday: 0}
    assert slots.days([office(on_holidays=True)], holiday, holiday, 30) == {holiday: 15}


def test_days_counts_times_and_not_counters(office):
    found = slots.days([office(5), office(2)], date(2026, 6, 5), date(2026, 6, 8), 60)
    assert found == {date(2026, 6, 5): 13, date(2026, 6, 6): 0, date(2026, 6, 7): 0,
                     date(2026, 6, 8): 13}  # fmt: skip


@pytest.mark.parametrize(
    ("day", "lasts"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 6, 7), 24)]
)
def test_a_day_has_as_many_hours_as_its_clock_shows(office, time, day, lasts):
    time.at = datetime(2026, 3, 1, tzinfo=UTC)
    house = office(1, "su", "00:00", "24:00", step_minutes=60, ahead_days=400)
    found = slots.search([house], day, day, 60)
    assert len(found) == lasts
    assert len({slot.begins.astimezone(UTC) for slot in found}) == lasts


def test_opening_hours_stay_at_the_wall_clock_over_a_change(office, time):
    time.at = datetime(2026, 3, 20, tzinfo=UTC)
    house = office(1)
    before = slots.search([house], date(2026, 3, 27), date(2026, 3, 27), 30)[0]
    after = slots.search([house], date(2026, 3, 30), date(2026, 3, 30), 30)[0]
    assert wall([before, after]) == ["08:00", "08:00"]
    assert before.begins.utcoffset() != after.begins.utcoffset()


def test_a_booking_over_the_change_lasts_as_long_as_it_says(office, time):
    time.at = datetime(2026, 3, 20, tzinfo=UTC)
    house = office(1, "sa,su", "00:00", "24:00")
    begins = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # 1:30
    wanted = Wanted(resource=house, begins=begins, ends=begins + timedelta(hours=1))
    made = changes.book(wanted, kind="test.visit")
    assert made.ends.astimezone(BERLIN).strftime("%H:%M") == "03:30"
    found = slots.search([house], date(2026, 3, 29), date(2026, 3, 29), 60)
    assert wall(found)[:4] == ["00:00", "00:15", "00:30", "03:30"]


def test_times_that_the_clock_leaves_out_begin_at_the_change(office, time):
    time.at = datetime(2026, 3, 20, tzinfo=UTC)
    house = office(1, "su", "02:30", "04:00")
    found = slots.search([house], date(2026, 3, 29), date(2026, 3, 29), 30)
    assert wall(found) == ["03:00", "03:15", "03:30"]


def test_notice_and_days_ahead_bind_the_public_alone(office, time):
    house = office(notice_minutes=120, ahead_days=7)
    early, late = want(house, "2026-06-01 09:30"), want(house, "2026-06-09 09:00")
    with pytest.raises(TooEarly):
        changes.book(early, kind="test.visit")
    with pytest.raises(TooFar):
        changes.book(late, kind="test.visit")
    assert wall(slots.search([house], date(2026, 6, 1), date(2026, 6, 1), 30))[0] == "10:00"
    assert wall(slots.search([house], date(2026, 6, 8), date(2026, 6, 9), 30))[-1] == "11:30"
    assert not slots.search([house], date(2026, 6, 9), date(2026, 6, 9), 30)
    for wanted in (early, late):
        inside = want(house, wanted.begins.strftime("%Y-%m-%d %H:%M"), audience="phone")
        assert changes.book(inside, kind="test.visit").state == "booked"


def test_the_last_day_is_released_at_its_time_of_day(office, time):
    house = office(ahead_days=7, released_at="10:00")
    monday = date(2026, 6, 8)
    assert not slots.search([house], monday, monday, 30)
    with pytest.raises(TooFar):
        changes.book(want(house, "2026-06-08 09:00"), kind="test.visit")
    time.on(hours=2)
    assert slots.search([house], monday, monday, 30)
    assert changes.book(want(house, "2026-06-08 09:00"), kind="test.visit")


def test_the_public_gets_its_share_and_the_phone_the_rest(office):
    house = office(3, rule={"capacity": 2, "public": 1})
    day = date(2026, 6, 2)

    def free(audience):
        found = slots.search([house], day, day, 30, audience=audience)
        return next((s.free for s in found if s.begins == local("2026-06-02 09:00")), 0)

    assert (free("public"), free("phone")) == (1, 2)
    changes.book(want(house, "2026-06-02 09:00"), kind="test.visit")
    assert (free("public"), free("phone")) == (0, 1)
    changes.book(want(house, "2026-06-02 09:00", audience="phone"), kind="test.visit")
    assert (free("public"), free("phone")) == (0, 0)


def test_skills_and_certain_units_are_kept_to(office):
    house = office(2)
    Unit.objects.filter(resource=house, number=2).update(skills=["passports"])
    day = date(2026, 6, 2)
    assert {s.free for s in slots.search([house], day, day, 30, skills=["passports"])} == {1}
    made = changes.book(want(house, "2026-06-02 09:00", skills=("passports",)), kind="test.visit")
    assert made.occupancies.get().unit.number == 2
    with pytest.raises(NotOpen):
        changes.book(want(house, "2026-06-02 10:00", skills=("weddings",)), kind="test.visit")
    with pytest.raises(TooMany):
        changes.book(want(house, "2026-06-02 10:00", quantity=3), kind="test.visit")
    asked = changes.book(want(house, "2026-06-02 10:00", units=(1,)), kind="test.visit")
    assert asked.occupancies.get().unit.number == 1


def test_a_rule_opens_only_the_counters_it_names(office):
    house = office(3, rule={"units": (1, 2)})
    calendars.weekly(house.calendar, "tu", "10:00", "11:00", units=(3,), since=date(2026, 1, 1))
    found = slots.search([house], date(2026, 6, 2), date(2026, 6, 2), 30)
    free = {s.begins.strftime("%H:%M"): s.free for s in found}
    assert (free["09:30"], free["10:00"], free["10:30"], free["11:00"]) == (2, 3, 3, 2)


def test_a_resource_without_a_calendar_can_be_had_at_any_time(db, time):
    box = Resource.objects.create(kind="test.box", name="Box")
    Unit.objects.create(resource=box, number=1)
    found = slots.search([box], date(2026, 6, 7), date(2026, 6, 7), 24 * 60)
    assert len(found) == 96
    changes.book(want(box, "2026-06-07 00:07", 400 * 24 * 60), kind="test.rental")
    assert not slots.search([box], date(2026, 6, 7), date(2026, 6, 7), 30)[1:]


def test_closures_absences_and_extra_hours(office):
    house = office(2)
    day = date(2026, 6, 6)
    assert not slots.search([house], day, day, 30)
    calendars.opening(house.calendar, (local("2026-06-06 10:00"), local("2026-06-06 11:00")))
    assert wall(slots.search([house], day, day, 30)) == ["10:00", "10:15", "10:30"]
    unit = house.units.first()
    calendars.block(unit, (local("2026-06-06 10:20"), None), "Urlaub")
    assert [s.free for s in slots.search([house], day, day, 15)] == [2, 1, 1, 1]
    closing = (local("2026-06-06 10:00"), local("2026-06-06 10:17"))
    calendars.closing(house.calendar, closing, "Probealarm")
    assert wall(slots.search([house], day, day, 15)) == ["10:30", "10:45"]


def test_closing_names_those_concerned_and_lets_nobody_in(office):
    house = office(2)
    made = changes.book(want(house, "2026-06-03 09:00"), kind="test.visit")
    changes.book(want(house, "2026-06-05 09:00"), kind="test.visit")
    span = (local("2026-06-03 00:00"), local("2026-06-04 00:00"))
    _closure, concerned = calendars.closing(house.calendar, span, "Umzug")
    assert concerned == [made]
    assert list(changes.conflicts(house, span)) == [made]
    with pytest.raises(NotOpen):
        changes.book(want(house, "2026-06-03 10:00", audience="internal"), kind="test.visit")


def test_a_search_takes_the_same_few_queries_for_many_offices(office, django_assert_num_queries):
    houses = [office(4, rule={"capacity": 3, "public": 2}) for _n in range(5)]
    for house in houses:
        changes.book(want(house, "2026-06-02 09:00"), kind="test.visit")
    with django_assert_num_queries(6):
        slots.search(houses[:1], date(2026, 6, 1), date(2026, 6, 30), 30)
    with django_assert_num_queries(6):
        slots.search(houses, date(2026, 6, 1), date(2026, 6, 30), 30)


def test_odd_minutes_are_never_offered_twice(office):
    house = office(1)
    begins = local("2026-06-02 09:07")
    wanted = Wanted(resource=house, begins=begins, ends=begins + timedelta(minutes=16))
    changes.book(wanted, kind="test.visit")
    found = slots.search([house], date(2026, 6, 2), date(2026, 6, 2), 15)
    assert "08:45" in wall(found)
    assert "09:00" not in wall(found)
    assert "09:15" not in wall(found)
    assert "09:30" in wall(found)


def random_office(chance):
    """A calendar of anything that can be written, with what is taken of it."""
    calendar = Calendar.objects.create(
        name="zufällig", step_minutes=chance.choice([5, 10, 15, 20, 60]), ahead_days=300,
        on_holidays=chance.random() < 0.3, notice_minutes=chance.choice([0, 0, 600]),
    )  # fmt: skip
    office = Resource.objects.create(kind="test.office", name="zufällig", calendar=calendar)
    units = [Unit.objects.create(resource=office, number=n, active=n < 4 or chance.random() < 0.5,
                                 skills=chance.choice([[], ["a"], ["a", "b"]]))
             for n in range(1, 5)]  # fmt: skip
    for _n in range(chance.randint(1, 4)):
        first, last = sorted(chance.sample(range(288), 2))
        capacity = chance.choice([None, None, 0, 1, 2, 3])
        Rule.objects.create(
            calendar=calendar, weekdays=sorted(chance.sample(range(1, 8), chance.randint(1, 7))),
            begins=time(first // 12, first % 12 * 5),
            ends=chance.choice([time(last // 12, last % 12 * 5), time(0)]),
            valid_from=date(2026, 1, chance.randint(1, 28)), capacity=capacity,
            public_capacity=None if capacity is None else chance.choice([None, capacity // 2]),
            phone_capacity=None if capacity is None else chance.choice([None, capacity // 2]),
            every_weeks=chance.choice([1, 1, 2]), week_of_month=chance.choice([None, None, 1, 5]),
            units=chance.choice([[], [], [1, 2], [3]]),
        )  # fmt: skip
    return office, units


def random_span(chance, day, most):
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=3)
    begins = at + timedelta(minutes=5 * chance.randrange(700))
    return Range(begins, begins + timedelta(minutes=5 * chance.randint(1, most)))


def fill(chance, office, units, day, now):
    for _n in range(chance.randint(0, 2)):
        opens = chance.random() < 0.5
        Closure.objects.create(calendar=office.calendar, during=random_span(chance, day, 40),
                               opens=opens, capacity=1 if opens else None)  # fmt: skip
        Absence.objects.create(unit=chance.choice(units), during=random_span(chance, day, 60),
                               only_outside=chance.random() < 0.4)  # fmt: skip
    for _n in range(10):
        span, unit = random_span(chance, day, 24), chance.choice(units)
        state = chance.choice(["held", "booked", "arrived", "cancelled", "held"])
        over = now + timedelta(minutes=chance.choice([-1, 1]))
        if Occupancy.objects.filter(unit=unit, during__overlap=span).exists():
            continue
        made = Booking.objects.create(
            kind="test.visit", resource=office, state=state, begins=span.lower, ends=span.upper,
            hold_until=over if state == "held" else None,
            audience=chance.choice(list(SIDE)),
        )  # fmt: skip
        Occupancy.objects.create(booking=made, unit=unit, during=span)


@pytest.mark.parametrize("seed", range(24))
def test_slots_are_those_of_a_slow_oracle(db, monkeypatch, seed):
    chance = random.Random(seed)
    day = chance.choice(
        [date(2026, 3, 28), date(2026, 10, 24), date(2026, 6, 2), date(2026, 4, 30)]
    )
    now = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    office, units = random_office(chance)
    fill(chance, office, units, day, now)
    minutes = chance.choice([5, 15, 40, 90])
    skills, audience = chance.choice([(), ("a",)]), chance.choice(list(SIDE))
    quantity, last = chance.choice([1, 1, 2]), day + timedelta(days=1)
    found = slots.search([office], day, last, minutes, quantity=quantity, skills=skills,
                         audience=audience, now=now)  # fmt: skip
    oracle = Oracle(office, day - timedelta(days=1), last, BERLIN, now)
    soonest = now
    if SIDE[audience] == "public":
        soonest += timedelta(minutes=office.calendar.notice_minutes)
    expected = {}
    for one in (day, last):
        for at in oracle.starts(one):
            free = oracle.free(at, minutes, skills, SIDE[audience])
            if at >= soonest and free >= quantity:
                expected[at] = free
            wanted = Wanted(resource=office, begins=at, ends=at + timedelta(minutes=minutes),
                            quantity=quantity, skills=skills, audience=audience)  # fmt: skip
            if at >= soonest and chance.random() < 0.15:
                assert bool(slots.free_units(wanted, now)) == (free >= quantity), at
    assert {slot.begins.astimezone(UTC): slot.free for slot in found} == expected
