"""Lines drawn by the server keep inside their frame and lift the pen where data is missing."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.kernel.ui import linechart, shapes

FINITE = st.floats(-1e6, 1e6)
START = datetime(2024, 11, 24, tzinfo=UTC)


def _points(path: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", path)]


@given(st.lists(st.none() | FINITE, min_size=2, max_size=60))
def test_a_sparkline_shows_each_known_value_inside_its_frame(values):
    points = _points(shapes.spark(values))
    known = [value for value in values if value is not None]
    assert len(points) == (len(known) if len(known) > 1 else 0)
    assert all(0 <= x <= 180 and 2 <= y <= 32 for x, y in points)


def test_a_gap_lifts_the_pen():
    assert shapes.spark((1, 2, None, 2, 1)).count("M") == 2


def test_a_sparkline_of_which_hardly_anything_is_known_is_not_drawn():
    assert shapes.spark((*[None] * 43, 1, 2, 3, 2, 1)) == ""
    assert shapes.spark((*[None] * 42, 1, 2, 3, 2, 1, 2)) != ""


def test_a_higher_value_is_drawn_higher():
    (_, first), (_, second) = _points(shapes.spark((1, 5)))
    assert second < first


@settings(max_examples=500)
@given(FINITE, FINITE)
def test_ticks_enclose_the_values_and_are_few(one, other):
    low, high = sorted((one, other))
    ticks = shapes.nice(low, high)
    size = max(abs(low), abs(high), 1e-9)
    assert ticks[0] <= low + size * 1e-6
    assert ticks[-1] >= high - size * 1e-6
    assert 2 <= len(ticks) <= 7


def test_a_day_is_divided_at_full_hours_of_the_city():
    ticks = shapes.hours(START, START + timedelta(days=1))
    assert [f"{tick:%H:%M}" for tick in ticks] == ["06:00", "12:00", "18:00", "00:00"]


def test_a_chart_says_in_words_what_it_shows():
    points = [(START + timedelta(hours=i), value) for i, value in enumerate((9.5, None, 12.25))]
    drawing = linechart.draw([shapes.Line(name="Temperatur", unit="°C", points=points)])
    assert drawing is not None
    said = "Temperatur: niedrigster Wert 9,5, höchster 12,3, letzter 12,3 °C."
    assert drawing.summary == said


def test_a_chart_of_nothing_is_nothing():
    assert linechart.draw([shapes.Line(name="x", unit="", points=[(START, None)])]) is None
