"""Dates of series against a walk through every single day, and against another program."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import MONTHLY, rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtkern.systems.events import series

BERLIN = ZoneInfo("Europe/Berlin")
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def begins(rule, first, until, hours=2):
    start = at(first)
    spans = series.dates(start, start + timedelta(hours=hours), rule, until=until, zone=BERLIN)
    return [one.begins.astimezone(BERLIN) for one in spans]


def test_a_weekly_event_keeps_its_wall_clock_across_both_changes():
    found = begins("FREQ=WEEKLY", "2026-03-22T19:00", date(2026, 11, 8))
    assert {one.hour for one in found} == {19}
    assert {one.utcoffset() for one in found} == {timedelta(hours=1), timedelta(hours=2)}


def test_times_that_the_clocks_skip_or_show_twice_follow_rfc_5545():
    spring = begins("FREQ=DAILY;COUNT=3", "2026-03-28T02:30", date(2026, 4, 30))
    assert [f"{one:%d %H:%M%z}" for one in spring] == [
        "28 02:30+0100", "29 03:30+0200", "30 02:30+0200",
    ]  # fmt: skip
    autumn = begins("FREQ=DAILY;COUNT=2", "2026-10-24T02:30", date(2026, 11, 30))
    assert [one.astimezone(UTC).hour for one in autumn] == [0, 0]


def test_whole_days_stay_whole_days_when_a_day_has_23_hours():
    spans = series.dates(at("2026-03-28T00:00"), at("2026-03-29T00:00"), "FREQ=DAILY;COUNT=3",
                         until=date(2026, 5, 1), zone=BERLIN)  # fmt: skip
    days = series.whole_days(at("2026-03-28T00:00"), at("2026-03-29T00:00"), spans, BERLIN)
    assert [one.ends - one.begins for one in days] == [
        timedelta(hours=24), timedelta(hours=23), timedelta(hours=24),
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    first=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    every=st.integers(1, 4),
    days=st.sets(st.integers(0, 6), min_size=1),
    lasts=st.integers(0, 300),
)
def test_weekly_series_are_what_walking_through_the_days_finds(first, every, days, lasts):
    until = first + timedelta(days=lasts)
    rule = f"FREQ=WEEKLY;INTERVAL={every};BYDAY={','.join(NAMES[d] for d in sorted(days))}"
    rule += f";UNTIL={until:%Y%m%d}"
    monday = first - timedelta(days=first.weekday())
    walked = [
        day
        for n in range(400)
        if (day := first + timedelta(days=n)) <= until
        and day.weekday() in days
        and ((day - monday).days // 7) % every == 0
    ]
    found = begins(rule, f"{first}T18:30", first + timedelta(days=400))
    assert [one.date() for one in found] == sorted({first, *walked})
    assert all((one.hour, one.minute) == (18, 30) for one in found)


def test_monthly_series_agree_with_dateutil():
    found = begins("FREQ=MONTHLY;BYDAY=-1SU", "2026-01-25T11:00", date(2027, 6, 30))
    theirs = rrule(MONTHLY, dtstart=at("2026-01-25T11:00").replace(tzinfo=None),
                   until=at("2027-06-30T00:00").replace(tzinfo=None),
                   byweekday=6, bysetpos=-1)  # fmt: skip
    assert [one.replace(tzinfo=None) for one in found] == list(theirs)


def test_an_until_in_utc_counts_by_the_citys_clocks():
    assert len(begins("FREQ=DAILY;UNTIL=20260703T210000Z", "2026-07-01T23:00",
                      date(2026, 8, 1))) == 3  # fmt: skip


@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1", "every day", "FREQ=WEEKLY;BYDAY=XX"]
)
def test_rules_that_make_no_sense_are_refused(rule):
    with pytest.raises(series.Unreadable):
        series.check(rule)


def test_an_endless_series_stays_finite():
    assert len(begins("FREQ=DAILY", "2026-01-01T10:00", date(2040, 1, 1))) == series.MOST
