"""Estimates against situations whose answer is known, and against a simulation of others."""

import random

import pytest
import simpy

from stadtkern.systems.appointments.logic import queue_calls, queue_entry, waiting_now
from stadtkern.systems.appointments.logic.waiting import Counter, Visitor, spans


def line(count, took=(10.0,), **more):
    return [Visitor(took=took, key=n, number=n, **more) for n in range(1, count + 1)]


def test_nobody_is_called_where_no_counter_is_open():
    assert spans([], line(3)) == {}


def test_visits_of_known_length_are_foretold_by_their_sum():
    found = spans([Counter(), Counter()], line(5))
    assert [round(found[n].middle / 10) for n in range(1, 6)] == [0, 0, 1, 1, 2]


def test_the_rest_of_a_visit_is_given_how_long_it_has_taken():
    busy = Counter(busy=8.0, took=[5.0, 10.0, 12.0])
    found = spans([busy], line(1))[1]
    assert 0.5 < found.low90 < 2.5 < found.high90 < 6


def test_an_appointment_yet_to_come_goes_ahead_of_a_walk_in():
    coming = Visitor(took=[10.0], priority=2, due=5.0, comes=3.0)
    alone = spans([Counter(busy=4.0, took=[10.0])], line(1))[1]
    behind = spans([Counter(busy=4.0, took=[10.0])], [*line(1), coming])[1]
    assert behind.middle > alone.middle + 5


def test_who_needs_a_skill_waits_for_the_counter_that_has_it():
    able, plain = Counter(can=frozenset({"pass"}), busy=1.0, took=[21.0]), Counter()
    found = spans([able, plain], line(1, needs=frozenset({"pass"})))[1]
    assert found.middle > 15


@pytest.mark.parametrize("counters", [1, 3])
def test_the_spans_are_those_of_another_simulation(counters):
    took, people, rng = [4.0, 8.0, 15.0], 9, random.Random(3)
    found = spans([Counter()] * counters, line(people, took=took), runs=1000)[people]
    truths = sorted(last_called(counters, people, took, rng) for _n in range(1500))
    for told, share in ((found.low90, 0.05), (found.middle, 0.5), (found.high90, 0.95)):
        assert told == pytest.approx(truths[int(share * len(truths))], abs=5, rel=0.12)


def last_called(counters, people, took, rng):
    env, called = simpy.Environment(), []
    office = simpy.Resource(env, counters)

    def visit():
        with office.request() as turn:
            yield turn
            called.append(env.now)
            yield env.timeout(rng.choice(took))

    for _n in range(people):
        env.process(visit())
    env.run()
    return max(called)


def test_the_span_of_everybody_in_line_is_computed_once_for_all_phones(
    town, time, sits, monkeypatch
):
    sits()
    entry = queue_entry.walk_in(town.queue, town.card).entry
    first = waiting_now.told(town.office)
    assert waiting_now.told(town.office) is first
    time.later(minutes=1)
    assert waiting_now.told(town.office) is not first
    assert waiting_now.span_of(entry) is not None


def test_a_call_makes_it_anew(town, time, sits):
    counter = sits()
    queue_entry.walk_in(town.queue, town.card)
    second = queue_entry.walk_in(town.queue, town.card).entry
    before = waiting_now.span_of(second)
    queue_calls.finish(counter, queue_calls.call_next(counter).pk)
    assert waiting_now.span_of(second).middle < before.middle
