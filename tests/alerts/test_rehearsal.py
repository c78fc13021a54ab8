"""What a rule would have done last month, without any effect."""

from datetime import timedelta

import pytest

from stadtkern.kernel.alerts import rehearsal
from stadtkern.kernel.alerts.conditions import series
from stadtkern.kernel.alerts.models import Alert, Delivery
from stadtkern.kernel.devices.models import DeviceDay, Uplink
from stadtkern.site.staff.alerts import rehearsed

from .conftest import START
from .test_thresholds import series as walk_of
from .test_thresholds import walk

pytestmark = pytest.mark.django_db
GAP = timedelta(minutes=40)


@pytest.mark.parametrize("seed", range(4))
def test_it_finds_in_history_what_a_plain_walk_finds_and_does_nothing(town, rule, put, time, seed):
    rng, values = walk_of(seed + 100)
    slack, minutes = rng.choice([0, 5]), rng.choice([0, 10, 30])
    stream = town.stream(stale_after=GAP)
    put(stream, *values)
    time.at = values[-1][0] + timedelta(minutes=1)
    tried = rule(
        condition={"high": 50, "slack": slack, "minutes": minutes}, observed_property=town.pm10
    )
    found = rehearsal.rehearse(tried, 30)
    expected = [one for one in walk(values, high=50, slack=slack, minutes=minutes) if one[1]]
    assert [(e.since, e.fired, e.ended) for e in found.episodes] == expected
    assert sum(count for _day, count in found.days) == len(expected)
    length = sum(((e or time.at) - f for _s, f, e in expected), timedelta())
    assert found.total == length
    assert not Alert.objects.exists()
    assert not Delivery.objects.exists()


def test_silences_of_the_past_are_gaps_between_messages(town, rule, time):
    device = town.device(last_seen=START)
    for minute in (0, 10, 60, 70):
        at = START + timedelta(minutes=minute)
        Uplink.objects.create(
            source="x", key=str(minute), topic="t", received=at, time=at, dev_eui=device.dev_eui,
            device=device, raw=b"", outcome="stored",
        )  # fmt: skip
    DeviceDay.objects.create(device=device, day=START.date(), uplinks=4)
    time.at = START + timedelta(minutes=80)
    found = rehearsal.rehearse(rule("silence", "device", {"at_least": 5}), 7)
    (one,) = found.episodes
    assert (one.since, one.fired, one.ended) == (
        START + timedelta(minutes=20), START + timedelta(minutes=40), START + timedelta(minutes=60),
    )  # fmt: skip


def test_batteries_of_the_past_are_those_of_each_day(town, rule, time):
    device = town.device()
    for day, battery in enumerate((25.0, 19.0, 25.0, 31.0, 18.0)):
        DeviceDay.objects.create(
            device=device, day=START.date() - timedelta(days=5 - day), battery=battery
        )
    found = rehearsal.rehearse(rule("battery", "device", {"low": 20, "well": 30}), 30)
    assert [(e.ended is None, e.found["value"]) for e in found.episodes] == [
        (False, 19.0), (True, 18.0),
    ]  # fmt: skip
    assert any("Vorhersage" in text for text in map(str, found.untold))


def test_with_too_many_values_the_means_of_hours_are_taken_and_it_says_so(
    town, rule, put, time, monkeypatch
):
    stream = town.stream()
    put(stream, (START, 60.0), (START + timedelta(minutes=30), 10.0))
    tried = rule(condition={"high": 50}, observed_property=town.pm10)
    time.on(hours=3)
    assert len(rehearsal.rehearse(tried).episodes) == 1
    monkeypatch.setattr(series, "MANY", 1)
    found = rehearsal.rehearse(tried)
    assert len(found.episodes) == 0
    assert any("Stundenmittel" in text for text in map(str, found.untold))


def test_a_page_gets_columns_that_fit_its_drawing(town, rule, put, time):
    stream = town.stream()
    for day in (1, 1, 3):
        at = START - timedelta(days=day)
        put(stream, (at, 60.0), (at + timedelta(minutes=10), 10.0))
    shown = rehearsed.shown(rule(condition={"high": 50}, observed_property=town.pm10), 7)
    assert (shown.subjects, shown.concerned) == (1, 1)
    assert all(0 <= c.y <= shown.height and c.x + c.width <= shown.width for c in shown.columns)
    assert sum(c.count for c in shown.columns) == shown.count == len(shown.rows)
