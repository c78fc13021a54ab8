"""What is usual at each quarter of a day: by weekday, by sort of day, and a week before."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.parking.forecasting.quarters import A_DAY, SUNDAY, Wall

Floats = NDArray[np.float64]

# The median of this many days of the same weekday; looked for no further back than that.
SAME, FAR = 4, 42
# And of this many days of the same sort, working days or days off.
LIKE, LIKE_FAR = 5, 21
# A day is not over when it is foreseen: the newest day that counts lies this many days before.
GAP = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Usual:
    """For each quarter: the usual of its weekday, of its sort of day, and a week before."""

    weekday: Floats
    sort: Floats
    week: Floats


def usual(values: Floats, wall: Wall) -> Usual:
    """For each quarter from days at least two days older alone, so nothing looks ahead."""
    first = int(wall.days[0])
    table, keys = by_day(values, wall)
    rows = wall.days - first
    weekday = np.array([_median(table, _same(keys, day)) for day in range(len(keys))])
    sort = np.array([_median(table, _like(keys, day)) for day in range(len(keys))])
    week = np.full_like(table, np.nan)
    week[7:] = table[:-7]
    filled = np.where(np.isnan(weekday), sort, weekday)
    return Usual(
        weekday=filled[rows, wall.slots], sort=np.where(np.isnan(sort), filled, sort)[
            rows, wall.slots], week=week[rows, wall.slots],
    )  # fmt: skip


def by_day(values: Floats, wall: Wall) -> tuple[Floats, NDArray[np.int64]]:
    """Days by quarters of the clock on the wall, and the kind of each day."""
    first, last = int(wall.days[0]), int(wall.days[-1])
    table = np.full((last - first + 1, A_DAY), np.nan)
    known = ~np.isnan(values)
    table[wall.days[known] - first, wall.slots[known]] = values[known]
    keys = np.zeros(len(table), dtype=np.int64)
    keys[wall.days - first] = wall.keys
    return table, keys


def _same(keys: NDArray[np.int64], day: int) -> NDArray[np.int64]:
    start = max(0, day - FAR)
    found = start + np.flatnonzero(keys[start : max(day - GAP + 1, 0)] == keys[day])
    return found[-SAME:]


def _like(keys: NDArray[np.int64], day: int) -> NDArray[np.int64]:
    start = max(0, day - LIKE_FAR)
    off = keys >= SUNDAY - 1
    found = start + np.flatnonzero(off[start : max(day - GAP + 1, 0)] == off[day])
    return found[-LIKE:]


def _median(table: Floats, days: NDArray[np.int64]) -> Floats:
    """By quarter; NaN where none of the days has a value."""
    chosen = table[days]
    blank = np.isnan(chosen).all(axis=0) if len(days) else np.ones(A_DAY, dtype=bool)
    found = np.full(A_DAY, np.nan)
    if not blank.all():
        found[~blank] = np.nanmedian(chosen[:, ~blank], axis=0)
    return found
