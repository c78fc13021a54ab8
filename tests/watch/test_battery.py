"""A battery's end is foreseen with a range, or it is said why not."""

import random
from datetime import date, timedelta

import pytest

from stadtkern.kernel.devices.models import Device, DeviceDay
from stadtkern.kernel.devices.watch.battery import Forecast, Unknown, forecast
from stadtkern.kernel.devices.watch.learn import foresee

START = date(2026, 1, 1)


def falling(days, start=100.0, fall=0.5, noise=0.0, seed=1):
    """A value a day that falls by so many percent a day."""
    chance = random.Random(seed)
    return [
        (START + timedelta(days=n), start - fall * n + chance.gauss(0, noise)) for n in range(days)
    ]


def test_a_straight_line_ends_where_it_must():
    found = forecast(falling(60))
    assert found.day == START + timedelta(days=180)
    assert found.early <= found.day <= found.late
    assert found.month == pytest.approx(15)


def test_the_true_day_lies_in_the_range_of_nineteen_of_twenty_noisy_batteries():
    true = START + timedelta(days=180)
    found = [forecast(falling(90, noise=2.0, seed=seed)) for seed in range(60)]
    assert all(isinstance(one, Forecast) for one in found)
    inside = sum(one.early <= true and (one.late is None or true <= one.late) for one in found)
    assert inside >= 51


def test_wild_values_do_not_move_it():
    values = falling(60)
    for n in (7, 23, 41):
        values[n] = (values[n][0], 0.0)
    assert abs((forecast(values).day - (START + timedelta(days=180))).days) <= 5


def test_a_new_battery_begins_anew():
    old = falling(60, start=50, fall=0.7)
    new = [(day + timedelta(days=60), value) for day, value in falling(40, start=100, fall=0.3)]
    found = forecast([*old, *new])
    assert found.since == START + timedelta(days=60)
    assert found.day == START + timedelta(days=360)


def test_a_battery_replaced_last_week_has_too_few_values():
    old = falling(60, start=60, fall=0.7)
    new = [(day + timedelta(days=60), value) for day, value in falling(6)]
    assert forecast([*old, *new]).reason == "few"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([], "few"),
        (falling(13), "few"),
        ([(START + timedelta(days=n * 10), 90.0 - n) for n in range(7)], "few"),
        (falling(60, fall=0), "steady"),
        (falling(60, start=50, fall=-0.2), "steady"),
    ],
    ids=["none", "two weeks missing", "seven values", "level", "rising"],
)
def test_it_says_why_nothing_can_be_said(values, reason):
    found = forecast(values)
    assert isinstance(found, Unknown)
    assert found.reason == reason


def test_an_empty_battery_is_empty_now():
    values = falling(60, start=12, fall=0.1)
    assert forecast(values).day == values[-1][0]


def test_the_night_job_keeps_the_day_and_forgets_it_with_a_new_battery(device, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: START + timedelta(days=60))
    DeviceDay.objects.bulk_create(
        DeviceDay(device=device, day=day, battery=value) for day, value in falling(60)
    )
    assert foresee() == "1 batteries foreseen"
    assert Device.objects.get().battery_until == START + timedelta(days=180)
    DeviceDay.objects.filter(day__gt=START + timedelta(days=55)).update(battery=100)
    DeviceDay.objects.filter(day__lte=START + timedelta(days=55)).update(battery=40)
    assert foresee() == "0 batteries foreseen"
    assert Device.objects.get().battery_until is None
