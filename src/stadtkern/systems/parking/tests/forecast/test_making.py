"""Forecasts are stored for pages, made again without harm, and held against what came."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stadtkern.kernel.things import store
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.logic.forecast import learning, making, read, scoring
from stadtkern.systems.parking.models import Forecast, Foretold, Learnt, Score
from stadtkern.systems.parking.tests.conftest import NOW
from stadtkern.systems.parking.tests.forecast.conftest import counted


def test_a_car_park_with_a_rhythm_is_foreseen_for_a_day_and_pages_read_it_in_one_query(rhythm):
    _park, site = rhythm
    making.foresee_all()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        told = read.ahead(site.pk, [15, 60, 24 * 60])
    assert len(asked) == 1
    assert [step.at for step in told] == [NOW + timedelta(minutes=n) for n in (15, 60, 1440)]
    assert all(0 <= step.low <= step.free <= step.high <= 20 for step in told)
    # Planted: nearly full on a working day at half past ten.
    tomorrow = told[-1]
    assert tomorrow.free <= 4


def test_learning_and_foreseeing_twice_leaves_one_row_each(rhythm):
    making.foresee_all()
    first = Forecast.objects.get()
    learning.learn_all()
    making.foresee_all()
    again = Forecast.objects.get()
    assert Learnt.objects.count() == 1
    assert (again.begins, again.free) == (first.begins, first.free)
    assert Foretold.objects.count() == len(scoring.COMPARED)


def test_the_figures_on_unseen_weeks_are_kept_for_staff(rhythm):
    learning.learn_all()
    row = Learnt.objects.get()
    hour = row.figures["60"]
    assert hour["errors"][hour["way"]] == min(hour["errors"].values())
    assert 0 <= hour["coverage"] <= 1


def test_without_two_weeks_of_counts_nothing_is_foreseen_and_why_is_kept(car_park):
    counted(car_park(), weeks=1)
    making.foresee_all()
    assert Learnt.objects.get().reason == "short"
    assert not Forecast.objects.exists()


def test_what_was_foretold_is_held_against_what_came_once_it_is_over(rhythm, later):
    park, _site = rhythm
    making.foresee_all()
    said = Foretold.objects.get(minutes=15)
    stream = logic.count_stream(park.place)
    came = [store.Observation(datastream=stream.pk, at=said.at + timedelta(minutes=n), value=v)
            for n, v in ((1, 8.0), (10, 10.0))]  # fmt: skip
    store.write(came, announce=False)
    later(minutes=45)
    scoring.compare(logic.clock.now())
    scoring.compare(logic.clock.now())
    row = Score.objects.get(minutes=15)
    assert (row.n, row.off) == (1, pytest.approx(abs(9 - said.free)))
    assert row.last_off == pytest.approx(abs(9 - said.last))
    assert row.held == (said.low <= 9 <= said.high)
    assert not Foretold.objects.filter(minutes=15).exists()


def test_where_the_count_fell_silent_nothing_is_scored(rhythm, later):
    making.foresee_all()
    later(hours=2)
    scoring.compare(logic.clock.now())
    assert not Score.objects.exists()


def test_nobody_is_told_what_a_standing_job_foresaw_an_hour_ago(rhythm, later):
    _park, site = rhythm
    making.foresee_all()
    later(minutes=31)
    assert read.ahead(site.pk, [15]) == []


def test_a_stale_count_is_foreseen_by_the_usual_alone(rhythm, later):
    _park, site = rhythm
    making.foresee_all()
    later(minutes=45)
    making.foresee_all()
    assert Forecast.objects.get().known is False
    (told,) = read.ahead(site.pk, [15])
    assert told.method == "usual"


def test_while_it_is_closed_nothing_is_foreseen(rhythm):
    _park, site = rhythm
    site.closed_until = NOW + timedelta(hours=2)
    site.save()
    making.foresee_all()
    assert [one.at for one in read.ahead(site.pk, [30, 180])] == [NOW + timedelta(minutes=180)]


def test_outside_of_the_opening_hours_nothing_is_foreseen(rhythm):
    _park, site = rhythm
    site.opening_hours = "Mo-Fr 07:00-19:00"
    site.save()
    making.foresee_all()
    # It is Monday, 10:30 in the city.
    hours = [n for n in range(1, 24) if read.ahead(site.pk, [60 * n])]
    assert hours == [n for n in range(1, 24) if 7 <= (10.5 + n) % 24 < 19]


def test_as_many_queries_for_ten_car_parks_as_for_one(rhythm, car_park):
    making.foresee_all()
    with CaptureQueriesContext(connection) as one:
        making.foresee_all()
    learnt = Learnt.objects.get()
    for n in range(9):
        park = car_park(3, f"P+R {n}")
        logic.count_stream(park.place)
        (site,) = logic.sites([park.place])
        Learnt.objects.create(site=site.facts, numbers=learnt.numbers, at=learnt.at)
    with CaptureQueriesContext(connection) as ten:
        making.foresee_all()
    assert Forecast.objects.count() == 10
    assert len(ten) == len(one)


def test_a_day_that_was_learnt_too_long_ago_is_left_out(rhythm, later):
    making.foresee_all()
    later(days=12)
    making.foresee_all()
    assert not Forecast.objects.exists()
