"""Ways to fill a gap: a line, the usual week, a ridge and boosted trees on neighbours.

Each takes a grid with gaps and one series, and gives a value for every step that it can.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.data_improvement.finding.expected import expected_of, slots_of
from stadtkern.systems.data_improvement.finding.panel import Panel

Numbers = NDArray[np.float64]
SEED: Final = 20260301
# Years of hours teach a model nothing that the last year did not.
TAUGHT: Final = 12_000
LEAST: Final = 300


def typical(panel: Panel, series: int) -> Numbers:
    """One value for all: what every method has to beat."""
    return np.full(len(panel.times), float(np.nanmedian(panel.values[:, series])))


def line(panel: Panel, series: int) -> Numbers:
    """Straight from the value before the gap to the one behind it."""
    values = panel.values[:, series]
    known = np.flatnonzero(np.isfinite(values))
    return np.interp(np.arange(len(values)), known, values[known])


def profile(panel: Panel, series: int) -> Numbers:
    """The usual value of this hour of the week at the level of the weeks around."""
    return expected_of(panel, series).middle


def ridge(panel: Panel, series: int) -> Numbers:
    """A linear model on neighbours and calendar."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features = _features(panel, series)
    centre = np.nanmedian(features, axis=0)
    whole = np.where(np.isfinite(features), features, np.nan_to_num(centre))
    model = make_pipeline(StandardScaler(), Ridge(alpha=10.0))
    return _learned(panel, series, whole, model)


def trees(panel: Panel, series: int) -> Numbers:
    """Boosted trees on neighbours, calendar, and the values before and behind the gap."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(
        max_iter=100, learning_rate=0.08, max_leaf_nodes=31, min_samples_leaf=15,
        early_stopping=False, random_state=SEED,
    )  # fmt: skip
    return _learned(panel, series, _features(panel, series), model)


Method = Callable[[Panel, int], Numbers]
SIMPLE: Final[Mapping[str, Method]] = {"line": line, "profile": profile}
MODELS: Final[Mapping[str, Method]] = {"ridge": ridge, "trees": trees}


def _learned(panel: Panel, series: int, features: Numbers, model: object) -> Numbers:
    """Taught with the known values, asked for all; NaN where there is too little to learn from."""
    values = panel.values[:, series]
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < LEAST:
        return np.full(len(values), np.nan)
    taught = known[-TAUGHT:]
    model.fit(features[taught], values[taught])  # type: ignore[attr-defined]
    said = np.asarray(model.predict(features), dtype=np.float64)  # type: ignore[attr-defined]
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return np.clip(said, low, high)


def _features(panel: Panel, series: int) -> Numbers:
    """Neighbours now, an hour before and behind; hour, weekday, season, level and usual week."""
    others = [n for n in range(len(panel.columns)) if n != series]
    known = [n for n in others if np.isfinite(panel.values[:, n]).mean() > 0.5]
    near = sorted(known, key=lambda n: -_alike(panel, series, n))[:8]
    hour = np.array([at.hour + at.minute / 60 for at in panel.times])
    season = np.array([at.timetuple().tm_yday for at in panel.times]) / 365.25 * 2 * np.pi
    day = hour / 24 * 2 * np.pi
    columns = [panel.values[:, n] for n in near]
    for shift in (-1, 1):
        columns += [np.roll(panel.values[:, n], shift) for n in near[:3]]
    columns += [np.sin(day), np.cos(day), np.sin(2 * day), np.cos(2 * day),
                np.sin(season), np.cos(season), slots_of(panel) / 1.0,
                expected_of(panel, series).middle]  # fmt: skip
    return np.column_stack(columns)


def _alike(panel: Panel, one: int, two: int) -> float:
    a, b = panel.values[:, one], panel.values[:, two]
    both = np.isfinite(a) & np.isfinite(b)
    if both.sum() < LEAST or np.ptp(a[both]) == 0 or np.ptp(b[both]) == 0:
        return 0.0
    return float(abs(np.corrcoef(a[both], b[both])[0, 1]))
