"""When a battery will be empty: a robust line over its daily values, with a range."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import median
from typing import Literal

# Percent at which most devices stop; and a rise that only a new battery explains.
EMPTY, NEW = 10.0, 20.0
FEWEST, SHORTEST = 8, timedelta(days=14)
# More points make the line no better, only slower.
MOST = 40
FARTHEST = timedelta(days=3650)
# Two-sided 95 % of the normal distribution.
NORMAL = 1.96

Values = Sequence[tuple[date, float]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """The day on which the limit is reached, its 95 % range, and percent lost in 30 days.

    `late` is None where the battery may as well last for ever.
    """

    day: date
    early: date
    late: date | None
    month: float
    since: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """Why there is no forecast: too few values since the battery is in, or no fall to be seen."""

    reason: Literal["few", "steady"]
    since: date | None


def forecast(values: Values, limit: float = EMPTY) -> Forecast | Unknown:
    """When a battery with these daily values (percent, by day) will reach the limit.

    The slope is Theil's and Sen's median over all pairs of days, which a third of wild values
    does not move; its range is Sen's (1968) from Kendall's variance.
    """
    now = since_new(values)
    if len(now) < FEWEST or now[-1][0] - now[0][0] < SHORTEST:
        return Unknown(reason="few", since=now[0][0] if now else None)
    points = thinned(now)
    low, slope, high = slopes(points)
    if slope >= 0 or low >= 0:
        return Unknown(reason="steady", since=now[0][0])
    first, last = points[0][0], points[-1][0]
    start = median(value - slope * (day - first).days for day, value in points)
    level = start + slope * (last - first).days
    day = _reached(last, level - limit, slope)
    return Forecast(
        day=day,
        early=min(day, _reached(last, level - limit, low)),
        late=_reached(last, level - limit, high) if high < 0 else None,
        month=-30 * slope,
        since=now[0][0],
    )


def since_new(values: Values) -> Values:
    """The values since the battery was replaced last, if it ever was."""
    start = 0
    for i in range(1, len(values)):
        before = median(value for _day, value in values[max(start, i - 3) : i])
        after = median(value for _day, value in values[i : i + 3])
        if min(after, values[i][1]) - before >= NEW:
            start = i
    return values[start:]


def thinned(values: Values) -> Values:
    """At most MOST of them, evenly, first and last among them."""
    if len(values) <= MOST:
        return values
    step = (len(values) - 1) / (MOST - 1)
    return [values[round(i * step)] for i in range(MOST)]


def slopes(points: Values) -> tuple[float, float, float]:
    """Low end, median and high end of the slope, in percent a day."""
    n = len(points)
    found = sorted(
        (points[j][1] - points[i][1]) / (points[j][0] - points[i][0]).days
        for i in range(n)
        for j in range(i + 1, n)
    )
    spread = NORMAL * sqrt(n * (n - 1) * (2 * n + 5) / 18)
    low = max(0, round((len(found) - spread) / 2) - 1)
    high = min(len(found) - 1, round((len(found) + spread) / 2))
    return found[low], median(found), found[high]


def _reached(last: date, left: float, slope: float) -> date:
    days = max(0.0, left / -slope)
    return last + min(timedelta(days=days), FARTHEST)
