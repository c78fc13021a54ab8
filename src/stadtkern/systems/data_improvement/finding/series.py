"""Faults in measurements: single jumps, values that stand still, noughts where there is none.

Rules first, then the distance from what the series itself and its neighbours let expect: every
finding can be told in one sentence.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.data_improvement.finding.expected import Expected, expected_of
from stadtkern.systems.data_improvement.finding.frame import Cell, Found, Table, World
from stadtkern.systems.data_improvement.finding.panel import Panel, panel_of

Numbers = NDArray[np.float64]
JUMP, SHARED, BESIDE = 8.0, 0.6, 4.0
STILL_HOURS, NOUGHT_HOURS = 4.0, 5.0
# So much must have been expected while a counter said nought.
EXPECTED: Final = 25.0
MOST: Final = 400
KNOWN: Final = 0.2


def find(table: Table, world: World) -> Iterator[Found]:
    """Proposals for each series; the values go into a column beside the original."""
    panel = panel_of(table, world.local())
    if panel is None:
        return
    models = {}
    for series in range(len(panel.columns)):
        if np.isfinite(panel.values[:, series]).mean() >= KNOWN:
            models[series] = expected_of(panel, series)
    away = {
        series: (panel.values[:, series] - one.middle) / one.scale for series, one in models.items()
    }
    for series, model in models.items():
        others = [away[other] for other in away if other != series]
        for method, start, end, strength in faults(panel, series, model, others):
            yield _found(panel, series, model, method, start, end, strength)


def faults(
    panel: Panel, series: int, model: Expected, others: list[Numbers]
) -> list[tuple[str, int, int, float]]:
    """(method, first step, step behind the last, strength), the strongest few hundred."""
    found = [*runs_of_nought(panel, series, model, others), *still(panel, series, model)]
    taken = {step for _, start, end, _ in found for step in range(start, end)}
    found += [one for one in jumps(panel, series, model, others) if one[1] not in taken]
    return sorted(sorted(found, key=lambda one: -one[3])[:MOST], key=lambda one: one[1])


def runs(values: Numbers) -> Iterator[tuple[int, int]]:
    """Stretches of one and the same known value."""
    start = 0
    for index in range(1, len(values) + 1):
        if index == len(values) or values[index] != values[start]:
            if np.isfinite(values[start]):
                yield start, index
            start = index


def still(panel: Panel, series: int, model: Expected) -> Iterator[tuple[str, int, int, float]]:
    """The same value other than nought for hours, longer than this series ever stands still."""
    values = panel.values[:, series]
    found = [(start, end) for start, end in runs(values) if values[start] != 0]
    lengths = np.array([end - start for start, end in found] or [1])
    usual = 2 * float(np.quantile(lengths, 0.995)) if len(lengths) > 50 else 0.0
    least = max(panel.steps(STILL_HOURS), 3, round(usual))
    for start, end in found:
        if end - start < least:
            continue
        moved = float(np.ptp(model.middle[start:end]) / np.median(model.scale[start:end]))
        if moved > 0.5:
            yield "still", start, end, min(1.0, (end - start) / (3 * least))


def runs_of_nought(
    panel: Panel, series: int, model: Expected, others: list[Numbers]
) -> Iterator[tuple[str, int, int, float]]:
    """Nought for hours in which much was to be expected, and the neighbours went on."""
    values = panel.values[:, series]
    if np.nanmin(values) < 0:
        return
    for start, end in runs(values):
        if values[start] != 0 or end - start < panel.steps(NOUGHT_HOURS):
            continue
        missed = model.middle[start:end]
        apart = float(np.sum(missed) / max(1.0, float(np.median(model.scale[start:end]))))
        if np.sum(missed) < EXPECTED or apart < 2 * np.sqrt(end - start):
            continue
        beside = [float(np.nanmedian(one[start:end])) for one in others
                  if np.isfinite(one[start:end]).any()]  # fmt: skip
        if len(beside) >= 2 and np.median(beside) < -1.5:
            continue
        yield "nought", start, end, min(1.0, apart / (8 * np.sqrt(end - start)))


def jumps(
    panel: Panel, series: int, model: Expected, others: list[Numbers]
) -> Iterator[tuple[str, int, int, float]]:
    """One value, or two, far from what was expected, between values that are not."""
    values = panel.values[:, series]
    away = (values - model.middle) / model.scale
    shared = np.nanmedian(np.vstack(others), axis=0) if len(others) >= 2 else np.zeros(len(values))
    alone = away - SHARED * np.nan_to_num(shared)
    far = np.abs(away) > JUMP
    for index in np.flatnonzero(far & (np.abs(alone) > JUMP)):
        around = [n for n in (index - 2, index - 1, index + 1, index + 2) if 0 <= n < len(values)]
        usual = [n for n in around if np.isfinite(away[n]) and abs(away[n]) < BESIDE]
        # Half of the jump must come at once: a storm swells, a fault does not.
        beside = [n for n in (index - 1, index + 1) if 0 <= n < len(values)]
        step = [abs(away[index] - away[n]) for n in beside if np.isfinite(away[n])]
        if len(usual) >= 2 and step and min(step) > 0.5 * abs(away[index]):
            yield "jump", int(index), int(index) + 1, min(1.0, abs(float(alone[index])) / 40)


def _found(
    panel: Panel, series: int, model: Expected, method: str, start: int, end: int, strength: float
) -> Found:
    """The values are taken out of the column beside the original one."""
    slug, values = panel.columns[series].slug, panel.values[:, series]
    cells: list[Cell] = []
    for step in range(start, end):
        if panel.rows[step]:
            cells.append((int(panel.rows[step]), slug, _plain(panel, series, values[step]), None))
    said: dict[str, Any] = {
        "at": panel.times[start].isoformat(), "until": panel.times[end - 1].isoformat(),
        "count": end - start, "value": round(float(values[start]), 4),
        "expected": round(float(np.mean(model.middle[start:end])), 2),
    }  # fmt: skip
    return Found(
        kind="fault", method=method, action="fill", column=slug, cells=cells,
        reason=f"fault.{method}", said=said, strength=float(strength),
        parameters={"jump": JUMP, "still": STILL_HOURS, "nought": NOUGHT_HOURS},
    )  # fmt: skip


def _plain(panel: Panel, series: int, value: float) -> Any:
    return int(value) if panel.columns[series].kind == "integer" else float(value)
