import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stadtkern.kernel import clock
from stadtkern.kernel.things import buckets, series, store
from stadtkern.kernel.things.buckets import Step

BERLIN = ZoneInfo("Europe/Berlin")
pytestmark = pytest.mark.django_db

# Both nights on which Berlin's clocks change, and a common one.
NIGHTS = (
    datetime(2026, 3, 28, 12, tzinfo=BERLIN),
    datetime(2026, 10, 24, 12, tzinfo=BERLIN),
    datetime(2026, 6, 1, 12, tzinfo=BERLIN),
)
observations = st.lists(
    st.tuples(
        st.integers(0, 60 * 60 * 48),
        st.floats(-50, 50, allow_nan=False),
        st.sampled_from([store.GOOD, store.SUSPECT, store.INVALID]),
    ),
    max_size=40,
)


def local_label(at: datetime, step: Step) -> object:
    """The oracle: which step an instant belongs to, told by the wall clock in Berlin."""
    there = at.astimezone(BERLIN)
    if step.unit == "day":
        return there.date()
    return (at - datetime(2026, 1, 1, tzinfo=UTC)) // step.size


def expected(rows, step: Step) -> dict[object, list[float]]:
    """The oracle: values by step, without what was marked invalid."""
    found: dict[object, list[float]] = {}
    for at, value, quality in rows:
        if quality != store.INVALID:
            found.setdefault(local_label(at, step), []).append(value)
    return found


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    base=st.sampled_from(NIGHTS),
    drawn=observations,
    step=st.sampled_from([Step(unit="minute", count=10), Step(unit="hour"), Step(unit="day")]),
)
def test_every_step_agrees_with_a_plain_recount(stream, base, drawn, step):
    one = stream()
    base = base.astimezone(UTC)
    rows = [(base + timedelta(seconds=s), v, q) for s, v, q in drawn]
    store.write(
        [store.Observation(datastream=one.pk, at=a, value=v, quality=q) for a, v, q in rows]
    )
    found = series.in_steps([one.pk], base, base + timedelta(hours=48, seconds=1), step)
    wanted = expected(rows, step)
    line = found.lines[0]
    seen = 0
    for at, mean, low, high, n in zip(
        found.times, line.mean, line.low, line.high, line.n, strict=True
    ):
        values = wanted.get(local_label(at, step))
        if values is None:
            assert (mean, low, high, n) == (None, None, None, 0)
            continue
        seen += 1
        assert mean == pytest.approx(sum(values) / len(values), abs=1e-9)
        assert (low, high, n) == (min(values), max(values), len(values))
    assert seen == len(wanted)


def test_the_days_of_the_clock_change_are_days_of_the_city():
    days = buckets.edges(
        datetime(2026, 3, 28, 5, tzinfo=BERLIN),
        datetime(2026, 3, 30, 5, tzinfo=BERLIN),
        Step(unit="day"),
        BERLIN,
    )
    assert [later - earlier for earlier, later in itertools.pairwise(days)] == [
        timedelta(hours=24),
        timedelta(hours=23),
        timedelta(hours=24),
    ]


@settings(max_examples=200, deadline=None)
@given(
    start=st.integers(631_152_000, 2_840_140_800).map(lambda s: datetime.fromtimestamp(s, UTC)),
    span=st.timedeltas(timedelta(seconds=1), timedelta(days=20_000)),
    points=st.integers(2, 2000),
)
def test_no_range_has_more_steps_than_asked_for_and_none_is_lost(start, span, points):
    _step, edges = buckets.fitting(start, start + span, points, BERLIN)
    assert 1 <= len(edges) - 1 <= points
    assert edges[0] <= start
    assert edges[-1] >= start + span
    assert edges[1] > start
    assert edges[-2] < start + span
    assert edges == sorted(set(edges))


def test_a_day_of_five_minutes_comes_as_it_was_measured(stream, observe):
    one, start = stream(), datetime(2026, 5, 1, tzinfo=UTC)
    times = [start + timedelta(minutes=5 * i) for i in range(288)]
    observe(one, *((at, float(i)) for i, at in enumerate(times)))
    found = series.series([one.pk], start, start + timedelta(days=1))
    assert found.step.unit == "raw"
    assert list(found.times) == times
    assert list(found.lines[0].mean) == [float(i) for i in range(288)]


def test_silence_is_a_gap_and_not_a_line(stream, observe):
    one, start = stream(stale_after=timedelta(minutes=30)), datetime(2026, 5, 1, tzinfo=UTC)
    observe(
        one, (start, 1.0), (start + timedelta(minutes=10), 2.0), (start + timedelta(hours=3), 3.0)
    )
    found = series.series([one.pk], start, start + timedelta(days=1))
    assert list(found.lines[0].mean) == [1.0, 2.0, None, 3.0]
    assert found.times[2] == start + timedelta(minutes=40)


def test_two_series_share_one_axis_without_holes_between_regular_values(stream, observe):
    start = datetime(2026, 5, 1, tzinfo=UTC)
    hourly, quick = stream(), stream()
    observe(hourly, *((start + timedelta(hours=h), float(h)) for h in range(72)))
    observe(quick, *((start + timedelta(minutes=10 * m), 1.0) for m in range(432)))
    found = series.series([hourly.pk, quick.pk], start, start + timedelta(hours=72))
    assert [line.datastream for line in found.lines] == [hourly.pk, quick.pk]
    assert found.step == Step(unit="hour")
    assert None not in found.lines[0].mean
    assert None not in found.lines[1].mean


def test_a_year_is_thinned_in_the_database_and_reads_no_observation(
    stream, observe, django_assert_max_num_queries
):
    one, start = stream(), datetime(2025, 1, 1, tzinfo=UTC)
    observe(one, *((start + timedelta(minutes=30 * i), float(i % 48)) for i in range(17520)))
    with django_assert_max_num_queries(5) as asked:
        found = series.series([one.pk], start, start + timedelta(days=365))
    assert len(found.times) <= 2000
    assert None not in found.lines[0].mean
    assert sum(found.lines[0].n) == 17520
    thinning = [q["sql"] for q in asked.captured_queries if "width_bucket" in q["sql"]]
    assert thinning
    assert all("things_observation" not in sql for sql in thinning)


def test_the_trend_holds_a_value_until_it_is_stale(stream, observe):
    hourly = stream(stale_after=timedelta(hours=2))
    now = clock.now()
    observe(hourly, *((now - timedelta(hours=h), float(h)) for h in range(12, -1, -1)))
    silent = stream()
    found = series.trends([hourly.pk, silent.pk])
    assert found[silent.pk] == (None,) * 48
    assert len(found[hourly.pk]) == 48
    assert found[hourly.pk][-1] == 0.0
    assert found[hourly.pk][:20] == (None,) * 20
    assert None not in found[hourly.pk][-24:]


def test_a_trend_ends_where_the_sensor_fell_silent(stream, observe):
    one = stream(stale_after=timedelta(hours=2))
    now = clock.now()
    observe(one, *((now - timedelta(hours=h), 5.0) for h in range(20, 9, -1)))
    found = series.trend(one.pk)
    assert found[-1] is None
    assert 5.0 in found


def test_rows_come_page_by_page_complete_and_in_order(stream, observe):
    start = datetime(2026, 5, 1, tzinfo=UTC)
    one, two = stream(), stream()
    for each in (one, two):
        observe(each, *((start + timedelta(minutes=i // 2), float(i)) for i in range(25)))
    pages = list(series.rows([two.pk, one.pk], start, start + timedelta(days=1), page=10))
    assert [len(page) for page in pages] == [10, 10, 5, 10, 10, 5]
    assert [row.value for page in pages for row in page] == [float(i) for i in range(25)] * 2


def test_the_newest_value_is_stale_after_its_time(stream, observe, place):
    one = stream(place(), stale_after=timedelta(minutes=30))
    observe(one, (clock.now() - timedelta(hours=1), 4.0))
    newest = series.latest([one.pk])[one.pk]
    assert newest.value == 4.0
    assert series.is_stale(newest.at, one.stale_after)
    assert not series.is_stale(newest.at, timedelta(hours=2))
    assert series.is_stale(None, None)
