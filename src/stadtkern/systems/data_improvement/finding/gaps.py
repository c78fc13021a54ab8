"""Gaps in measurements: which method fills them best is tried out on values that are known.

Stretches of known values are hidden, every method fills them, and the one that errs least is taken
for gaps of that length. A model that does not beat the simple methods is not offered, and nothing
is where the best one is no better than the usual value.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.data_improvement.finding import filling
from stadtkern.systems.data_improvement.finding.frame import Cell, Found, Table, World
from stadtkern.systems.data_improvement.finding.panel import Panel, panel_of

Numbers = NDArray[np.float64]
# The longest gap of each class, in hours.
CLASSES: Final = (3, 24, 168)
MASKS: Final = 60
KNOWN: Final = 0.3
MARGIN: Final = 0.97
# A model must err clearly less than the best simple way.
CLEARLY: Final = 0.9
# A stretch to hide may have small gaps of its own, as stations have that calibrate each day.
MOSTLY: Final = 0.85
# So much of the neighbours must be known in a gap that models on them are asked.
NEIGHBOURS: Final = 0.5
MOST_SERIES: Final = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """Mean absolute error of each method on hidden stretches; `best` is empty: none is good."""

    errors: dict[str, float]
    best: str
    usual: float
    wide: float


def find(table: Table, world: World) -> Iterator[Found]:
    """One proposal for each gap of a week at most that some method fills well."""
    panel = panel_of(table, world.local())
    if panel is None:
        return
    for series in range(min(len(panel.columns), MOST_SERIES)):
        values = panel.values[:, series]
        if np.isfinite(values).mean() < KNOWN:
            continue
        yield from _of_series(panel, series)


def _of_series(panel: Panel, series: int) -> Iterator[Found]:
    classes: dict[tuple[int, bool], list[tuple[int, int]]] = {}
    for start, end in stretches(panel.values[:, series]):
        wanted = next((h for h in CLASSES if end - start <= panel.steps(h)), None)
        if wanted is not None and (panel.rows[start:end] > 0).any():
            key = wanted, is_alone(panel, series, start, end)
            classes.setdefault(key, []).append((start, end))
    filled: dict[str, Numbers] = {}
    for (hours, alone), found in sorted(classes.items()):
        longest = max(end - start for start, end in found)
        trial = tried(panel, series, longest, seed=filling.SEED + series, alone=alone)
        if not trial.best:
            continue
        if trial.best not in filled:
            filled[trial.best] = _method(trial.best)(panel, series)
        for start, end in found:
            yield _found(panel, series, filled[trial.best], (start, end), hours, trial)


def is_alone(panel: Panel, series: int, start: int, end: int) -> bool:
    """Whether the neighbours are silent, too: then nothing can be learned from them here."""
    others = [n for n in range(len(panel.columns)) if n != series]
    return not others or float(np.isfinite(panel.values[start:end, others]).mean()) < NEIGHBOURS


def stretches(values: Numbers) -> list[tuple[int, int]]:
    """Gaps between known values: first step and step behind the last; none at the ends."""
    known = np.flatnonzero(np.isfinite(values))
    apart = np.flatnonzero(np.diff(known) > 1)
    return [(int(known[n]) + 1, int(known[n + 1])) for n in apart]


def hidden(values: Numbers, length: int, seed: int) -> list[tuple[int, int]]:
    """Stretches of known values to hide, apart from each other, the same for the same seed."""
    random = np.random.default_rng(seed)
    taken = np.zeros(len(values), dtype=bool)
    found: list[tuple[int, int]] = []
    for start in random.permutation(max(0, len(values) - length - 2)):
        span = slice(int(start), int(start) + length + 2)
        known = np.isfinite(values[span])
        fits = known[0] and known[-1] and known.mean() >= MOSTLY and not taken[span].any()
        if len(found) < MASKS and fits:
            taken[span] = True
            found.append((int(start) + 1, int(start) + 1 + length))
            if taken.mean() > 0.15:
                break
    return found


def tried(panel: Panel, series: int, length: int, *, seed: int, alone: bool = False) -> Trial:
    """All methods on hidden stretches of this length; without neighbours the simple ones."""
    masks = hidden(panel.values[:, series], length, seed)
    if len(masks) < 5:
        return Trial(errors={}, best="", usual=0, wide=0)
    hiding = np.concatenate([np.arange(start, end) for start, end in masks])
    steps = hiding[np.isfinite(panel.values[hiding, series])]
    truth = panel.values[steps, series]
    values = panel.values.copy()
    values[steps, series] = np.nan
    blind = Panel(
        times=panel.times, step=panel.step, columns=panel.columns, values=values, rows=panel.rows
    )
    errors: dict[str, Numbers] = {"typical": np.abs(filling.typical(blind, series)[steps] - truth)}
    methods = filling.SIMPLE if alone else {**filling.SIMPLE, **filling.MODELS}
    for name, method in methods.items():
        said = method(blind, series)[steps]
        if np.isfinite(said).all():
            errors[name] = np.abs(said - truth)
    means = {name: float(np.mean(one)) for name, one in errors.items()}
    best = chosen(means)
    wide = float(np.quantile(errors[best], 0.8)) if best else 0.0
    return Trial(errors=means, best=best, usual=means["typical"], wide=wide)


def chosen(errors: dict[str, float]) -> str:
    """The simple method that errs least, or a model that errs clearly less; none is good: ''."""
    simple = min((name for name in filling.SIMPLE if name in errors), key=errors.__getitem__)
    models = [name for name in filling.MODELS if name in errors]
    best = min([simple, *models], key=errors.__getitem__)
    if best != simple and errors[best] > CLEARLY * errors[simple]:
        best = simple
    return best if errors[best] < MARGIN * errors["typical"] else ""


def _method(name: str) -> filling.Method:
    return {**filling.SIMPLE, **filling.MODELS}[name]


def _found(
    panel: Panel, series: int, said: Numbers, span: tuple[int, int], hours: int, trial: Trial
) -> Found:
    column = panel.columns[series]
    digits = 0 if column.kind == "integer" else 2
    cells: list[Cell] = []
    for step in range(*span):
        if panel.rows[step]:
            value = round(float(said[step]), digits)
            cells.append((int(panel.rows[step]), column.slug, None, value))
    explained = 1 - trial.errors[trial.best] / trial.usual
    told: dict[str, Any] = {
        "at": panel.times[span[0]].isoformat(), "until": panel.times[span[1] - 1].isoformat(),
        "count": len(cells), "error": round(trial.errors[trial.best], 2),
        "wide": round(trial.wide, 2), "unit": column.unit,
    }  # fmt: skip
    return Found(
        kind="gap", method=trial.best, action="fill", column=column.slug, cells=cells,
        reason=f"gap.{trial.best}", said=told, strength=max(0.0, min(1.0, explained)),
        parameters={"hours": hours, "seed": filling.SEED + series, "hidden": MASKS,
                    "errors": {k: round(v, 4) for k, v in sorted(trial.errors.items())}},
    )  # fmt: skip
