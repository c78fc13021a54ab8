"""Opening hours with the holidays of the city's own state."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import holidays as oracle
import pytest

from stadtkern.systems.parking.logic import hours

BERLIN = ZoneInfo("Europe/Berlin")
WORK = "Mo-Fr 08:00-18:00; PH off"


def at(day: str, clock: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=BERLIN)


def test_corpus_christi_is_a_holiday_here_though_the_library_does_not_know_it():
    assert hours.is_open(WORK, at("2026-06-03")) is True
    assert hours.is_open(WORK, at("2026-06-04")) is False
    assert hours.is_open("Mo-Fr 08:00-18:00", at("2026-06-04")) is True


@pytest.mark.parametrize("year", [2025, 2026, 2027, 2028])
def test_every_holiday_of_the_state_closes_and_no_other_workday(year):
    known = oracle.country_holidays("DE", subdiv="NW", years=year)
    for number in range(366 if year % 4 == 0 else 365):
        day = date.fromordinal(date(year, 1, 1).toordinal() + number)
        expected = day.weekday() < 5 and day not in known
        assert hours.is_open(WORK, at(day.isoformat())) is expected, day


@pytest.mark.parametrize(
    ("text", "when", "expected"),
    [
        ("Mo-Sa 06:00-22:00; Su,PH 10:00-20:00", at("2026-10-03", "09:00"), False),
        ("Mo-Sa 06:00-22:00; Su,PH 10:00-20:00", at("2026-10-03", "11:00"), True),
        ("Mo-Sa 06:00-22:00; Su,PH 10:00-20:00", at("2026-10-04", "11:00"), True),
        ("PH,Mo-Fr 08:00-18:00", at("2026-11-01", "11:00"), True),
        ("24/7", at("2026-12-25"), True),
        ("Mo-Fr 08:00-18:00; PH off", at("2026-12-25"), False),
        ('Mo-Fr 08:00-18:00 "call; PH"', at("2026-12-25"), True),
        ("this is nothing", at("2026-12-25"), None),
        ("", at("2026-12-25"), None),
    ],
)  # fmt: skip
def test_rules_for_holidays_hold_on_holidays_and_nowhere_else(text, when, expected):
    assert hours.is_open(text, when) is expected


@pytest.mark.parametrize(
    ("text", "said"),
    [("Mo-Fr 8-", "Zeichen"), ("Mo-Fr 08:00-18:00; SH off", "Schulferien"),
     ("Mo-Fr 08:00-18:00, PH off", "PH"), ("PH +1 day off", "PH"), ("Dec PH off", "PH")],
)  # fmt: skip
def test_hours_that_cannot_be_read_say_what_to_change(text, said):
    with pytest.raises(hours.NotUnderstood, match=said):
        hours.check(text)


def test_day_and_night_means_also_the_nights_when_the_clocks_change():
    for day in ("2026-03-29", "2026-10-25"):
        (found,) = (
            one for one in hours.week("24/7", date.fromisoformat(day)) if str(one.day) == day
        )
        assert found.whole
    assert hours.changes("24/7", at("2026-03-28")) is None
    # It closes at 2:30 by the clock on the wall, in a night that has no 2:30.
    assert hours.is_open("05:00-02:30", at("2026-03-29", "01:59")) is True
    assert hours.is_open("05:00-02:30", at("2026-03-29", "04:00")) is False


def test_the_week_ahead_names_hours_and_holidays():
    week = hours.week("Mo-Fr 08:00-18:00; Sa 22:00-26:00; PH off", date(2026, 6, 1))
    assert [len(day.spans) for day in week] == [1, 1, 1, 0, 1, 1, 1]
    assert [day.holiday for day in week] == [False, False, False, True, False, False, False]
    assert [(s.begins, s.ends) for s in week[5].spans] == [("22:00", "24:00")]
    assert [(s.begins, s.ends) for s in week[6].spans] == [("00:00", "02:00")]
