"""What a series is expected to say at each instant, from itself: its level and its usual week."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.data_improvement.finding.panel import Panel

Numbers = NDArray[np.float64]
WEEK: Final = 168.0
# A level needs that much of its window.
ENOUGH: Final = 0.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Expected:
    """`middle` is the expected value, `scale` the usual distance from it at this hour."""

    middle: Numbers
    scale: Numbers


def slots_of(panel: Panel) -> NDArray[np.int64]:
    """The hour of the week of each step, or the day of the week of daily values."""
    if panel.per_hour < 1 / 12:
        return np.array([at.weekday() for at in panel.times], dtype=np.int64)
    return np.array([at.weekday() * 24 + at.hour for at in panel.times], dtype=np.int64)


def rolling(values: Numbers, window: int) -> Numbers:
    """A centred median; NaN where less than a quarter of the window is known."""
    import pandas as pd

    least = max(3, round(window * ENOUGH))
    found = pd.Series(values).rolling(window, center=True, min_periods=least).median()
    return found.interpolate(limit_direction="both").to_numpy(dtype=np.float64)


def expected_of(panel: Panel, series: int) -> Expected:
    """Level of the weeks around times the usual share of this hour of the week.

    Series that go below nought get the hour's usual distance from the level instead.
    """
    values, slots = panel.values[:, series], slots_of(panel)
    window = max(8, round(WEEK * panel.per_hour * 2))
    level = rolling(values, min(window, len(values)))
    counts = bool(np.nanmin(values) >= 0)
    share = values / np.maximum(level, 1e-9) if counts else values - level
    usual = by_slot(share, slots)
    middle = np.maximum(0.0, level * usual) if counts else level + usual
    return Expected(middle=middle, scale=_scale(values - middle, slots))


def by_slot(values: Numbers, slots: NDArray[np.int64]) -> Numbers:
    """Each step's median over all steps of its slot."""
    table = np.full(int(slots.max()) + 1, np.nan)
    for slot in np.unique(slots):
        known = values[(slots == slot) & np.isfinite(values)]
        if known.size:
            table[slot] = np.median(known)
    return np.where(np.isfinite(table[slots]), table[slots], np.nanmedian(values))


def _scale(apart: Numbers, slots: NDArray[np.int64]) -> Numbers:
    """The robust distance of each slot, never far below that of the whole series."""
    whole = 1.4826 * float(np.nanmedian(np.abs(apart)))
    own = 1.4826 * by_slot(np.abs(apart), slots)
    return np.maximum(np.maximum(own, 0.3 * whole), 1e-9)
