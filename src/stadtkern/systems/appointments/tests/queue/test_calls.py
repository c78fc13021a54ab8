"""Counters call in the right order, one person at a time, and no two of them the same."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from stadtkern.kernel.people.models import Account
from stadtkern.systems.appointments.logic import queue_calls, queue_desk, queue_entry
from stadtkern.systems.appointments.logic.queue_desk import Asked
from stadtkern.systems.appointments.logic.queue_refused import (
    NobodyWaits,
    NotSignedIn,
    Occupied,
    Overtaken,
    StillOpen,
)
from stadtkern.systems.appointments.models import (
    Call,
    Deed,
    Desk,
    Hall,
    Numbers,
    Presence,
    Queue,
    QueueEntry,
)
from stadtkern.systems.appointments.tests.queue.conftest import make_town


def walk_in(town, **more):
    return queue_entry.walk_in(town.queue, town.card, **more).entry


def called(counter):
    call = queue_calls.call_next(counter)
    queue_calls.finish(counter, call.pk)
    return call.entry.shown


@pytest.mark.django_db(transaction=True)
def test_four_counters_at_once_never_call_the_same_person():
    town = make_town(limit=100)
    for place, counter in enumerate(town.counters):
        queue_desk.sign_in(Account.objects.create(username=f"c{place}"), counter)
    for _n in range(24):
        walk_in(town)

    def work(counter):
        found = []
        try:
            while True:
                call = queue_calls.call_next(counter)
                found.append(call.entry_id)
                queue_calls.finish(counter, call.pk)
        except NobodyWaits:
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as crowd:
        all_of_them = [one for found in crowd.map(work, town.counters) for one in found]
    assert len(all_of_them) == len(set(all_of_them)) == 24


def test_the_database_refuses_a_second_open_call_of_a_counter_and_of_a_person(town, sits):
    one, other, entry, second = sits(0), sits(1), walk_in(town), walk_in(town)
    Call.objects.create(entry=entry, counter=one)
    for wrong in ({"entry": entry, "counter": other}, {"entry": second, "counter": one}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Call.objects.create(**wrong)


def test_the_order_is_priority_due_time_arrival_and_number(town, time, sits, booked):
    counter = sits()
    first_come, second_come = walk_in(town), walk_in(town)
    later = queue_entry.check_in(booked(1)).entry
    sooner = queue_entry.check_in(booked(-1)).entry
    urgent = walk_in(town, priority=1)
    order = [called(counter) for _n in range(5)]
    assert order == [one.shown for one in (urgent, sooner, later, first_come, second_come)]


def test_an_appointment_waits_for_its_time_unless_nobody_else_is_there(town, time, sits, booked):
    counter = sits()
    early = queue_entry.check_in(booked(20)).entry
    here = walk_in(town)
    assert called(counter) == here.shown
    assert called(counter) == early.shown


def test_two_minutes_before_its_time_an_appointment_goes_first(town, time, sits, booked):
    counter = sits()
    walk_in(town)
    early = queue_entry.check_in(booked(20)).entry
    time.later(minutes=18)
    assert called(counter) == early.shown


def test_who_is_skipped_is_not_called_for_five_minutes_and_keeps_the_place(town, time, sits):
    counter = sits()
    first, second, third = walk_in(town), walk_in(town), walk_in(town)
    queue_calls.skip(counter, queue_calls.call_next(counter).pk)
    assert called(counter) == second.shown
    time.later(minutes=6)
    assert [called(counter), called(counter)] == [first.shown, third.shown]


def test_the_fourth_call_is_a_miss(town, time, sits):
    counter, entry = sits(), walk_in(town)
    call = queue_calls.call_next(counter)
    assert queue_calls.again(counter, call.pk)
    assert queue_calls.again(counter, call.pk)
    assert not queue_calls.again(counter, call.pk)
    entry.refresh_from_db()
    assert (entry.state, entry.ended) == ("missed", time.now)
    assert queue_calls.opened(counter) is None


def test_parked_people_are_not_called_by_themselves_but_can_be_taken_up(town, time, sits):
    counter, entry = sits(), walk_in(town)
    call = queue_calls.call_next(counter)
    queue_calls.serve(counter, call.pk)
    queue_calls.park(counter, call.pk)
    with pytest.raises(NobodyWaits):
        queue_calls.call_next(counter)
    assert list(queue_calls.parked(counter)) == [entry]
    assert queue_calls.call_this(counter, entry.pk).entry == entry


def test_forwarded_to_a_counter_only_that_one_calls_them(town, time, sits):
    one, other, entry = sits(0), sits(1), walk_in(town)
    queue_calls.forward(one, queue_calls.call_next(one).pk, target=other)
    with pytest.raises(NobodyWaits):
        queue_calls.call_next(one)
    assert queue_calls.call_next(other).entry == entry


def test_forwarded_to_another_office_they_keep_their_number(town, time, sits):
    one, entry = sits(0), walk_in(town)
    queue_calls.forward(one, queue_calls.call_next(one).pk, queue=town.other)
    room = town.other.office.resource.units.get()
    queue_desk.sign_in(Account.objects.create(username="doctor"), room)
    assert queue_calls.call_next(room).entry.shown == entry.shown


def test_forwarded_to_another_hall_they_get_a_number_of_that_hall(town, time, sits):
    annex = Hall.objects.create(name="Anbau")
    away = Queue.objects.create(hall=annex, office=town.other.office, letter="E")
    taken = queue_entry.walk_in(away, None).entry
    one, entry = sits(0), walk_in(town)
    assert entry.shown == taken.shown == "E 001"
    queue_calls.forward(one, queue_calls.call_next(one).pk, queue=away)
    entry.refresh_from_db()
    assert (entry.hall, entry.shown, entry.state) == (annex, "E 002", "forwarded")
    assert Numbers.objects.get(queue=away).walk_ins == 1


def test_a_counter_without_the_skill_does_not_call(town, time, sits):
    plain, able = sits(0), sits(1)
    able.skills = ["passport"]
    able.save()
    town.passport.skills = ["passport"]
    town.passport.save()
    entry = queue_entry.walk_in(town.queue, town.passport).entry
    with pytest.raises(NobodyWaits):
        queue_calls.call_next(plain)
    assert queue_calls.call_next(able).entry == entry


def test_a_counter_calls_nobody_before_it_is_done_or_signed_in(town, time, sits):
    counter = sits()
    walk_in(town), walk_in(town)
    queue_calls.call_next(counter)
    with pytest.raises(StillOpen):
        queue_calls.call_next(counter)
    with pytest.raises(NotSignedIn):
        queue_calls.call_next(town.counters[3])


def test_finishing_frees_the_rest_of_the_appointment(town, time, sits, booked):
    counter, booking = sits(), booked(0)
    queue_entry.check_in(booking)
    call = queue_calls.call_next(counter)
    time.later(minutes=4)
    queue_calls.finish(counter, call.pk)
    booking.refresh_from_db()
    assert (booking.state, booking.ended) == ("finished", time.now)
    with pytest.raises(Overtaken):
        queue_calls.finish(counter, call.pk)


def test_a_deed_sent_twice_is_done_once_and_answers_the_same(town, time, sits):
    counter = sits()
    first, second = walk_in(town), walk_in(town)
    said = Asked(verb="next", key="one-key-only")
    assert not queue_desk.do(counter, said).problem
    assert queue_desk.do(counter, said).repeated
    assert queue_calls.opened(counter).entry == first
    second.refresh_from_db()
    assert second.state == "waiting"
    refused = queue_desk.do(counter, Asked(verb="next", key="another-key"))
    assert refused.problem == str(StillOpen())
    assert queue_desk.do(counter, Asked(verb="next", key="another-key")).problem == refused.problem
    assert Deed.objects.count() == 2


def test_finish_and_next_is_one_deed(town, time, sits):
    counter = sits()
    walk_in(town)
    call = queue_calls.call_next(counter)
    answer = queue_desk.do(counter, Asked(verb="finish_next", key="finish-next-1", call=call.pk))
    assert not answer.problem
    assert queue_calls.opened(counter) is None


def test_one_counter_has_one_clerk_who_is_forgotten_afterwards(town, time, sits):
    counter = sits()
    with pytest.raises(Occupied):
        queue_desk.sign_in(Account.objects.create(username="rival"), counter)
    person = Account.objects.get(username="clerk0")
    time.later(hours=2)
    queue_desk.leave(person)
    assert Desk.objects.get(counter=counter).account_id is None
    present = Presence.objects.get()
    assert present.ended - present.began == timedelta(hours=2)


def test_a_paused_counter_is_not_open_and_goes_on_where_it_was(town, time, sits):
    counter = sits()
    queue_desk.pause(counter)
    assert not Presence.objects.filter(ended=None).exists()
    queue_desk.resume(counter)
    assert Presence.objects.filter(ended=None).count() == 1


def test_help_is_asked_of_the_counters_of_the_hall(town, time, sits):
    one, other = sits(0), sits(1)
    queue_desk.alarm(one)
    assert [d.counter for d in queue_desk.alarms(other)] == [one]
    queue_desk.calm(one)
    assert queue_desk.alarms(other) == []


def test_who_has_left_is_not_called(town, time, sits):
    counter, entry = sits(), walk_in(town)
    assert queue_entry.leave(entry)
    assert not queue_entry.leave(entry)
    with pytest.raises(NobodyWaits):
        queue_calls.call_next(counter)
    assert QueueEntry.objects.get().state == "left"
