"""Statistics, profiles and comparisons against plain recounts."""

import random
import statistics as plain
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stadtkern.kernel.things import profiles, series, statistics
from stadtkern.kernel.things.buckets import Back, Step, earlier, edges

BERLIN = ZoneInfo("Europe/Berlin")
pytestmark = pytest.mark.django_db


def drawn(seed, start, end, share=0.7, minutes=20):
    """Values with gaps; every tenth is doubtful, every twentieth invalid."""
    dice = random.Random(seed)
    rows, at = [], start.astimezone(UTC)
    while at < end:
        if dice.random() < share:
            flag = dice.choice([0] * 17 + [2, 2, 3])
            rows.append((at, round(dice.uniform(-5, 25), 3), flag))
        at += timedelta(minutes=minutes)
    return rows


PERIODS = {
    "a day on which the clocks change": (date(2025, 10, 26), date(2025, 10, 27)),
    "a month": (date(2025, 3, 1), date(2025, 4, 1)),
    "more than 45 days": (date(2025, 1, 1), date(2025, 4, 1)),
}


@pytest.mark.parametrize("days", PERIODS.values(), ids=PERIODS)
def test_the_statistics_agree_with_a_plain_recount(stream, observe, days):
    one = stream()
    start, end = (datetime.combine(d, datetime.min.time(), BERLIN) for d in days)
    rows = drawn(1, start - timedelta(days=1), end + timedelta(days=1))
    observe(one, rows)
    mine = [(at, v) for at, v, flag in rows if flag < 3 and start <= at < end]
    found = statistics.figures([one.pk], start, end)[one.pk]
    values = [v for _at, v in mine]
    assert found.n == len(values)
    assert found.mean == pytest.approx(plain.fmean(values))
    assert (found.low, found.high) == (min(values), max(values))
    assert found.low_at == min(at for at, v in mine if v == min(values))
    assert found.high_at == min(at for at, v in mine if v == max(values))
    assert found.of == (end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(hours=1)
    assert found.known == len({at.replace(minute=0) for at, _v in mine})
    flags = [flag for at, _v, flag in rows if start <= at < end]
    assert found.flags == {flag: flags.count(flag) for flag in (2, 3) if flag in flags}


def test_what_lies_ahead_is_not_missing_and_silence_is(stream, observe, monkeypatch):
    one = stream()
    start = datetime(2025, 6, 1, tzinfo=UTC)
    monkeypatch.setattr(statistics.clock, "now", lambda: start + timedelta(hours=10))
    observe(one, [(start + timedelta(hours=h), 1.0) for h in (0, 1, 2, 3, 4)])
    found = statistics.figures([one.pk], start, start + timedelta(days=1))[one.pk]
    assert (found.known, found.of, found.complete) == (5, 10, 0.5)


def test_what_is_measured_once_a_day_is_complete_with_one_value_a_day(stream, observe):
    one = stream(stale_after=timedelta(hours=30))
    start = datetime(2025, 6, 1, 22, tzinfo=UTC)
    observe(one, [(start + timedelta(days=d, hours=8), 1.0) for d in range(6)])
    found = statistics.figures([one.pk], start, start + timedelta(days=7))[one.pk]
    assert found.daily
    assert (found.known, found.of) == (6, 7)


def test_the_usual_week_and_day_agree_with_a_plain_recount(stream, observe):
    one = stream()
    start, end = datetime(2025, 10, 13, tzinfo=BERLIN), datetime(2025, 11, 10, tzinfo=BERLIN)
    rows = drawn(2, start, end, minutes=30)
    observe(one, rows)
    hours = {}
    for at, value, flag in rows:
        if flag < 3:
            hours.setdefault(at.replace(minute=0), []).append(value)
    means = [(at.astimezone(BERLIN), plain.fmean(values)) for at, values in hours.items()]
    found = profiles.profile(one.pk, start, end)
    for hour in range(24):
        of_day = [mean for at, mean in means if at.hour == hour]
        lower, middle, upper = plain.quantiles(of_day, n=4, method="inclusive")
        said = found.day[hour]
        assert said.n == len(of_day)
        assert (said.lower, said.middle, said.upper) == pytest.approx((lower, middle, upper))
        sundays = [m for at, m in means if at.hour == hour and at.weekday() == 6]
        assert found.week[6][hour].mean == pytest.approx(plain.fmean(sundays))


# A year of 52 weeks before, the clocks changed on the same Sunday.
BACK = {"a week": (Back(days=7), 7, [2]), "52 weeks": (Back(days=364), 364, [])}


@pytest.mark.parametrize(("back", "days", "alone"), BACK.values(), ids=BACK)
def test_noon_is_compared_with_noon_across_the_change_of_clocks(stream, observe, back, days, alone):
    one = stream()
    start, end = datetime(2025, 10, 25, tzinfo=BERLIN), datetime(2025, 10, 28, tzinfo=BERLIN)
    first = (start - timedelta(days=days)).astimezone(UTC)
    then = [first + timedelta(hours=h) for h in range(73)]
    observe(one, [(at, float(at.astimezone(BERLIN).hour)) for at in then])
    observe(one, [(start.astimezone(UTC) + timedelta(hours=h), 0.0) for h in range(73)])
    now = series.in_steps([one.pk], start, end, Step(unit="hour"))
    before = series.before(now, back)
    assert before.times == now.times
    pairs = zip(now.times, before.lines[0].mean, strict=True)
    told = [(at.astimezone(BERLIN).hour, v) for at, v in pairs]
    assert [hour for hour, v in told if v is not None and v != hour] == []
    # Of two hours between two and three, one has nothing beside it where there was but one.
    assert [hour for hour, v in told if v is None] == alone


def test_months_are_those_of_the_city(stream, observe):
    one = stream()
    start, end = datetime(2024, 12, 1, tzinfo=BERLIN), datetime(2025, 5, 1, tzinfo=BERLIN)
    rows = drawn(3, start, end, minutes=180)
    observe(one, rows)
    found = series.in_steps([one.pk], start, end, Step(unit="month"))
    assert [at.astimezone(BERLIN) for at in found.times] == [
        datetime(2024, 12, 1, tzinfo=BERLIN),
        *(datetime(2025, month, 1, tzinfo=BERLIN) for month in (1, 2, 3, 4)),
    ]
    for at, mean, n in zip(found.times, found.lines[0].mean, found.lines[0].n, strict=True):
        month = at.astimezone(BERLIN).month
        values = [v for t, v, f in rows if f < 3 and t.astimezone(BERLIN).month == month]
        assert n == len(values)
        assert mean == pytest.approx(plain.fmean(values))


def test_a_month_earlier_ends_where_that_month_ends():
    found = edges(datetime(2025, 3, 1, tzinfo=BERLIN), datetime(2025, 4, 1, tzinfo=BERLIN),
                  Step(unit="month"), BERLIN)  # fmt: skip
    moved = [at.astimezone(BERLIN) for at in earlier(found, Back(months=1), BERLIN)]
    assert moved == [datetime(2025, 2, 1, tzinfo=BERLIN), datetime(2025, 3, 1, tzinfo=BERLIN)]
