"""Working days, deadlines, when a decision counts as served, and until when an appeal is possible.

Sources: § 31 VwVfG with §§ 187, 188 and 193 BGB (periods), § 9 OZG and § 41 VwVfG (service).
"""

import calendar
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone

from stadtkern.kernel import registry
from stadtkern.kernel.places.holidays import holidays

# A form that gives this many days means the month of § 70 VwGO, which is 28 to 31 days long.
A_MONTH: Final = 30


def is_open(day: date) -> bool:
    """Whether a day is neither Saturday, Sunday nor a public holiday of the city's state."""
    return day.weekday() < 5 and day not in holidays(day.year, registry.city().city.state)


def first_open(day: date) -> date:
    """This day or the next working day: where a period would end on another (§ 31 (3) VwVfG)."""
    while not is_open(day):
        day += timedelta(days=1)
    return day


def after_work_days(day: date, number: int) -> date:
    """The day that is so many working days later; the first day itself does not count."""
    for _ in range(number):
        day = first_open(day + timedelta(days=1))
    return day


def work_days_between(first: date, last: date) -> int:
    """How many working days come after the first day, until and with the last."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(is_open(day) for day in days)


def a_month_later(day: date) -> date:
    """The same day of the next month, or that month's last (§ 188 (2) and (3) BGB)."""
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def appeal_until(served: date, days: int) -> date:
    """The last day of an appeal; the day of service does not count (§ 187 (1) BGB)."""
    end = a_month_later(served) if days == A_MONTH else served + timedelta(days=days)
    return first_open(end)


def served_on(provided: datetime) -> date:
    """The day on which what was put into the mailbox counts as served, also where it is a Sunday.

    It is a day that the law names and no period, so it does not move to a working day
    (BSG of 9 December 2008, B 8/9b SO 13/07 R, on the like rule for letters).
    """
    return timezone.localdate(provided) + timedelta(days=registry.city().cases.served_days)


def end_of(day: date) -> datetime:
    """The last minute of a day in the city's zone."""
    return timezone.make_aware(datetime.combine(day, time(23, 59)))


def due_at(submitted: datetime, work_days: int) -> datetime:
    """When the desk should have answered what was sent then."""
    return end_of(after_work_days(timezone.localdate(submitted), work_days))


def later(due: datetime, asked: datetime, answered: datetime) -> datetime:
    """A deadline put off by the working days for which the applicant was asked."""
    waited = work_days_between(timezone.localdate(asked), timezone.localdate(answered))
    return end_of(after_work_days(timezone.localdate(due), waited))
