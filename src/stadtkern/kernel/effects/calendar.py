"""Public holidays counted by week: they move what is measured."""

from collections.abc import Sequence
from datetime import date, timedelta

from stadtkern.kernel.places.holidays import holidays


def by_week(mondays: Sequence[date], state: str) -> list[float]:
    """How many of the five working days of each week are public holidays."""
    known = {year: holidays(year, state) for year in _years(mondays)}
    return [
        float(sum(day in known[day.year] for day in (one + timedelta(days=n) for n in range(5))))
        for one in mondays
    ]


def _years(mondays: Sequence[date]) -> range:
    return range(min(mondays).year, max(mondays).year + 2) if mondays else range(0)
