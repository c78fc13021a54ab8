"""Thresholds with hysteresis and duration, against a plain walk through the same values."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from stadtkern.kernel.alerts.models import Alert, State
from stadtkern.kernel.things.models import Latest

from .conftest import START

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=1)
GAP = timedelta(minutes=40)


def walk(values, *, high, slack, minutes, gap=GAP):
    """The oracle: (since, fired, ended) of what fired or is pending at the end."""
    found, since, fired, last = [], None, None, None
    for at, value in sorted(values):
        if since is not None and fired is None and at - last > gap:
            since = None
        if value > high:
            since = since or at
        elif value <= high - slack:
            if fired:
                found.append((since, fired, at))
            since = fired = None
        lasts = since is not None and at - since >= minutes * MINUTES
        if lasts and fired is None and value > high - slack:
            fired = at
        last = at
    if since is not None:
        found.append((since, fired, None))
    return found


def series(seed):
    """A random walk about the limit, with gaps, in any order of arrival."""
    rng = random.Random(seed)
    # Through the night in which clocks go forward.
    at = datetime(2026, 3, 28, 20, tzinfo=UTC)
    value, values = 45.0, []
    for _ in range(rng.randint(20, 60)):
        at += timedelta(minutes=rng.choice([5, 10, 10, 15, 35, 90, 200]))
        value = min(max(value + rng.uniform(-12, 12), 30), 65)
        values.append((at, round(value, 1)))
    return rng, values


@pytest.mark.parametrize("seed", range(14))
def test_whatever_comes_in_whatever_order_the_end_is_that_of_a_plain_walk(
    town, rule, put, look, time, seed
):
    rng, values = series(seed)
    slack, minutes = rng.choice([0, 5, 10]), rng.choice([0, 10, 30, 60])
    stream = town.stream(stale_after=GAP)
    watching = rule(
        condition={"high": 50, "slack": slack, "minutes": minutes}, observed_property=town.pm10
    )
    put(stream, (values[0][0] - timedelta(hours=1), 30.0))
    time.at = values[0][0]
    look()
    # Values come in parts; some parts come late, after newer ones.
    parts = [values[i : i + 5] for i in range(0, len(values), 5)]
    late = [part for part in parts if rng.random() < 0.3]
    arrivals = [part for part in parts if part not in late] + late
    for part in arrivals:
        put(stream, *part)
        time.at = max(time.at, part[-1][0])
        look()
    expected = walk(values, high=50, slack=slack, minutes=minutes)
    open_one = [one for one in expected if one[2] is None]
    found = list(Alert.objects.filter(rule=watching, state__in=["pending", "firing"]))
    assert [a.since for a in found] == [since for since, _, _ in open_one]
    # Who was told once is not told by a late value that it was nothing.
    if not late or (open_one and open_one[0][1]):
        assert [a.fired for a in found] == [fired for _, fired, _ in open_one]
    if not late:
        over = Alert.objects.filter(rule=watching, state="resolved").order_by("since")
        assert [(a.since, a.fired, a.ended) for a in over] == [
            one for one in expected if one[2] is not None
        ]


def test_the_same_data_seen_at_once_after_hours_of_downtime_give_the_same_alerts(
    town, rule, put, look, time
):
    stream = town.stream(stale_after=GAP)
    rule(condition={"high": 50, "minutes": 20}, observed_property=town.pm10)
    put(stream, (START, 40.0))
    look()
    for minute, value in [(10, 60), (20, 61), (30, 62), (40, 30), (50, 70), (60, 70), (70, 71)]:
        put(stream, (START + minute * MINUTES, float(value)))
    first, second = look(hours=5)
    assert (first.state, first.since, first.fired, first.ended) == (
        "resolved", START + 10 * MINUTES, START + 30 * MINUTES, START + 40 * MINUTES,
    )  # fmt: skip
    assert first.why == "unseen"
    assert (second.state, second.since, second.fired) == (
        "firing", START + 50 * MINUTES, START + 70 * MINUTES,
    )  # fmt: skip


def test_a_value_between_the_limits_neither_raises_nor_ends(town, rule, put, look):
    stream = town.stream()
    rule(condition={"high": 50, "slack": 10}, observed_property=town.pm10)
    put(stream, (START, 45.0))
    assert look() == []
    put(stream, (START + MINUTES, 51.0))
    assert [a.state for a in look()] == ["firing"]
    put(stream, (START + 2 * MINUTES, 45.0))
    assert [a.state for a in look()] == ["firing"]
    put(stream, (START + 3 * MINUTES, 40.0))
    (alert,) = look()
    assert (alert.state, alert.ended) == ("resolved", START + 3 * MINUTES)


def test_an_alert_says_what_raised_it(town, rule, put, look):
    stream = town.stream()
    rule(condition={"high": 50}, observed_property=town.pm10)
    put(stream, (START, 51.0), (START + MINUTES, 80.0), (START + 2 * MINUTES, 60.0))
    (alert,) = look()
    assert alert.found["value"] == 51.0
    assert alert.found["peak"] == 80.0
    assert alert.found["last"] == 60.0


def test_below_and_outside_are_limits_too(town, rule, put, look):
    low, both = town.stream(), town.stream()
    rule(condition={"low": 5}, datastream=low)
    rule(condition={"low": 5, "high": 10, "slack": 1}, datastream=both)
    put(low, (START, 4.0))
    put(both, (START, 10.5))
    assert [a.state for a in look()] == ["firing", "firing"]
    put(low, (START + MINUTES, 5.0))
    put(both, (START + MINUTES, 9.5))
    assert [a.state for a in look()] == ["resolved", "firing"]
    put(both, (START + 2 * MINUTES, 9.0))
    assert [a.state for a in look()] == ["resolved", "resolved"]


def test_a_pending_alert_that_does_not_last_leaves_no_trace(town, rule, put, look):
    stream = town.stream()
    rule(condition={"high": 50, "minutes": 30}, observed_property=town.pm10)
    put(stream, (START, 60.0))
    (alert,) = look()
    assert alert.state == State.PENDING
    put(stream, (START + 10 * MINUTES, 40.0))
    assert look() == []


def test_invalid_values_and_resting_devices_raise_nothing(town, rule, put, look):
    from stadtkern.kernel.things import store

    thing = town.thing()
    stream = town.stream(of=thing)
    rule(condition={"high": 50}, observed_property=town.pm10)
    store.write([
        store.Observation(datastream=stream.pk, at=START, value=90.0, quality=store.INVALID)
    ])  # fmt: skip
    assert look() == []
    device = town.device(thing=thing, resting=True)
    put(stream, (START + MINUTES, 90.0))
    assert look() == []
    device.resting = False
    device.save()
    put(stream, (START + 2 * MINUTES, 90.0))
    assert [a.state for a in look()] == ["firing"]
    device.resting = True
    device.save()
    assert [a.state for a in look()] == ["resolved"]


def test_a_changed_rule_looks_at_everything_again(town, rule, put, look):
    watching = rule(condition={"high": 50}, observed_property=town.pm10)
    put(town.stream(), (START, 60.0))
    assert [a.state for a in look()] == ["firing"]
    watching.condition = {"high": 70}
    watching.done = watching.seen = None
    watching.save()
    assert [a.state for a in look()] == ["resolved"]


def test_the_number_of_statements_does_not_grow_with_the_subjects(town, rule, put, time):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from stadtkern.kernel.alerts import evaluate

    rule(condition={"high": 50}, observed_property=town.pm10)
    evaluate.rules()  # a rule's very first look asks one thing less
    time.on(minutes=1)
    counts = []
    for number in (3, 40):
        streams = [town.stream() for _ in range(number)]
        for stream in streams:
            put(stream, (time.at, 90.0))
        time.on(minutes=1)
        with CaptureQueriesContext(connection) as queries:
            assert evaluate.rules() == number
        counts.append(len(queries))
    assert counts[0] == counts[1] < 25


def test_two_workers_in_the_same_round_raise_one_alert(town, rule, put, look):
    from stadtkern.kernel.alerts import evaluate

    rule(condition={"high": 50}, observed_property=town.pm10)
    put(town.stream(), (START, 60.0))
    assert len(look()) == 1
    evaluate.rules()
    assert Alert.objects.count() == 1
    assert Latest.objects.count() == 1


def test_an_observation_that_commits_late_is_not_missed(town, rule, put, look, monkeypatch):
    """A mark is trusted only if it is older than every transaction that may still hold an id."""
    from stadtkern.kernel.alerts import progress

    stream = town.stream()
    watching = rule(condition={"high": 50}, observed_property=town.pm10)
    put(stream, (START, 40.0))
    look()
    watching.refresh_from_db()
    # In this test's own transaction the marks lie before its end, so they count as safe.
    assert watching.done == progress.safe()
    monkeypatch.setattr(progress, "safe", lambda: watching.done)
    put(stream, (START + MINUTES, 60.0))
    assert [a.state for a in look()] == ["firing"]
    assert [a.state for a in look()] == ["firing"]
