"""A structural time series model: a level that wanders, the controls, the weather, and a step."""

import warnings
from dataclasses import dataclass

import numpy as np

from stadtkern.kernel.effects.methods.frame import Array, Frame, centred, mean

COMPONENTS = 2
LIKELY = 1.959963984540054


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """The step at the measure with its standard error, and whether the fit settled."""

    effect: float
    error: float
    settled: bool

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return self.effect - LIKELY * self.error

    @property
    def high(self) -> float:
        """The upper end."""
        return self.effect + LIKELY * self.error


def components(frame: Frame) -> Array:
    """The first principal components of the controls: what they have in common."""
    rows = np.nan_to_num(centred(frame.controls, frame.used), nan=0.0)
    if not len(rows):
        return rows
    _, _, found = np.linalg.svd(rows[:, frame.used], full_matrices=False)
    size = min(COMPONENTS, len(rows))
    made = np.zeros((size, frame.weeks))
    made[:, frame.used] = found[:size] * np.sqrt(frame.used.sum())
    return made


def structural(frame: Frame) -> Step:
    """Coefficients stand in the state, so their errors know that the level wanders.

    UnobservedComponents of statsmodels (Harvey 1989; the model behind Brodersen et al. 2015).
    """
    from statsmodels.tsa.statespace import (
        structural as structures,
    )

    level = mean(frame.target, frame.before)
    values = np.where(frame.used, frame.target - level, np.nan)
    scale = float(np.nanstd(values)) or 1.0
    rows = [components(frame), _filled(frame), frame.after.astype(float)[None, :]]
    model = structures.UnobservedComponents(
        values / scale, level="local level", exog=np.vstack(rows).T, mle_regression=False,
        use_exact_diffuse=True,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = model.fit(disp=0, maxiter=200, method="lbfgs")
    effect, error = fit.smoothed_state[-1, -1], fit.smoothed_state_cov[-1, -1, -1]
    settled = bool(np.isfinite(error) and error > 0)
    return Step(
        effect=float(effect * scale),
        error=float(np.sqrt(max(error, 0.0)) * scale),
        settled=settled,
    )


def _filled(frame: Frame) -> Array:
    rows = np.nan_to_num(centred(frame.covariates, frame.used), nan=0.0)
    size = rows[:, frame.used].std(axis=1) if len(rows) else np.array([])
    return np.asarray(rows[size > 1e-12] / size[size > 1e-12, None])
