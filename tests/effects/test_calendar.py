"""Public holidays of the states, against the calendars of the years."""

from datetime import date

import pytest

from stadtkern.kernel.effects.calendar import by_week
from stadtkern.kernel.places.holidays import holidays

# As the Land publishes them.
NW_2024 = [
    "2024-01-01", "2024-03-29", "2024-04-01", "2024-05-01", "2024-05-09", "2024-05-20",
    "2024-05-30", "2024-10-03", "2024-11-01", "2024-12-25", "2024-12-26",
]  # fmt: skip


def test_the_holidays_of_north_rhine_westphalia():
    assert sorted(one.isoformat() for one in holidays(2024, "NW")) == NW_2024


@pytest.mark.parametrize(
    ("state", "day", "is_one"),
    [
        ("", "2024-11-01", False),
        ("SN", "2024-11-20", True),
        ("SN", "2025-11-19", True),
        ("BE", "2024-03-08", True),
        ("MV", "2022-03-08", False),
        ("TH", "2024-09-20", True),
        ("BY", "2024-01-06", True),
        ("NI", "2024-10-31", True),
    ],
)
def test_single_states(state, day, is_one):
    assert (date.fromisoformat(day) in holidays(int(day[:4]), state)) is is_one


def test_working_days_lost_by_week():
    weeks = [date(2024, 4, 29), date(2024, 12, 23), date(2024, 12, 30), date(2024, 6, 3)]
    assert by_week(weeks, "NW") == [1, 2, 1, 0]
    assert by_week([], "NW") == []
