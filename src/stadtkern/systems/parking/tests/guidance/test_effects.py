"""What searching costs the air: reckoned by hand, open in its assumptions, careful in its words."""

import csv
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from django.urls import reverse

from stadtkern.kernel.places.models import Place, point
from stadtkern.kernel.things import store
from stadtkern.kernel.things.models import Datastream, ObservedProperty, Sensor, Thing
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.logic.guidance.traffic import arrivals
from stadtkern.systems.parking.logic.guidance.traffic.assumptions import ASSUMPTIONS
from stadtkern.systems.parking.logic.guidance.traffic.estimate import estimate, way
from stadtkern.systems.parking.models import Arrived
from stadtkern.systems.parking.tests.forecast.conftest import history
from stadtkern.systems.parking.tests.forecast.planted import ZONE

PLAIN = {one.slug: one.value for one in ASSUMPTIONS}
EVENT_DAY = date(2026, 11, 22)


def test_arrivals_are_what_a_car_park_becomes_fuller_by_from_quarter_to_quarter():
    free = np.array([100, 90, 95, 55, np.nan, 50, 50], dtype=float)
    assert arrivals.by_occupancy(free, 100) == {"5": 10.0, "25": 40.0}


def test_the_way_of_a_search_rises_sharply_where_it_is_nearly_full():
    one = {name: np.array([value]) for name, value in {**PLAIN, "clumping": 1.0}.items()}
    km = way(one)[0]
    # 1 / (1 - q) spaces of 5.5 m: 11 m at a half, 55 m at 90 %, 550 m at 99 %, else 1.5 km.
    assert km[[0, 50, 90, 99, 100]] == pytest.approx([0.0055, 0.011, 0.055, 0.55, 1.5])


def days(count, percent, number):
    return [{str(percent): float(number)} for _ in range(count)]


def test_kilometres_and_grams_follow_from_the_assumptions_as_by_hand():
    values = {**PLAIN, "clumping": 1.0, "hidden": 1.0, "guided": 0.0}
    found = estimate(days(10, 90, 100), days(10, 50, 100), values)
    assert found.before["km"].value == pytest.approx(100 * 0.055)
    assert found.after["km"].value == pytest.approx(100 * 0.011)
    assert found.before["minutes"].value == pytest.approx(5.5 / 15 * 60)
    assert found.before["no2"].value == pytest.approx(5.5 * 0.35 * 0.3)
    assert found.before["pm10"].value == pytest.approx(5.5 * (0.0213 + 0.003))
    assert found.change["km"].clear
    assert found.change["km"].high < 0


def test_without_guided_drivers_equal_periods_show_no_difference_that_can_be_told():
    rng = np.random.default_rng(5)
    same = [{"85": float(n)} for n in rng.integers(80, 120, 56)]
    found = estimate(same[:28], same[28:], {**PLAIN, "guided": 0.0})
    assert not found.counted["km"].clear
    assert not found.change["km"].clear


def test_what_is_unknown_in_both_periods_does_not_widen_their_difference():
    found = estimate(days(20, 90, 100), days(20, 90, 100), PLAIN)
    assert found.counted["km"].low == found.counted["km"].high == 0
    assert found.before["km"].high > 1.5 * found.before["km"].low


def test_four_days_are_too_few():
    assert estimate(days(4, 90, 10), days(20, 90, 10), PLAIN) is None


@pytest.fixture
def counted(car_park):
    park = car_park(20)
    history(logic.count_stream(park.place), 20, weeks=9)
    arrivals.catch_up()
    return park


def test_days_are_counted_once_and_as_often_as_one_likes(counted):
    first = list(Arrived.objects.values_list("day", "arrivals", "known"))
    assert arrivals.catch_up() == "0 days counted"
    assert list(Arrived.objects.values_list("day", "arrivals", "known")) == first
    assert first[-1][0] == EVENT_DAY
    # A planted working day: eighteen of twenty come, seen in steps of whole vehicles.
    friday = next(told for day, told, _known in first if day == date(2026, 11, 20))
    assert sum(friday.values()) == 18


def test_the_day_on_which_the_clock_was_put_back_is_counted_whole(counted):
    row = Arrived.objects.get(day=date(2026, 10, 25))
    assert row.known == 1.0


def page(client, **given):
    return client.get(reverse("parking:effects"), given)


def test_the_page_compares_the_last_four_weeks_with_those_before(client, counted):
    response = page(client)
    assert response.status_code == 200
    assert response.context["days"] == (28, 28)
    assert (response.context["before"].days, response.context["after"].days) == (28, 28)
    text = response.content.decode()
    assert "Gemessene Luft wird von vielem anderen bewegt" in text
    assert reverse("effects") in text
    assert "Arnott" in text


def test_every_assumption_can_be_changed_in_the_address(client, counted):
    usual = {one.slug: one for one in page(client).context["lines"]}
    dirtier = {one.slug: one for one in page(client, nox="0,7").context["lines"]}
    assert dirtier["no2"].before.value == pytest.approx(2 * usual["no2"].before.value)
    assert [one.slug for one in page(client, nox="0,7").context["changed"]] == ["nox"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"before_first": "2026-11-10", "before_last": "2026-11-01"}, "before_last"),
        ({"after_first": "2026-10-01"}, "after_first"),
        ({"speed": "0"}, "speed"), ({"nox": "viel"}, "nox"),
        ({"after_last": "gestern"}, "after_last"),
        ({"before_first": "2024-01-01", "before_last": "2026-10-01"}, "before_last"),
    ],
)  # fmt: skip
def test_wrong_input_is_told_and_kept(client, counted, given, field):
    text = page(client, **given).content.decode()
    assert "<title>Fehler:" in text
    assert f'href="#id_{field}"' in text


def test_periods_without_enough_days_say_so(client, counted):
    text = page(client, before_first="2025-01-01", before_last="2025-01-28").content.decode()
    assert "Zu wenige Tage" in text


def test_the_file_has_quantities_assumptions_and_what_was_measured_near_by(client, counted):
    place = Place.objects.create(name="Messstation", geometry=point(7.21, 51.5))
    prop, _ = ObservedProperty.objects.get_or_create(slug="no2", defaults={"name": "NO2"})
    thing = Thing.objects.create(place=place, name="Station")
    stream = Datastream.objects.create(
        thing=thing, sensor=Sensor.objects.create(name="s"), observed_property=prop, name="NO2",
        unit_symbol="ug/m3", source="Probe",
    )  # fmt: skip
    noon = [datetime(2026, 11, 20, 12, tzinfo=ZONE) - timedelta(weeks=n) for n in (0, 5)]
    store.ensure_partitions(noon[1], noon[0])
    store.write([store.Observation(datastream=stream.pk, at=at, value=value)
                 for at, value in zip(noon, (21.0, 30.0), strict=True)])  # fmt: skip
    response = client.get(reverse("parking:effects-csv"))
    rows = list(csv.reader(response.content.decode("utf-8-sig").splitlines(), delimiter=";"))
    kinds = [row[0] for row in rows[1:]]
    assert kinds.count("Annahme") == len(ASSUMPTIONS)
    (air,) = [row for row in rows if row[0] == "Gemessene Luft"]
    assert air[3:6] == ["30.0", "21.0", "-9.0"]
    assert "Messstation" in page(client).content.decode()


def test_staff_see_how_each_car_park_is_foreseen(client, counted, django_user_model):
    from stadtkern.systems.parking.logic.forecast import learning

    learning.learn_all()
    person = django_user_model.objects.create_superuser("chief", password="x")
    client.force_login(person)
    text = client.get(reverse("parking-staff:forecast")).content.decode()
    assert "P+R Nord" in text
    rows = client.get(reverse("parking-staff:forecast-csv")).content.decode("utf-8-sig")
    assert len(rows.splitlines()) == 1 + 14


def test_forecasts_are_for_staff_alone(client, db):
    assert client.get(reverse("parking-staff:forecast")).status_code == 302
