"""Rights to park: what is charged, given back and refused, whatever the order of the wishes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from stadtkern.systems.parking_tickets.logic import closing, rights
from stadtkern.systems.parking_tickets.logic.refusing import Refused
from stadtkern.systems.parking_tickets.models import Change, Session, Tariff
from stadtkern.systems.parking_tickets.tests.conftest import NOW, SHOPS, Town, booked
from stadtkern.systems.parking_tickets.tests.oracle import cost
from stadtkern.systems.parking_tickets.tests.test_tariffs import OFF, ZONE

ME = "operator:app-a"
OWED, EARNED = ("receivable", "parking:app-a"), ("revenue", "parking:4711:app")


def refusal(call, *args, **kwargs) -> tuple[str, str]:
    before = (Session.objects.count(), Change.objects.count(), booked())
    with pytest.raises(Refused) as told:
        call(*args, **kwargs)
    assert (Session.objects.count(), Change.objects.count(), booked()) == before
    assert told.value.text
    return told.value.field, told.value.code


def test_extending_and_shortening_costs_what_the_whole_time_costs(town, later):
    row = town.sold(60)
    assert (row.cents, booked()) == (150, {OWED: 150, EARNED: -150})
    later(minutes=50)
    assert rights.extend(row.pk, NOW + timedelta(minutes=90), key="k2", actor=ME).cents == 225
    assert booked() == {OWED: 225, EARNED: -225}
    later(minutes=20)
    short = rights.shorten(row.pk, NOW + timedelta(minutes=75), key="k3", actor=ME)
    assert short.cents == 188
    assert booked() == {OWED: 188, EARNED: -188}
    deltas = [150, 75, -37]
    assert list(Change.objects.order_by("number").values_list("delta_cents", flat=True)) == deltas
    assert sum(line.milli for line in row.lines.all()) == 187500


def test_stopping_early_gives_back_the_minutes_to_come_but_not_the_least_price(town, later):
    row = town.sold(120)
    later(minutes=3)
    stopped = rights.stop(row.pk, None, key="k2", actor=ME)
    assert (stopped.cents, stopped.state) == (20, "ended")
    assert booked() == {OWED: 20, EARNED: -20}
    later_end = NOW + timedelta(hours=2)
    assert refusal(rights.extend, row.pk, later_end, key="k3", actor=ME) == ("time_end", "ended")


def test_asking_again_with_the_same_key_changes_nothing(town, later):
    row = town.sold(60)
    assert town.sold(60).pk == row.pk
    until = NOW + timedelta(minutes=90)
    rights.extend(row.pk, until, key="k2", actor=ME)
    later(hours=3)
    assert rights.extend(row.pk, until, key="k2", actor=ME).cents == 225
    assert rights.start(town.wanted(60, begins=NOW), key="k1", actor=ME).pk == row.pk
    assert (Change.objects.count(), booked()[OWED]) == (2, 225)
    assert refusal(rights.stop, row.pk, key="k2", actor=ME) == ("key", "used")
    assert refusal(town.sold, 60, plate="BOXY1") == ("key", "used")


def test_a_plate_has_one_right_at_a_time_in_a_zone(town, later):
    first = town.sold(60)
    assert refusal(town.sold, 30, key="k2") == ("registration_number", "already")
    other = town.add("4712")
    town.sold(30, key="k3", zone=other)
    later(minutes=60)
    second = town.sold(30, key="k4")
    assert second.during.lower == first.during.upper


def test_the_database_itself_refuses_two_rights_at_once(town):
    row = town.sold(60)
    copy = Session.objects.get(pk=row.pk)
    copy.pk, copy.public_id, copy._state.adding = None, None, True
    copy.public_id = "12345678-1234-4234-8234-123456789012"
    with pytest.raises(IntegrityError, match="one_right_at_a_time"), transaction.atomic():
        copy.save()


def test_the_longest_stay_counts_what_other_sellers_sold_until_a_break(town, later):
    town.sold(120)
    later(minutes=120)
    told = refusal(town.sold, 90, key="k2", source="web", operator=None)
    assert told == ("time_end", "max_stay")
    assert town.sold(60, key="k3", source="web", operator=None).before_seconds == 7200
    later(minutes=60)
    assert refusal(town.sold, 10, key="k4") == ("time_start", "max_stay")
    later(minutes=60)
    assert town.sold(180, key="k5").before_seconds == 0


def test_a_right_that_is_extended_up_to_a_later_one_stays_within_the_longest_stay(town, later):
    first = town.sold(60)
    town.sold(90, key="k2", begins=NOW + timedelta(minutes=150))
    until = NOW + timedelta(minutes=120)
    assert refusal(rights.extend, first.pk, until, key="k3", actor=ME) == ("time_end", "max_stay")


def test_free_minutes_are_not_won_twice(town, later):
    zone = town.add("5", {"windows": [SHOPS], "free_minutes": 30, "return_minutes": 120})
    assert town.sold(30, zone=zone).cents == 0
    later(minutes=40)
    assert town.sold(30, key="k2", zone=zone).cents == 75


@pytest.mark.parametrize(
    ("begins", "answer"),
    [(-121, ("time_start", "past")), (24 * 3600 + 1, ("time_start", "far"))],
)
def test_nothing_begins_in_the_past_or_far_ahead(town, begins, answer):
    assert refusal(town.sold, 60, begins=NOW + timedelta(seconds=begins)) == answer
    inside = begins + 1 if begins < 0 else begins - 1
    assert town.sold(60, begins=NOW + timedelta(seconds=inside)).pk


def test_an_open_end_is_priced_when_it_is_stopped(town, later):
    row = town.sold(None)
    assert (row.cents, row.open_ended, row.during.upper) == (0, True, NOW + timedelta(hours=3))
    assert booked() == {}
    later(minutes=44, seconds=10)
    stopped = rights.stop(row.pk, NOW + timedelta(minutes=44), key="k2", actor=ME)
    assert (stopped.cents, stopped.open_ended) == (110, False)
    assert booked()[OWED] == 110


def test_an_open_end_that_nobody_stops_ends_with_the_hours(town, later):
    row = town.sold(None, begins=NOW + timedelta(hours=6))
    assert row.during.upper == datetime(2026, 11, 23, 17, tzinfo=UTC)
    later(hours=8)
    closing.close()
    row.refresh_from_db()
    assert (row.state, row.cents, booked()[OWED]) == ("ended", 225, 225)
    closing.close()
    assert booked()[OWED] == 225


def test_a_right_can_be_taken_back_before_it_begins_or_just_after_buying(town, later):
    ahead = town.sold(60, begins=NOW + timedelta(hours=3))
    later(hours=1)
    rights.cancel(ahead.pk, key="c1", actor=ME)
    assert booked() == {}
    row = town.sold(60, key="k2")
    later(seconds=121)
    assert refusal(rights.cancel, row.pk, key="c2", actor=ME) == ("id", "begun")
    rights.start(town.wanted(60, plate="BOXY1"), key="k3", actor=ME)
    assert refusal(rights.cancel, ahead.pk, key="c3", actor=ME) == ("id", "cancelled")


def test_new_prices_do_not_change_a_right_that_runs(town, later):
    row = town.sold(60)
    dearer = {"windows": [{**SHOPS, "steps": [{"cents": 600}]}]}
    town.prices(town.zone, dearer, since=NOW + timedelta(minutes=30))
    later(minutes=45)
    assert rights.extend(row.pk, NOW + timedelta(minutes=120), key="k2", actor=ME).cents == 300
    assert town.sold(30, key="k3", plate="BOXY1").cents == 300


def test_published_prices_and_past_changes_stay_as_they_are(town):
    town.sold(60)
    with pytest.raises(IntegrityError, match="published"), transaction.atomic():
        Tariff.objects.update(rules={"windows": []})
    with pytest.raises(IntegrityError, match="on record"), transaction.atomic():
        Change.objects.update(cents=1)


def test_tax_is_split_off_where_a_zone_has_it(town):
    zone = town.add("7", tax_rate=190)
    row = town.sold(60, zone=zone)
    assert booked() == {OWED: 150, ("revenue", "parking:7:app"): -126, ("tax", "190"): -24}
    rights.cancel(row.pk, key="c", actor=ME)
    assert booked() == {}


def test_a_plate_is_corrected_only_just_after_buying(town, later):
    row = town.sold(60)
    rights.correct_plate(row.pk, "HERAB124", key="p1", actor=ME)
    town.sold(60, key="k2")
    later(seconds=121)
    told = refusal(rights.correct_plate, row.pk, "HERAB125", key="p2", actor=ME)
    assert told == ("registration_number", "begun")


def test_unknown_vehicles_and_zones_without_prices_are_refused(town):
    assert refusal(town.sold, 60, vehicle="tank") == ("vehicle", "unknown")
    assert refusal(town.sold, 0) == ("time_end", "before_start")
    empty = town.add("9")
    Tariff.objects.filter(zone=empty).update(during=(town.SINCE, NOW))
    assert refusal(town.sold, 60, zone=empty) == ("zone", "no_tariff")


wishes = st.lists(
    st.tuples(st.sampled_from(["extend", "shorten", "stop", "cancel", "wait"]),
              st.integers(1, 240)),
    max_size=8,
)  # fmt: skip


class AnyOrder(TestCase):
    """A right that is asked for anything in any order."""

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(st.integers(1, 180), wishes, st.booleans())
    def test_the_price_and_the_books_follow_the_whole_time(self, first, wanted, ends_open):
        import time_machine

        with time_machine.travel(NOW, tick=False) as clock:
            town = Town()
            row = town.sold(None if ends_open else first)
            for number, (wish, minutes) in enumerate(wanted):
                self._do(row, wish, minutes, f"w{number}", clock)
            clock.shift(timedelta(days=1))
            closing.close()
        row.refresh_from_db()
        self._check(row, town)

    def _do(self, row, wish, minutes, key, clock):
        was = Session.objects.get(pk=row.pk)
        at, now = NOW + timedelta(minutes=minutes), datetime.now(UTC)
        try:
            if wish == "wait":
                clock.shift(timedelta(minutes=minutes / 4, seconds=minutes % 60))
            elif wish in ("extend", "shorten"):
                call = rights.extend if wish == "extend" else rights.shorten
                for _retry in range(2):
                    call(row.pk, at, key=key, actor=ME)
            else:
                getattr(rights, wish)(row.pk, key=key, actor=ME)
        except Refused:
            same = Session.objects.get(pk=row.pk)
            assert (same.cents, same.during, same.state) == (was.cents, was.during, was.state)
            return
        row.refresh_from_db()
        if was.during.upper <= now or was.state != "active":
            assert wish == "wait" or wish == "cancel"

    def _check(self, row, town):
        changes = list(Change.objects.filter(session=row))
        assert sum(one.delta_cents for one in changes) == row.cents == changes[-1].cents
        assert [one.number for one in changes] == list(range(1, len(changes) + 1))
        assert booked().get(OWED, 0) == row.cents
        if row.state == "cancelled":
            assert row.cents == 0
            return
        slow = cost(row.tariff.rules, row.during.lower, row.during.upper, ZONE, OFF)
        assert row.cents == slow
        assert (sum(line.milli for line in row.lines.all()) + 500) // 1000 == row.cents
