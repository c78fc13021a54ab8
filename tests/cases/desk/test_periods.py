"""Periods as the law counts them; each example names where it is from."""

from datetime import UTC, date, datetime

import pytest

from cases.desk.world import BERLIN
from stadtkern.kernel.cases.desk import periods


@pytest.mark.parametrize(
    ("day", "number", "end"),
    [
        (date(2026, 11, 9), 5, date(2026, 11, 16)),  # a plain week
        (date(2026, 12, 23), 2, date(2026, 12, 28)),  # 25 and 26 December, then a Sunday
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # Good Friday to Easter Monday
        (date(2027, 6, 1), 1, date(2027, 6, 2)),
        (date(2026, 10, 30), 1, date(2026, 11, 2)),  # 31 October is none here
        (date(2028, 10, 31), 1, date(2028, 11, 2)),  # All Saints is a holiday in NRW
        (date(2026, 6, 3), 1, date(2026, 6, 5)),  # Corpus Christi
    ],
)
def test_working_days_leave_out_weekends_and_the_holidays_of_the_state(day, number, end):
    assert periods.after_work_days(day, number) == end
    assert periods.work_days_between(day, end) == number


@pytest.mark.parametrize(
    ("served", "end"),
    [
        # Glossary “Fristen” on gesamthand.de: served on 1 December 2005, the last day is a
        # holiday and a Sunday, so the period ends on 2 January 2006.
        (date(2005, 12, 1), date(2006, 1, 2)),
        # Haufe, Jansen, SGG § 64 Rz. 6: served on 31 January, it ends on 28 February, and on
        # 29 February in leap years.
        (date(2023, 1, 31), date(2023, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        # The same: served on 1 March, it ends on 1 April.
        (date(2025, 3, 1), date(2025, 4, 1)),
        # § 31 (3) VwVfG: a Saturday, and a Sunday before Easter Monday.
        (date(2026, 6, 20), date(2026, 7, 20)),
        (date(2026, 7, 1), date(2026, 8, 3)),
        (date(2026, 3, 5), date(2026, 4, 7)),
    ],
)
def test_thirty_days_are_the_month_of_the_law(served, end):
    assert periods.appeal_until(served, periods.A_MONTH) == end


def test_other_periods_are_counted_in_days():
    assert periods.appeal_until(date(2026, 11, 9), 14) == date(2026, 11, 23)
    assert periods.appeal_until(date(2026, 12, 11), 14) == date(2026, 12, 28)


@pytest.mark.parametrize(
    ("provided", "served"),
    [
        # § 9 (1) OZG: on the fourth day after it was provided.
        (datetime(2026, 11, 9, 9, tzinfo=BERLIN), date(2026, 11, 13)),
        # It does not move to a working day: BSG of 9 December 2008, B 8/9b SO 13/07 R.
        (datetime(2026, 11, 10, 9, tzinfo=BERLIN), date(2026, 11, 14)),
        (datetime(2026, 12, 22, 9, tzinfo=BERLIN), date(2026, 12, 26)),
        # Half past midnight here is still the day before in UTC.
        (datetime(2026, 11, 9, 23, 30, tzinfo=UTC), date(2026, 11, 14)),
        (datetime(2026, 2, 26, 9, tzinfo=BERLIN), date(2026, 3, 2)),
    ],
)
def test_what_was_provided_counts_as_served_on_the_fourth_day(provided, served):
    assert periods.served_on(provided) == served


def test_a_question_puts_the_deadline_off_by_the_working_days_it_took():
    due = periods.due_at(datetime(2026, 11, 9, 9, tzinfo=BERLIN), 5)
    asked = datetime(2026, 11, 12, 9, tzinfo=BERLIN)
    answered = datetime(2026, 11, 17, 9, tzinfo=BERLIN)
    assert periods.later(due, asked, answered).astimezone(BERLIN).date() == date(2026, 11, 19)
