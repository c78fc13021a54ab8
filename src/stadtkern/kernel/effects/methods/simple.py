"""The plain comparisons: before and after, the same season a year earlier, and with controls."""

import numpy as np

from stadtkern.kernel.effects.methods.frame import Array, Frame, centred, mean, mean_of

YEAR = 52


def before_after(frame: Frame) -> float:
    """After less as many weeks right before: what people do by hand, and often wrong."""
    length = int(frame.after.sum())
    last = np.flatnonzero(frame.before)[-length:] if length else np.array([], int)
    recent = np.zeros(frame.weeks, bool)
    recent[last] = True
    return mean(frame.target, frame.after) - mean(frame.target, recent)


def same_season(frame: Frame, values: Array | None = None) -> float:
    """After less the same weeks a year earlier; NaN where the year before is not measured."""
    series = frame.target if values is None else values
    weeks = np.flatnonzero(frame.after)
    pairs = [
        series[week] - series[week - YEAR]
        for week in weeks
        if week >= YEAR and frame.before[week - YEAR]
    ]
    known = [one for one in pairs if not np.isnan(one)]
    return float(np.mean(known)) if known else float("nan")


def control_mean(frame: Frame) -> Array:
    """How the controls moved: the mean of each one's distance from its own level before."""
    return mean_of(centred(frame.controls, frame.before))


def gap(frame: Frame) -> Array:
    """Target less controls by week; its level before the measure is nought."""
    apart = frame.target - control_mean(frame)
    return np.asarray(apart - mean(apart, frame.before))


def difference(frame: Frame) -> float:
    """Difference in differences: how far the gap to the controls moved.

    What the weather and the holidays do to the gap itself is taken out by least squares.
    """
    step, _ = fitted(frame)
    return step


def fitted(frame: Frame) -> tuple[float, Array]:
    """The step of the gap at the measure, and what covariates explain of the gap by week."""
    apart = gap(frame)
    covariates = _usable(frame)
    known = frame.used & ~np.isnan(apart)
    if not len(covariates) or known.sum() < 4 * (len(covariates) + 2):
        return mean(apart, frame.after) - mean(apart, frame.before), np.zeros(frame.weeks)
    design = np.vstack([np.ones(frame.weeks), frame.after.astype(float), covariates])
    found, *_ = np.linalg.lstsq(design[:, known].T, apart[known], rcond=None)
    return float(found[1]), np.asarray(found[2:] @ covariates)


def _usable(frame: Frame) -> Array:
    """Covariates that vary, around their own means; a week without a value counts as usual."""
    rows = centred(frame.covariates, frame.used)
    filled = np.nan_to_num(rows, nan=0.0)
    varying = filled[:, frame.used].std(axis=1) > 1e-12 if len(filled) else np.array([], bool)
    return np.asarray(filled[varying])
