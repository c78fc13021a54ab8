"""Ends of rentals by the calendar and the city's clocks; codes that a terminal checks alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from simulators.bike_locker import codes as terminal
from stadtkern.systems.bike_boxes.logic import codes, periods


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 3, 29), 23),
        (date(2026, 10, 25), 25),
        (date(2026, 11, 23), 24),
    ],
)
def test_a_day_ends_at_24_also_where_the_clocks_change(day, hours):
    assert periods.end_of("day", day) - periods.midnight(day) == timedelta(hours=hours)
    local = periods.end_of("day", day).astimezone(periods.zone())
    assert (local.date(), local.hour) == (day + timedelta(days=1), 0)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("week", date(2026, 11, 23), date(2026, 11, 29)),
        ("month", date(2026, 11, 23), date(2026, 12, 22)),
        ("month", date(2026, 12, 1), date(2026, 12, 31)),
        ("month", date(2027, 1, 31), date(2027, 2, 28)),
        ("month", date(2028, 1, 31), date(2028, 2, 29)),
        ("month", date(2027, 1, 29), date(2027, 2, 28)),
        ("year", date(2027, 3, 1), date(2028, 2, 29)),
        ("year", date(2028, 2, 29), date(2029, 2, 28)),
        ("year", date(2026, 11, 23), date(2027, 11, 22)),
    ],
)
def test_months_and_years_end_as_the_civil_code_says(kind, first, last):
    assert periods.end_of(kind, first) == periods.midnight(last + timedelta(days=1))


@pytest.mark.parametrize(
    ("today", "left"),
    [
        (date(2026, 1, 1), 11),
        (date(2026, 1, 31), 11),
        (date(2026, 2, 1), 10),
        (date(2026, 12, 1), 0),
        (date(2026, 12, 31), 0),
    ],
)
def test_a_month_that_has_begun_is_used(today, left):
    assert periods.whole_months_left(date(2026, 1, 1), date(2026, 12, 31), today) == left


def test_the_terminal_understands_an_offline_code_by_the_description_alone(station):
    until = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
    code = codes.offline_code(station.facility, 7, "012345", until)
    assert len(code.replace(" ", "")) == 20
    now = datetime(2026, 11, 23, 22, 59, tzinfo=UTC)
    read = terminal.read_offline("5ec7e7" * 10, "zob", code, now)
    assert (read.box, read.pin, read.until) == (7, "012345", until)
    assert terminal.read_offline("5ec7e7" * 10, "zob", code, until) is None
    assert terminal.read_offline("other", "zob", code, now) is None
    assert terminal.read_offline("5ec7e7" * 10, "elsewhere", code, now) is None


def test_no_changed_digit_of_an_offline_code_passes(station):
    code = codes.offline_code(station.facility, 7, "012345", datetime(2026, 12, 1, tzinfo=UTC))
    digits, now = code.replace(" ", ""), datetime(2026, 11, 23, tzinfo=UTC)
    for at in range(20):
        wrong = digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1 :]
        assert terminal.read_offline("5ec7e7" * 10, "zob", wrong, now) is None, at


def test_an_offline_code_says_its_hour_beyond_eleven_years(station):
    until = datetime(2038, 5, 1, 22, 0, tzinfo=UTC)
    code = codes.offline_code(station.facility, 1, "999999", until)
    read = terminal.read_offline("5ec7e7" * 10, "zob", code, datetime(2038, 5, 1, tzinfo=UTC))
    assert read.until == until
