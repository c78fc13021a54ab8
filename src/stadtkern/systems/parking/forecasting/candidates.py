"""Ways to foresee: three baselines, and a regression on how the present differs from the usual."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.parking.forecasting.frame import FEATURES, Frame, features
from stadtkern.systems.parking.forecasting.quarters import Ints

Floats = NDArray[np.float64]
# What an afternoon's deviation is worth after three hours: fixed, not fitted.
DECAY = 12.0
# Pulls each part of the day towards the whole, and the whole towards the blend; in rows.
RIDGE = 200.0
ROUNDS = 6
PARTS = 4
LAST, USUAL, BLEND, MODEL = "last", "usual", "blend", "model"
BASELINES = (LAST, USUAL, BLEND)


def baseline(name: str, frame: Frame, origins: Ints, ahead: int) -> Floats:
    """What a baseline says of each origin plus so many quarters."""
    usual, values = frame.usual.weekday, frame.values
    if name == LAST:
        return frame.bounded(values[origins])
    if name == USUAL:
        return frame.bounded(usual[origins + ahead])
    kept = np.exp(-ahead / DECAY) * (values[origins] - usual[origins])
    return frame.bounded(usual[origins + ahead] + kept)


def part(frame: Frame, targets: Ints) -> Ints:
    """The quarter of the day in which each target lies: 0 to 3."""
    return frame.wall.slots[targets] // 24


def model(frame: Frame, origins: Ints, ahead: int, weights: Floats) -> Floats:
    """The usual plus a weighted sum; `weights` has a row for each part of the day."""
    rows = features(frame, origins, ahead)
    told = (rows * weights[part(frame, origins + ahead)]).sum(axis=1)
    return frame.bounded(frame.usual.weekday[origins + ahead] + told)


def fitted(frame: Frame, origins: Ints, ahead: int) -> Floats:
    """Weights by part of the day that err least in absolute terms, pulled towards the blend."""
    targets = origins + ahead
    rows = features(frame, origins, ahead)
    wanted = frame.values[targets] - frame.usual.weekday[targets]
    good = ~np.isnan(rows).any(axis=1) & ~np.isnan(wanted)
    rows, wanted, parts = rows[good], wanted[good], part(frame, targets[good])
    before = np.zeros(FEATURES)
    before[0] = np.exp(-ahead / DECAY)
    whole = _least(rows, wanted, before, frame.capacity)
    return np.array([
        _least(rows[parts == one], wanted[parts == one], whole, frame.capacity)
        for one in range(PARTS)
    ])  # fmt: skip


def _least(rows: Floats, wanted: Floats, prior: Floats, capacity: float) -> Floats:
    """Least absolute errors by reweighted least squares, with a pull towards the prior."""
    if not len(rows):
        return prior
    scale = rows.std(axis=0)
    scale[-1] = max(capacity / 100, 1.0)
    scale[scale == 0] = 1.0
    pull = RIDGE * np.diag((scale / scale[-1]) ** 2 + 1e-9)
    small = max(capacity / 200, 0.5)
    found = prior.copy()
    for _ in range(ROUNDS):
        weight = scale[-1] / np.maximum(np.abs(wanted - rows @ found), small)
        left = (rows * weight[:, None]).T @ rows + pull
        right = (rows * weight[:, None]).T @ wanted + pull @ prior
        found = np.linalg.solve(left, right)
    return found


def say(
    name: str, frame: Frame, origins: Ints, ahead: int, weights: Mapping[int, Floats]
) -> Floats:
    """What one way says; the model needs its weights for this many quarters ahead.

    Where it cannot say anything, since nothing is usual at the present quarter, the usual of the
    target is told, and the present number where that is not known either.
    """
    if name == MODEL:
        told = model(frame, origins, ahead, weights[ahead])
    else:
        told = baseline(name, frame, origins, ahead)
    for other in (USUAL, LAST):
        told = np.where(np.isnan(told), baseline(other, frame, origins, ahead), told)
    return told
