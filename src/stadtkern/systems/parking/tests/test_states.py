"""Names of a count with memory, trends and confidence."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtkern.systems.parking.logic import confidence, states

from .conftest import NOW

LIMITS = SimpleNamespace(full_below=0.02, full_above=0.05, low_below=0.15, low_above=0.20)


def names(counts, of=100, limits=LIMITS):
    before, found = "", []
    for free in counts:
        before = states.named(before, free, of, limits)
        found.append(before)
    return found


def test_a_site_fills_and_empties_by_different_thresholds():
    assert names([30, 16, 14, 17, 19, 20, 14, 2, 1, 3, 4, 5, 19, 20]) == [
        "good", "good", "tight", "tight", "tight", "good", "tight", "tight", "bad", "bad", "bad",
        "tight", "tight", "good",
    ]  # fmt: skip
    assert names([0]) == ["bad"]


@given(
    st.lists(st.integers(15, 19), min_size=2, max_size=50),
    st.lists(st.integers(2, 4), min_size=2, max_size=50),
    st.sampled_from(["good", "tight", "bad"]),
)
def test_a_count_that_flaps_between_two_thresholds_flaps_no_name(low, full, before):
    for counts in (low, full):
        state, changes = before, 0
        for free in counts:
            new = states.named(state, free, 100, LIMITS)
            changes, state = changes + (new != state), new
        # At most once into the band; inside it nothing ever changes.
        assert changes <= 1


@given(st.lists(st.integers(0, 100), min_size=1, max_size=60))
def test_the_name_never_contradicts_the_count(counts):
    for free, name in zip(counts, names(counts), strict=True):
        share = free / 100
        if name == "good":
            assert share >= LIMITS.low_below
        if name == "bad":
            assert share < LIMITS.full_above
        if free == 0:
            assert name == "bad"
        if share >= LIMITS.low_above:
            assert name == "good"


@pytest.mark.parametrize(
    ("free", "earlier", "expected"),
    [
        (50, 60, "rising"),
        (60, 50, "falling"),
        (50, 51, "steady"),
        (50, None, ""),
        (98, 100, "rising"),
    ],
)
def test_the_trend_is_that_of_the_vehicles(free, earlier, expected):
    assert states.trend_of(free, earlier, 100) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, 1.0), (10, 1.0), (20, 0.75), (30, 0.5), (300, 0.5)]
)
def test_confidence_falls_with_the_age_of_the_number(clock, minutes, expected):
    at = NOW - timedelta(minutes=minutes)
    assert confidence.of_age(at, timedelta(minutes=30)) == pytest.approx(expected)


def test_confidence_falls_with_the_age_of_the_count_by_hand(clock):
    ages = [confidence.of_calibration(NOW - timedelta(days=days)) for days in (0, 7, 48.5, 90, 400)]
    assert ages == pytest.approx([1, 1, 0.8, 0.6, 0.6])
    assert confidence.of_calibration(None) == 0.6


def test_confidence_names_what_lowers_it_the_most():
    found = confidence.Confidence(factors={"known": 0.9, "age": 0.5, "faults": 1.0})
    assert (found.value, found.level) == (0.45, "low")
    assert found.why == "die Zahl ist einige Minuten alt"
    assert confidence.Confidence(factors={"known": 0.95}).why == ""
