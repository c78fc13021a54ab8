"""How many people will come: only what has beaten the plain answer on days it had not seen.

The plain answer is the mean of the same weekday in the four weeks before. Each method foretells
the last weeks from what was known a week ahead; the one with the least mean error is shown, and by
how much it was wrong gives the band.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from stadtkern.systems.appointments.logic import figures

PAST = timedelta(days=182)
AHEAD = 14
TESTED = 28
# Foretold from what was known so many days before.
HORIZON = 7
WEEKS = 4
FEWEST = 20
# A method must be so much better than the plain one, not by luck.
BETTER = 0.97

Known = Mapping[date, int]
Method = Callable[[Known, date, date], float | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """Visitors of a day to come; nine of ten days should lie between low and high."""

    day: date
    low: float
    middle: float
    high: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreseen:
    """The days to come, the method, and the mean error of it and of the plain one in the test."""

    days: Sequence[Day]
    method: str
    error: float
    plain_error: float
    tested: int


def _weekdays(known: Known, until: date, day: date, weeks: int) -> list[int]:
    """What came on the same weekday, the newest first; nothing after `until`."""
    back = (day - timedelta(days=7 * n) for n in range(1, weeks + 3))
    return [known[one] for one in back if one <= until and one in known][:weeks]


def plain(known: Known, until: date, day: date) -> float | None:
    """The mean of the same weekday in four weeks."""
    values = _weekdays(known, until, day, WEEKS)
    return fmean(values) if values else None


def last_week(known: Known, until: date, day: date) -> float | None:
    """The same weekday of the newest week."""
    values = _weekdays(known, until, day, 1)
    return float(values[0]) if values else None


def fading(known: Known, until: date, day: date) -> float | None:
    """The same weekday of twelve weeks, the newer the heavier."""
    values = _weekdays(known, until, day, 12)
    weights = [0.75**n for n in range(len(values))]
    return (
        sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights) if values else None
    )


def level(known: Known, until: date, day: date) -> float | None:
    """The weekday's share of a usual week, times how busy the newest two weeks were."""
    long = _weekdays(known, until, day, 12)
    if not long:
        return None
    recent = [known[d] for n in range(14) if (d := until - timedelta(days=n)) in known]
    usual = [known[d] for n in range(84) if (d := until - timedelta(days=n)) in known]
    if not recent or not usual or not fmean(usual):
        return fmean(long)
    return fmean(long) * fmean(recent) / fmean(usual)


METHODS: Mapping[str, Method] = {
    "plain": plain, "last_week": last_week, "fading": fading, "level": level,
}  # fmt: skip


def foresee(office: int | None, today: date) -> Foreseen | None:
    """The next two weeks; None where too little is known."""
    counted = figures.daily(office, today - PAST, today - timedelta(days=1))
    known = {day: came for day, came in counted if came}
    if len(known) < FEWEST:
        return None
    errors = {name: backtest(known, method, today) for name, method in METHODS.items()}
    tried = {name: fmean(abs(e) for e in found) for name, found in errors.items() if found}
    if "plain" not in tried:
        return None
    best = min(tried, key=lambda name: tried[name])
    if tried[best] > BETTER * tried["plain"]:
        best = "plain"
    ordered = sorted(errors[best])
    low = min(0.0, ordered[int(0.05 * len(ordered))])
    high = max(0.0, ordered[int(0.95 * (len(ordered) - 1))])
    return Foreseen(
        days=_days(known, METHODS[best], today, low, high), method=best, error=tried[best],
        plain_error=tried["plain"], tested=len(ordered),
    )  # fmt: skip


def backtest(known: Known, method: Method, today: date) -> list[float]:
    """By how much more came than was foretold, on each of the last days."""
    found = []
    for back in range(1, TESTED + 1):
        day = today - timedelta(days=back)
        told = method(known, day - timedelta(days=HORIZON), day) if day in known else None
        if told is not None:
            found.append(known[day] - told)
    return found


def _days(known: Known, method: Method, today: date, low: float, high: float) -> list[Day]:
    """Days on which nobody ever comes, such as Sundays, are left out."""
    until = today - timedelta(days=1)
    open_days = {day.isoweekday() for day in known}
    days = []
    for ahead in range(AHEAD):
        day = today + timedelta(days=ahead)
        told = method(known, until, day) if day.isoweekday() in open_days else None
        if told is not None:
            days.append(Day(day=day, low=max(0.0, told + low), middle=told, high=told + high))
    return days
