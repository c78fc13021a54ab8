"""What happens to a booking, and what the database keeps true whoever writes."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from psycopg.types.range import Range

from bookings.conftest import local, want
from stadtkern.kernel.bookings import changes, slots
from stadtkern.kernel.bookings.errors import HoldOver, KeyUsed, NotOpen, Taken, TooEarly, WrongState
from stadtkern.kernel.bookings.models import Booking, Occupancy, Resource, Unit
from stadtkern.kernel.bookings.wanted import Person, Wanted

NINE = "2026-06-02 09:00"


def book(office, text=NINE, minutes=30, **more):
    return changes.book(want(office, text, minutes, **more), kind="test.visit")


def hold(office, text=NINE, **more):
    return changes.hold(want(office, text), kind="test.visit", **more)


def numbers(booking):
    return sorted(one.unit.number for one in booking.occupancies.select_related("unit"))


def commit():
    """What would be checked at commit is checked now."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set constraints all deferred")


def test_a_hold_keeps_the_time_and_a_confirmed_one_for_good(office, time):
    house = office(1)
    held = hold(house, minutes=10)
    with pytest.raises(Taken):
        book(house)
    booked = changes.confirm(held, Person(name="Ada", email="ada@example.org"))
    time.on(hours=5)
    assert (booked.state, booked.name, booked.hold_until) == ("booked", "Ada", None)
    with pytest.raises(Taken):
        book(house)
    assert changes.confirm(booked).state == "booked"
    commit()


def test_a_hold_that_ran_out_is_free_before_any_job_has_come(office, time):
    house = office(1)
    held = hold(house, minutes=10)
    time.on(minutes=11)
    assert local(NINE) in [s.begins for s in slots.search([house], local(NINE).date(),
                                                          local(NINE).date(), 30)]  # fmt: skip
    other = book(house)
    held.refresh_from_db()
    assert (held.state, other.state) == ("expired", "booked")
    with pytest.raises(HoldOver):
        changes.confirm(held)
    with pytest.raises(HoldOver):
        changes.extend(held, 10)
    commit()


def test_a_late_confirmation_counts_while_the_time_is_free(office, time):
    house = office(1)
    held, marked = hold(house, minutes=10), hold(house, "2026-06-02 10:00")
    time.on(minutes=11)
    assert changes.expire(marked)
    assert changes.confirm(held).state == "booked"
    assert changes.confirm(marked).state == "booked"
    with pytest.raises(Taken):
        book(house, "2026-06-02 10:00")
    commit()


def test_a_hold_can_be_extended_as_often_as_somebody_needs_it(office, time):
    held = hold(office(1), minutes=10)
    for _again in range(10):
        time.on(minutes=9)
        held = changes.extend(held, 10)
    assert held.hold_until == time.at + timedelta(minutes=10)
    assert changes.extend(held, 1).hold_until == time.at + timedelta(minutes=10)


def test_the_same_key_answers_with_the_same_booking(office):
    house = office(3)
    first = hold(house, key="abc", source="partner:7")
    assert hold(house, key="abc", source="partner:7") == first
    assert hold(house, key="abc", source="partner:8") != first
    assert Booking.objects.count() == 2
    with pytest.raises(KeyUsed):
        changes.hold(want(house, NINE), kind="test.other", key="abc", source="partner:7")


def test_cancelling_frees_and_may_be_repeated(office, time):
    house = office(1)
    made = book(house)
    gone = changes.cancel(made, by="person", reason="verhindert")
    assert (gone.state, gone.ended_by, gone.reason, gone.ended) == (
        "cancelled", "person", "verhindert", time.at,
    )  # fmt: skip
    assert changes.cancel(made, by="account:1").ended_by == "person"
    assert book(house).state == "booked"
    with pytest.raises(WrongState):
        changes.confirm(gone)
    commit()


def test_moving_keeps_code_and_link_and_frees_the_old_time(office):
    house, other = office(1), office(2)
    made = book(house)
    moved = changes.move(made, want(other, "2026-06-03 10:00", 45))
    assert (moved.pk, moved.code, moved.resource) == (made.pk, made.code, other)
    assert (moved.begins, moved.revision) == (local("2026-06-03 10:00"), made.revision + 1)
    assert book(house)
    commit()


def test_a_move_that_fails_changes_nothing(office):
    house = office(1)
    made, _other = book(house), book(house, "2026-06-02 10:00")
    with pytest.raises(Taken) as refused:
        changes.move(made, want(house, "2026-06-02 09:45"))
    assert refused.value.alternatives
    with pytest.raises(Taken):
        book(house)
    commit()


def test_a_booking_can_move_onto_part_of_its_own_time(office):
    house = office(1)
    made = book(house, NINE, 60)
    assert changes.move(made, want(house, "2026-06-02 09:30", 60)).begins == local(
        "2026-06-02 09:30"
    )
    assert book(house, NINE, 30)
    commit()


def test_prolonging_takes_the_same_units_or_nothing(office):
    house = office(2)
    made, other = book(house), book(house, "2026-06-02 09:30")
    assert numbers(made) == numbers(other) == [1]
    with pytest.raises(Taken):
        changes.prolong(made, local("2026-06-02 10:00"))
    longer = changes.prolong(other, local("2026-06-02 11:00"))
    assert longer.ends == local("2026-06-02 11:00")
    with pytest.raises(NotOpen):
        changes.prolong(other, local("2026-06-02 12:30"))
    changes.prolong(other, local("2026-06-02 09:45"))
    assert book(house, "2026-06-02 09:45", 30, units=(1,))
    commit()


def test_finishing_early_frees_the_rest(office, time):
    house = office(1)
    made = book(house, NINE, 120)
    time.at = local("2026-06-02 09:01")
    assert changes.arrive(made).state == "arrived"
    with pytest.raises(WrongState):
        changes.cancel(made, by="person")
    time.at = local("2026-06-02 09:40")
    done = changes.finish(made)
    assert (done.state, done.ended) == ("finished", time.at)
    assert book(house, "2026-06-02 09:45")
    assert changes.finish(made).ended == done.ended
    commit()


def test_who_does_not_come_frees_the_rest(office, time):
    house = office(1)
    made = book(house, NINE, 120)
    time.at = local("2026-06-02 09:15")
    assert changes.miss(made).state == "missed"
    assert book(house, "2026-06-02 09:15")
    with pytest.raises(WrongState):
        changes.arrive(made)


def test_what_is_past_cannot_be_booked(office, time):
    house = office(1)
    time.at = local("2026-06-02 09:20")
    with pytest.raises(TooEarly):
        book(house)
    # Staff may: whoever stands at the counter is served.
    assert book(house, audience="internal")


def test_long_gaps_stay_long(office):
    house = office(2)
    first = book(house, "2026-06-02 08:00")
    # At counter 1 it leaves no gap, at counter 2 it would split four hours.
    second = book(house, "2026-06-02 08:30")
    assert numbers(first) == numbers(second) == [1]
    assert book(house, "2026-06-02 08:00", 240)


def test_several_at_once_have_as_many_units(office):
    house = office(3)
    made = book(house, quantity=2)
    assert numbers(made) == [1, 2]
    with pytest.raises(Taken):
        book(house, quantity=2)
    moved = changes.move(made, want(house, "2026-06-02 10:00", quantity=3))
    assert numbers(moved) == [1, 2, 3]
    commit()


def test_a_rental_of_a_year_needs_no_lock_for_each_day(db, time):
    box = Resource.objects.create(kind="test.box", name="Box 1")
    Unit.objects.create(resource=box, number=1)
    year = Wanted(resource=box, begins=time.at, ends=time.at + timedelta(days=365))
    made = changes.book(year, kind="test.rental")
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
        )
        assert cursor.fetchone()[0] < 10
    with pytest.raises(Taken):
        book(box, "2026-12-24 18:00")
    assert changes.prolong(made, time.at + timedelta(days=730)).ends.year == 2028


def test_the_loser_gets_the_nearest_times(office):
    house = office(1)
    book(house)
    with pytest.raises(Taken) as refused:
        book(house)
    found = [s.begins.strftime("%d. %H:%M") for s in refused.value.alternatives]
    assert found == ["02. 08:00", "02. 08:15", "02. 08:30", "02. 09:30", "02. 09:45"]
    assert str(refused.value).startswith("Diese Zeit wurde gerade vergeben.")


def write(booking, **fields):
    Booking.objects.filter(pk=booking.pk).update(**fields)


def test_the_database_refuses_an_overlap_whoever_writes_it(office):
    made = book(office(1))
    other = Booking.objects.create(kind="test.visit", resource=made.resource, state="booked",
                                   begins=made.begins, ends=made.ends)  # fmt: skip
    with pytest.raises(IntegrityError, match="bookings_one_at_a_time"), transaction.atomic():
        Occupancy.objects.create(booking=other, unit=made.occupancies.get().unit,
                                 during=Range(made.begins, made.ends))  # fmt: skip
    write(other, state="cancelled")


def test_an_occupancy_follows_the_state_of_its_booking(office):
    made = book(office(1))
    write(made, state="finished")
    assert not made.occupancies.get().live
    made.occupancies.update(live=True)
    assert not made.occupancies.get().live
    write(made, state="arrived")
    assert made.occupancies.get().live


def test_a_booking_has_its_units_at_commit(office):
    first, second = office(2), office(1)
    for wrong in (
        lambda b: b.occupancies.all().delete(),
        lambda b: write(b, quantity=2),
        lambda b: write(b, ends=b.ends + timedelta(minutes=5)),
        lambda b: write(b, resource=second),
        lambda b: b.occupancies.update(unit=second.units.get()),
        lambda b: b.occupancies.update(during=Range(b.begins, b.begins + timedelta(minutes=1))),
    ):
        made = book(first)
        commit()
        with pytest.raises(IntegrityError, match="wants"), transaction.atomic():  # noqa: PT012
            wrong(made)
            commit()
        changes.cancel(made, by="person")


def test_a_unit_stays_with_its_resource(office):
    first, second = office(1), office(1)
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        Unit.objects.filter(resource=first).update(resource=second, number=9)
