"""The numbers of one car park on the grid, and what is known of a target when it is foreseen."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.parking.forecasting.quarters import A_DAY, Ints, Wall
from stadtkern.systems.parking.forecasting.usual import Usual

Floats = NDArray[np.float64]
FEATURES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """Free spaces by quarter (NaN where unknown), how many there are, and what is usual."""

    values: Floats
    capacity: float
    wall: Wall
    usual: Usual

    def bounded(self, found: Floats) -> Floats:
        """No fewer than none and no more than there are."""
        return np.clip(found, 0.0, self.capacity)


def features(frame: Frame, origins: Ints, ahead: int) -> Floats:
    """One row for each origin: how what is known there differs from what is usual.

    Columns: the present deviation; how much of the last quarter's, half hour's and hour's change
    was unusual; what its sort of day and the week before add to the weekday's usual; the deviation
    of the day before at the same time; one. Unknown ones are nought, an unknown present is NaN.
    """
    usual, values = frame.usual.weekday, frame.values
    targets = origins + ahead
    now = values[origins] - usual[origins]
    steps = [_change(values, usual, origins, back) for back in (1, 2, 4)]
    sort = frame.usual.sort[targets] - usual[targets]
    week = frame.usual.week[targets] - usual[targets]
    day = values[np.maximum(targets - A_DAY, 0)] - usual[np.maximum(targets - A_DAY, 0)]
    rest = [np.nan_to_num(column) for column in (*steps, sort, week, day)]
    return np.column_stack([now, *rest, np.ones(len(origins))])


def _change(values: Floats, usual: Floats, origins: Ints, back: int) -> Floats:
    before = np.maximum(origins - back, 0)
    change: Floats = (values[origins] - values[before]) - (usual[origins] - usual[before])
    return change
