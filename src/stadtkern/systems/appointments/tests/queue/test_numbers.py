"""Numbers are given out once, within the contingent, to who may have them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from stadtkern.kernel.bookings.errors import Refused
from stadtkern.systems.appointments.logic import queue_entry
from stadtkern.systems.appointments.logic.queue_refused import (
    NoNumbersLeft,
    NoSuchCode,
    NotHere,
    NotThisDay,
    NotYet,
)
from stadtkern.systems.appointments.models import Hall, Numbers, QueueEntry
from stadtkern.systems.appointments.tests.queue.conftest import make_town


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_get_fifty_numbers_or_are_told_that_none_is_left():
    town = make_town(limit=30)

    def draw(_n):
        try:
            return queue_entry.walk_in(town.queue, town.card).entry.number
        except NoNumbersLeft:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as crowd:
        drawn = list(crowd.map(draw, range(50)))
    assert sorted(n for n in drawn if n) == list(range(1, 31))
    assert drawn.count(None) == 20
    assert QueueEntry.objects.count() == 30


def test_the_database_itself_refuses_more_than_the_contingent(town, time):
    queue_entry.walk_in(town.queue, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Numbers.objects.update(walk_ins=6)


def test_a_button_pressed_twice_gives_one_number(town, time):
    first = queue_entry.walk_in(town.queue, town.card, key="a1")
    again = queue_entry.walk_in(town.queue, town.card, key="a1")
    assert first.entry == again.entry
    assert QueueEntry.objects.count() == 1


def test_each_day_begins_with_number_one(town, time):
    assert queue_entry.walk_in(town.queue, None).entry.shown == "E 001"
    assert queue_entry.walk_in(town.queue, None).entry.shown == "E 002"
    time.later(days=1)
    assert queue_entry.walk_in(town.queue, None).entry.shown == "E 001"


def test_appointments_get_a_number_when_the_contingent_is_used_up(town, time, booked):
    for _n in range(5):
        queue_entry.walk_in(town.queue, None)
    with pytest.raises(NoNumbersLeft):
        queue_entry.walk_in(town.queue, None)
    given = queue_entry.check_in(booked(10))
    assert (given.entry.number, given.entry.priority, given.late) == (6, 2, False)


def test_checking_in_twice_gives_the_same_number(town, time, booked):
    one = booked(10)
    first, again = queue_entry.check_in(one), queue_entry.check_in(one)
    assert first.entry == again.entry
    assert again.again
    one.refresh_from_db()
    assert one.state == "arrived"


def test_who_comes_too_early_is_told_when_to_come(town, time, booked):
    with pytest.raises(NotYet, match=r"12:00.*11:00"):
        queue_entry.check_in(booked(120))


def test_who_comes_too_late_stands_in_line_with_the_others(town, time, booked):
    given = queue_entry.check_in(booked(-20))
    assert given.late
    assert (given.entry.priority, given.entry.due) == (3, time.now)


def test_who_was_counted_as_absent_already_still_gets_a_number(town, time, booked):
    assert queue_entry.check_in(booked(-40, state="missed")).late


def test_an_appointment_of_another_day_is_refused_with_its_day(town, time, booked):
    with pytest.raises(NotThisDay, match=r"26\. November"):
        queue_entry.check_in(booked(2 * 24 * 60))


def test_an_appointment_of_another_hall_is_refused(town, time, booked):
    with pytest.raises(NotHere):
        queue_entry.check_in(booked(5), Hall.objects.create(name="Akademie"))


def test_a_code_is_found_as_it_is_typed_and_others_are_not(town, time, booked):
    one = booked(5)
    assert queue_entry.by_code(f" {one.code[:4].lower()} {one.code[4:]}") == one
    for wrong in ("", "XXXXXXXX", "?"):
        with pytest.raises(NoSuchCode):
            queue_entry.by_code(wrong)
    with pytest.raises(NoSuchCode):
        queue_entry.by_code(booked(30, state="cancelled").code)


def test_every_refusal_says_something(town):
    for kind in Refused.__subclasses__():
        assert str(kind()) or kind in (NotThisDay, NotYet)
