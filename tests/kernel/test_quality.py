"""Flags of observations: each check by its source's own rule, together, again, and by hand."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import (
    Check,
    Datastream,
    Latest,
    Mark,
    ObservedProperty,
    Sensor,
    Thing,
)
from stadtkern.kernel.things.quality.run import check_again, check_new
from stadtkern.kernel.things.store import GOOD, INVALID, SUSPECT, Observation

pytestmark = pytest.mark.django_db

START = datetime(2026, 6, 1, 6, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LATER = START + timedelta(days=400)


def stream(name="temperature", *, lon=7.2, lat=51.5, thing=None, unit="Cel", **fields):
    thing = thing or Thing.objects.create(
        name="station", place=Place.objects.create(name="station", geometry=point(lon, lat))
    )
    known, _ = ObservedProperty.objects.get_or_create(slug=name, defaults={"name": name})
    sensor, _ = Sensor.objects.get_or_create(name="sensor")
    return Datastream.objects.create(
        thing=thing, sensor=sensor, observed_property=known, name=name, unit_symbol=unit, **fields
    )


def check(kind, one, **given):
    return Check.objects.create(kind=kind, observed_property=one.observed_property, settings=given)


def hear(one, *values, every=MINUTE, start=START, **fields):
    """Values one after the other; their ids."""
    rows = [
        Observation(datastream=one.pk, at=start + n * every, value=float(v), **fields)
        for n, v in enumerate(values)
    ]
    return store.write(rows)


def flags(one):
    """The grade and the failing checks of each observation, in the order of their times."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select quality, coalesce((select array_agg(r ->> 'check' order by n) from"
            " jsonb_array_elements(extra -> 'resultQuality' -> 'reasons')"
            " with ordinality as x (r, n)), '{}'), value"
            " from things_observation where datastream_id = %s order by at, id",
            [one.pk],
        )
        return [(quality, tuple(names)) for quality, names, _ in cursor.fetchall()]


def judge(*streams):
    return check_again([one.pk for one in streams], START - timedelta(days=9), LATER)


FINE = (GOOD, ())


def test_the_plausible_range_of_a_datastream_is_a_check_without_more_ado():
    one = stream(low=-30, high=45)
    hear(one, 20, -31, 45, 46)
    assert judge(one) == 2
    assert flags(one) == [FINE, (SUSPECT, ("range",)), FINE, (SUSPECT, ("range",))]


def test_beyond_what_the_sensor_can_say_is_invalid():
    one = stream("pm10", unit="ug/m3")
    check("range", one, high=500, highest=1999)
    hear(one, 12, 501, 1999.9)
    judge(one)
    assert flags(one) == [FINE, (SUSPECT, ("range",)), (INVALID, ("range",))]


def argo(before, value, after):
    """Argo quality control manual, test 9."""
    return abs(value - (after + before) / 2) - abs((after - before) / 2)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.integers(-30, 30), min_size=3, max_size=12))
def test_spikes_are_those_of_the_argo_manual(values):
    one = stream(f"spiky{Random().random()}")
    check("spike", one, suspect=5)
    hear(one, *values)
    judge(one)
    inner = zip(values, values[1:], values[2:], strict=False)
    wanted = [SUSPECT if argo(*three) >= 5 else GOOD for three in inner]
    assert [grade for grade, _ in flags(one)] == [GOOD, *wanted, GOOD]


def test_a_step_to_a_new_level_is_no_spike():
    one = stream()
    check("spike", one, suspect=5)
    hear(one, 0, 0, 20, 20, 20)
    judge(one)
    assert flags(one) == [FINE] * 5


def test_an_invalid_value_is_no_neighbour_of_a_good_one():
    one = stream()
    check("spike", one, suspect=5)
    hear(one, 10)
    hear(one, 900, start=START + MINUTE, quality=INVALID)
    hear(one, 11, 10, start=START + 2 * MINUTE)
    judge(one)
    assert [grade for grade, _ in flags(one)] == [GOOD, INVALID, GOOD, GOOD]


def test_a_flat_line_is_flagged_once_it_lasted_but_not_at_its_value_of_rest():
    hour = timedelta(hours=1)
    wind, rain = stream("wind"), stream("rain")
    for one in (wind, rain):
        check("flat", one, seconds=4 * 3600, least=4, band=0, rest=0 if one is rain else None)
        hear(one, 1, 0, 0, 0, 0, 0, 0, 2, every=hour)
    judge(wind, rain)
    still = (SUSPECT, ("flat",))
    assert flags(wind) == [FINE] * 5 + [still, still, FINE]
    assert flags(rain) == [FINE] * 8


def test_the_second_value_of_an_instant_is_a_duplicate_and_counts_in_no_sum():
    one = stream("people", unit="1")
    check("repeat", one)
    hear(one, 7)
    hear(one, 7)
    hear(one, 9)
    judge(one)
    repeat = ("repeat",)
    assert flags(one) == [FINE, (INVALID, repeat), (SUSPECT, repeat)]
    with connection.cursor() as cursor:
        cursor.execute("select n, sum from things_hour where datastream_id = %s", [one.pk])
        assert cursor.fetchall() == [(2, 16)]


def test_what_comes_a_day_after_newer_values_is_out_of_order():
    one = stream()
    check("late", one)
    hear(one, 1, start=START + timedelta(days=2))
    hear(one, 1, start=START + timedelta(days=1, hours=1))
    hear(one, 1)
    judge(one)
    assert flags(one) == [(SUSPECT, ("late",)), FINE, FINE]


def test_a_station_that_nobody_around_it_bears_out_is_suspect():
    near = [stream(lon=7.2 + n / 1000) for n in range(4)]
    far = stream(lon=7.9)
    check("neighbours", near[0], metres=2000, least=3, away=5)
    for one, value in zip([*near, far], (20, 21, 22, 40, 40), strict=True):
        hear(one, value)
    judge(*near, far)
    assert [flags(one) for one in near] == [[FINE]] * 3 + [[(SUSPECT, ("neighbours",))]]
    assert flags(far) == [FINE]


def test_a_wide_spread_around_it_excuses_a_station():
    near = [stream(lon=7.2 + n / 1000) for n in range(5)]
    check("neighbours", near[0], metres=2000, least=3, away=5, factor=4)
    for one, value in zip(near, (10, 20, 30, 40, 50), strict=True):
        hear(one, value)
    judge(*near)
    assert {flag for one in near for flag in flags(one)} == {FINE}


def test_dust_is_suspect_in_humid_air_and_not_usable_in_fog():
    thing = Thing.objects.create(
        name="both", place=Place.objects.create(name="p", geometry=point(7.2, 51.5))
    )
    dust, humidity = stream("pm10", thing=thing), stream("relative_humidity", thing=thing)
    elsewhere = stream("pm10", lon=7.6)
    check("humidity", dust)
    hear(humidity, 74, 75, 90, every=timedelta(hours=3))
    hear(dust, 12, 12, 12, every=timedelta(hours=3))
    hear(elsewhere, 12)
    judge(dust, elsewhere)
    humid = ("humidity",)
    assert flags(dust) == [FINE, (SUSPECT, humid), (INVALID, humid)]
    assert flags(elsewhere) == [FINE]


def test_the_value_itself_and_who_flagged_it_before_are_left_alone():
    one = stream(high=10)
    (ours,) = hear(one, 99)
    hear(one, 98, start=START + MINUTE, quality=INVALID)
    hear(one, 97, start=START + 2 * MINUTE, extra={"resultQuality": {"DQ": "checked by hand"}})
    assert judge(one) == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "select value, quality, extra -> 'resultQuality' from things_observation"
            " where datastream_id = %s order by at", [one.pk]
        )  # fmt: skip
        rows = cursor.fetchall()
    assert [value for value, _, _ in rows] == [99, 98, 97]
    assert [quality for _, quality, _ in rows] == [SUSPECT, INVALID, GOOD]
    assert "checked by hand" in str(rows[2][2])
    assert Latest.objects.get(datastream=one).observation_id != ours


def test_a_check_that_is_changed_takes_its_flags_back():
    one = stream()
    rule = check("range", one, high=10)
    hear(one, 5, 15, 25)
    assert judge(one) == 2
    Check.objects.filter(pk=rule.pk).update(settings={"high": 20})
    assert judge(one) == 2  # one is fine now, the other has another limit in its reason
    assert flags(one) == [FINE, FINE, (SUSPECT, ("range",))]
    assert judge(one) == 0
    Check.objects.filter(pk=rule.pk).update(on=False)
    assert judge(one) == 1
    assert flags(one) == [FINE] * 3


def test_a_datastream_s_own_check_goes_before_that_of_its_property():
    one, other = stream(), stream()
    check("range", one, high=10)
    Check.objects.create(kind="range", datastream=one, settings={"high": 100})
    hear(one, 50)
    hear(other, 50)
    judge(one, other)
    assert flags(one) == [FINE]
    assert flags(other) == [(SUSPECT, ("range",))]


def test_a_person_s_mark_counts_more_than_any_check_and_can_be_taken_back():
    one = stream(high=10)
    hear(one, 20, 5)
    hour = {"datastream": one, "start": START, "end": START + timedelta(hours=1)}
    fine = Mark.objects.create(**hour, flag=GOOD, reason="it was that hot")
    judge(one)
    assert flags(one) == [(GOOD, ("mark", "range")), (GOOD, ("mark",))]
    fine.delete()
    Mark.objects.create(**hour, flag=INVALID, reason="taken down for repair")
    judge(one)
    assert [grade for grade, _ in flags(one)] == [INVALID, INVALID]
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from things_hour where datastream_id = %s", [one.pk])
        assert cursor.fetchone()[0] == 0
    assert Latest.objects.get(datastream=one).quality == INVALID
    Mark.objects.all().delete()
    judge(one)
    assert flags(one) == [(SUSPECT, ("range",)), FINE]
    with connection.cursor() as cursor:
        cursor.execute("select n, sum from things_hour where datastream_id = %s", [one.pk])
        assert cursor.fetchall() == [(2, 25)]


def test_what_comes_in_is_checked_by_the_job_and_a_spike_once_the_value_behind_it_is_there():
    one = stream()
    hear(one, 10, 10)
    check("spike", one, suspect=5)
    with time_machine.travel(START, tick=False) as clock:
        check_new()  # from here on
        hear(one, 90, start=START + 2 * MINUTE)
        clock.shift(60)
        check_new()
        clock.shift(60)
        assert "1 observations checked, 0 flags" in check_new()
        hear(one, 11, start=START + 3 * MINUTE)
        clock.shift(60)
        check_new()
        clock.shift(60)
        assert "1 observations checked, 1 flags" in check_new()
        assert [grade for grade, _ in flags(one)] == [GOOD, GOOD, SUSPECT, GOOD]
        clock.shift(60)
        assert "0 observations checked" in check_new()


def test_the_job_takes_any_number_in_steps(monkeypatch):
    monkeypatch.setattr("stadtkern.kernel.things.quality.run.STEP", 7)
    one = stream(high=50)
    with time_machine.travel(START, tick=False) as clock:
        check_new()
        hear(one, *range(60))
        clock.shift(60)
        check_new()
        clock.shift(60)
        assert check_new() == "60 observations checked, 9 flags changed"
    assert [grade for grade, _ in flags(one)] == [GOOD] * 51 + [SUSPECT] * 9


def test_a_datastream_takes_its_checks_and_marks_along():
    one = stream()
    Check.objects.create(kind="range", datastream=one, settings={})
    Mark.objects.create(datastream=one, start=START, end=START, flag=3, reason="x")
    one.delete()
    assert not Check.objects.exists()
    assert not Mark.objects.exists()


def test_a_check_is_about_a_property_or_a_datastream_and_there_is_one_of_a_kind():
    one = stream()
    check("range", one)
    for wrong in (
        {"observed_property": one.observed_property, "datastream": one},
        {},
        {"observed_property": one.observed_property},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Check.objects.create(kind="range", **wrong)
