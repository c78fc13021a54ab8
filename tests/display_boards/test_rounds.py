"""Boards at work: counts, failures and recovery, texts by hand, and what is written down."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction

from stadtkern.kernel import clock, registry
from stadtkern.kernel.events import ObservationsStored
from stadtkern.kernel.people.models import Account
from stadtkern.kernel.things.models import Latest
from stadtkern.systems.parking.logic.boards import checking, notes, overrides, shown
from stadtkern.systems.parking.logic.boards import round as rounds
from stadtkern.systems.parking.models import Board, BoardLine, BoardMessage, Override, Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.fixture
def at():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def lit(lamps):
    return [one.text for one in lamps.lit if one.text]


def steps(board):
    rows = BoardMessage.objects.filter(board=board).order_by("pk")
    return list(rows.values_list("step", "cause"))


def minute(at, count=1):
    """The job of every minute."""
    for _ in range(count):
        at.shift(timedelta(minutes=1))
        rounds.run()


def test_a_board_follows_the_count_and_every_step_is_written_down(
    at, car_park, facts, board, http_lamps
):
    lamps, address = http_lamps
    made = board("http", address, facts)
    car_park.count(3)
    rounds.heard(ObservationsStored(datastreams=(1,), kinds=("parking.count",)))
    assert lit(lamps) == ["Bahnhof        7"]
    assert lamps.lit[0].arrow == "ahead"  # the car park lies north of it, as people look
    assert steps(made) == [
        ("wanted", "start"), ("sent", "start"), ("acknowledged", "start"), ("displayed", "start")
    ]  # fmt: skip
    orders = lamps.orders
    rounds.run()
    minute(at)
    assert lamps.orders == orders, "what it shows already is not sent again"
    car_park.count(10)
    rounds.heard(ObservationsStored(datastreams=(1,), kinds=("parking.count",)))
    assert lit(lamps) == ["Bahnhof  besetzt"]
    assert steps(made)[4:] == [
        ("wanted", "count"), ("sent", "count"), ("acknowledged", "count"), ("displayed", "count")
    ]  # fmt: skip
    made.refresh_from_db()
    assert made.state == "good"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        BoardMessage.objects.update(detail="something else")


def test_a_count_that_grows_old_falls_to_the_static_text(at, car_park, facts, board, http_lamps):
    lamps, address = http_lamps
    made = board("http", address, facts, oldest_minutes=10)
    car_park.count(3)
    rounds.run()
    minute(at, 10)
    assert lit(lamps) == ["Bahnhof        7"]
    minute(at)
    assert lit(lamps) == ["Bahnhof      P+R"]
    assert ("wanted", "stale") in steps(made)
    assert not any(one["text"] == "0" for one in lamps.kept()["lines"])


def test_a_board_that_fails_is_told_of_and_comes_back_by_itself(
    at, car_park, facts, board, http_lamps
):
    lamps, address = http_lamps
    made = board("http", address, facts)
    car_park.count(3)
    rounds.run()
    lamps.switch("cable")
    minute(at)
    made.refresh_from_db()
    assert (made.state, made.failures) == ("silent", 1)
    assert list(checking.problems()) == []
    minute(at, 4)  # again after 1 minute, then after 2
    made.refresh_from_db()
    assert (made.state, made.failures) == ("failed", 3)
    assert [one.fix for one in checking.problems()] == ["/staff/parking/boards/tafel-http/"]
    works = Latest.objects.filter(datastream__thing__kind="parking.board")
    assert [one.value for one in works] == [0.0]
    failed = BoardMessage.objects.filter(board=made, step="failed")
    assert failed.count() == 3
    assert "antwortet nicht" in failed[0].detail
    minute(at, 2)
    made.refresh_from_db()
    assert made.failures == 3, "it is asked less and less often"
    lamps.switch("cable")
    car_park.count(5)
    minute(at, 2)
    made.refresh_from_db()
    assert (made.state, made.failures, made.failing_since) == ("good", 0, None)
    assert lit(lamps) == ["Bahnhof        5"]
    assert [one.value for one in works.all()] == [1.0]


def test_a_board_that_shows_something_else_is_found_and_repaired(
    at, car_park, facts, board, modbus_lamps
):
    lamps, address = modbus_lamps
    made = board("modbus", address, facts)
    car_park.count(3)
    rounds.run()
    assert lit(lamps) == ["Bahnhof        7"]
    lamps.order([], 100, 0)  # somebody has switched it off and on
    minute(at)
    assert lit(lamps) == ["Bahnhof        7"]
    assert ("sent", "repair") in steps(made)
    lamps.switch("frozen")
    car_park.count(6)
    rounds.run()
    minute(at)
    made.refresh_from_db()
    assert made.state == "differs"
    minute(at, 4)
    made.refresh_from_db()
    assert made.state == "failed"
    assert made.shown["lines"][0]["text"] == "Bahnhof        7"
    assert made.wanted["lines"][0]["text"] == "Bahnhof        4"
    lamps.switch("lamp")
    lamps.switch("frozen")
    minute(at, 5)
    made.refresh_from_db()
    assert (made.state, made.faults) == ("good", ["lamp"])
    assert "meldet eine Störung" in str(next(checking.problems()).text)


def test_night_falls_and_a_test_pattern_passes(at, car_park, facts, board, http_lamps):
    lamps, address = http_lamps
    made = board("http", address, facts)
    car_park.count(3)
    rounds.run()
    assert lamps.brightness == 100
    Board.objects.update(test_until=clock.now() + timedelta(minutes=2))
    rounds.run()
    assert lit(lamps) == ["8" * 16]
    minute(at, 2)
    assert lit(lamps) == ["Bahnhof        7"]
    at.move_to(datetime(2026, 11, 23, 19, 31, tzinfo=UTC))  # 20:31 in the city
    car_park.count(3)
    rounds.run()
    assert lamps.brightness == 30
    assert steps(made)[-3:] == [("wanted", "light"), ("sent", "light"), ("acknowledged", "light")]


def test_a_text_by_hand_goes_by_itself_also_over_a_change_of_the_clock(
    at, car_park, facts, board, http_lamps
):
    """From 1:30 to 3:30 of the night in which the clock goes back: three hours, not two."""
    lamps, address = http_lamps
    made = board("http", address, facts, oldest_minutes=600)
    who = Account.objects.create(username="warden", is_staff=True)
    at.move_to(datetime(2026, 10, 24, 23, 30, tzinfo=UTC))  # 1:30 in the city
    car_park.count(3)
    until = datetime(2026, 10, 25, 2, 30, tzinfo=UTC)  # 3:30 in the city
    overrides.put(made, ["Stadtfest"], why="Umleitung", until=until, who=who)
    rounds.run()
    assert lit(lamps) == ["Stadtfest"]
    for instant, text in (
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "Stadtfest"),
        (datetime(2026, 10, 25, 2, 29, tzinfo=UTC), "Stadtfest"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=UTC), "Bahnhof        7"),
    ):
        at.move_to(instant)
        car_park.count(3)
        rounds.run()
        assert lit(lamps) == [text], instant
    over = Override.objects.get()
    assert (over.ended, over.ended_by) == (until, "time")
    assert ("wanted", "override_over") in steps(made)


def test_one_text_follows_another_and_can_be_taken_back(at, car_park, facts, board, http_lamps):
    lamps, address = http_lamps
    made = board("http", address, facts)
    who = Account.objects.create(username="warden", is_staff=True)
    car_park.count(3)
    later = clock.now() + timedelta(hours=1)
    overrides.put(made, ["Eins"], why="Probe", until=later, who=who)
    overrides.put(made, ["Zwei"], why="Probe", until=later, who=who)
    rounds.run()
    assert lit(lamps) == ["Zwei"]
    assert Override.objects.filter(ended=None).count() == 1
    assert overrides.undo(made, who)
    assert not overrides.undo(made, who)
    rounds.run()
    assert lit(lamps) == ["Bahnhof        7"]


def test_boards_of_all_car_parks_are_worked_out_in_a_fixed_number_of_queries(
    at, car_park, facts, board, django_assert_num_queries, django_assert_max_num_queries
):
    made = board("http", "http://127.0.0.1:9/a", facts)
    rounds.look()
    with django_assert_max_num_queries(30) as first:
        rounds.look()
    for i in range(4):
        BoardLine.objects.create(board=made, number=i + 2).sites.set([facts])
    rounds.look()
    with django_assert_num_queries(len(first.captured_queries)):
        rounds.look()


def test_a_key_of_another_secret_is_said_and_stops_nobody_else(
    at, car_park, facts, board, http_lamps, modbus_lamps
):
    lamps, address = modbus_lamps
    lost = board("http", http_lamps[1], facts)
    Board.objects.filter(pk=lost.pk).update(secret=b"sealed with another one")
    board("modbus", address, facts)
    car_park.count(3)
    rounds.run()
    lost.refresh_from_db()
    assert "Schlüssel" in lost.problem
    assert lit(lamps) == ["Bahnhof        7"]


def test_what_boards_show_is_open_data_and_old_messages_are_forgotten(
    at, car_park, facts, board, http_lamps
):
    made = board("http", http_lamps[1], facts)
    (row,) = shown.rows()
    assert (row["text"], row["reported_at"]) == (None, None)
    car_park.count(3)
    rounds.run()
    first = next(iter(shown.rows()))
    assert (first["text"], first["arrow"], first["line"]) == ("Bahnhof        7", "ahead", 1)
    assert "secret" not in first
    assert "address" not in first
    assert notes.forget() == "0 messages to boards forgotten"
    at.shift(timedelta(days=registry.city().keep.uplinks_days + 1))
    assert notes.forget() == "4 messages to boards forgotten"
    assert not BoardMessage.objects.filter(board=made).exists()
    assert Site.objects.filter(pk=facts.pk).exists()
