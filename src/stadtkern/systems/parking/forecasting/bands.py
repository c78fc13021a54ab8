"""How far a forecast is off: quantiles of its errors on weeks it had not seen, by time of day."""

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.parking.forecasting.quarters import Wall

Floats = NDArray[np.float64]
LEVELS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98)
LOW, HIGH = LEVELS.index(0.1), LEVELS.index(0.9)
# Blocks of three hours, apart for working days and days off.
HOURS, BLOCKS = 3, 16
# A block with fewer errors takes those of all blocks in.
ENOUGH = 48


def block(wall: Wall, targets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Into which block each target falls: 0 to 15."""
    return wall.slots[targets] // (4 * HOURS) + np.where(wall.working[targets], 0, BLOCKS // 2)


def quantiles(errors: Floats, blocks: NDArray[np.int64], ahead: int) -> Floats:
    """What is really free less what was foreseen: one row of quantiles for each block."""
    known = ~np.isnan(errors)
    errors, blocks = errors[known], blocks[known]
    if not len(errors):
        return np.zeros((BLOCKS, len(LEVELS)))
    return np.array([_of(errors, blocks == one, ahead) for one in range(BLOCKS)])


def _of(errors: Floats, chosen: NDArray[np.bool_], ahead: int) -> Floats:
    own = errors[chosen]
    pool = own if len(own) >= ENOUGH else errors
    levels = [_wider(level, len(pool) / min(ahead, 4 * HOURS)) for level in LEVELS]
    found: Floats = np.quantile(pool, levels)
    return found


def _wider(level: float, size: float) -> float:
    """The step of split conformal prediction for finite samples: wider where there are few.

    Errors that overlap in time are not apart: of quarters that are foreseen two hours ahead each
    eighth counts, and a block of a day counts once from three hours ahead.
    """
    if level == 0.5:
        return level
    step = (1 + size) / size
    return max(0.0, 1 - (1 - level) * step) if level < 0.5 else min(1.0, level * step)


def chance(quantities: Floats, needed: float) -> float:
    """The probability of at least so many, from quantities at LEVELS; between 0.02 and 0.98.

    Between two levels it is taken as a straight line; what lies outside all of them is not known
    better than their ends.
    """
    levels = np.array(LEVELS)
    if needed <= quantities[0]:
        return float(1 - levels[0])
    if needed > quantities[-1]:
        return float(1 - levels[-1])
    place = int(np.searchsorted(quantities, needed, side="left"))
    low, high = quantities[place - 1], quantities[place]
    share = (needed - low) / (high - low) if high > low else 1.0
    return float(1 - (levels[place - 1] + share * (levels[place] - levels[place - 1])))
