"""Learns one car park: which way errs least on weeks it had not seen, and how far it is off."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.parking.forecasting import bands, candidates
from stadtkern.systems.parking.forecasting.candidates import BASELINES, MODEL, USUAL
from stadtkern.systems.parking.forecasting.frame import Frame
from stadtkern.systems.parking.forecasting.quarters import A_DAY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Quarters ahead for which everything is learnt; between them two neighbours are mixed.
ANCHORS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 80, 96)
# Days: without two weeks nothing is foreseen, without six no regression; the newest are unseen.
LEAST, FOR_MODEL, UNSEEN, UNSEEN_SHORT = 14, 42, 21, 7
# The usual of a weekday needs some weeks before it can be judged.
WARM = 8
# Of the quarters at least this share must be known; some are counted while they are open only.
KNOWN = 0.25


class TooLittle(Exception):
    """The history cannot carry a forecast; the message is a short code for why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Learnt:
    """By anchor: the way, its weights if it is the model, its errors' quantiles, its figures.

    `figures` has by way the mean absolute error in percent of the capacity on the unseen weeks;
    `usual` are the quantiles of the usual alone, for when the present is not known.
    """

    ways: dict[int, str]
    weights: dict[int, Floats]
    quantiles: dict[int, Floats]
    usual: Floats
    figures: dict[int, dict[str, float]]
    coverage: dict[int, float]


def learn(frame: Frame) -> Learnt:
    """From the whole history of a car park. Raises TooLittle."""
    split, ways = _parts(frame)
    seen, unseen = _origins(frame, WARM * A_DAY, split), _origins(frame, split, len(frame.values))
    if not len(unseen):
        raise TooLittle("gaps")
    everything = _origins(frame, WARM * A_DAY, len(frame.values))
    found = [_anchor(frame, ahead, ways, seen, unseen, everything) for ahead in ANCHORS]
    usual = _errors(frame, USUAL, unseen, ANCHORS[-1], {})
    blocks = bands.block(frame.wall, unseen + ANCHORS[-1])
    return Learnt(
        ways={one["ahead"]: one["way"] for one in found},
        weights={one["ahead"]: one["weights"] for one in found if one["weights"] is not None},
        quantiles={one["ahead"]: one["quantiles"] for one in found},
        usual=bands.quantiles(usual, blocks, ANCHORS[-1]),
        figures={one["ahead"]: one["figures"] for one in found},
        coverage={one["ahead"]: one["coverage"] for one in found},
    )


def _parts(frame: Frame) -> tuple[int, tuple[str, ...]]:
    """Where the unseen days begin, and which ways may compete."""
    known = np.flatnonzero(~np.isnan(frame.values))
    if not len(known) or len(frame.values) - known[0] < LEAST * A_DAY:
        raise TooLittle("short")
    if len(known) < KNOWN * (len(frame.values) - known[0]):
        raise TooLittle("gaps")
    days = (len(frame.values) - int(known[0])) // A_DAY
    if days < FOR_MODEL:
        return len(frame.values) - UNSEEN_SHORT * A_DAY, BASELINES
    return len(frame.values) - UNSEEN * A_DAY, (*BASELINES, MODEL)


def _origins(frame: Frame, start: int, stop: int) -> Ints:
    """Quarters whose present and whose whole next day lie in this part."""
    origins = np.arange(max(start, 4), stop - ANCHORS[-1])
    return origins[~np.isnan(frame.values[origins] - frame.usual.weekday[origins])]


def _anchor(
    frame: Frame, ahead: int, ways: tuple[str, ...], seen: Ints, unseen: Ints, everything: Ints
) -> dict[str, Any]:
    weights = {ahead: candidates.fitted(frame, seen, ahead)} if MODEL in ways else {}
    errors = {way: _errors(frame, way, unseen, ahead, weights) for way in ways}
    figures = {
        way: float(100 * np.nanmean(np.abs(one)) / frame.capacity) for way, one in errors.items()
    }
    way = min(figures, key=lambda name: figures[name])
    spread = bands.quantiles(errors[way], bands.block(frame.wall, unseen + ahead), ahead)
    return {
        "ahead": ahead, "way": way, "figures": figures, "quantiles": spread,
        "coverage": _coverage(frame, way, unseen, ahead, weights),
        "weights": candidates.fitted(frame, everything, ahead) if way == MODEL else None,
    }  # fmt: skip


def _errors(
    frame: Frame, way: str, origins: Ints, ahead: int, weights: dict[int, Floats]
) -> Floats:
    told = candidates.say(way, frame, origins, ahead, weights)
    errors: Floats = frame.values[origins + ahead] - told
    return errors


def _coverage(
    frame: Frame, way: str, unseen: Ints, ahead: int, weights: dict[int, Floats]
) -> float:
    """How often the band of one half of the unseen days holds in the other half, both ways."""
    errors = _errors(frame, way, unseen, ahead, weights)
    blocks = bands.block(frame.wall, unseen + ahead)
    told = frame.values[unseen + ahead] - errors
    odd = frame.wall.days[unseen] % 2 == 1
    held = []
    for chosen in (odd, ~odd):
        spread = bands.quantiles(errors[chosen], blocks[chosen], ahead)[blocks[~chosen]]
        low = frame.bounded(told[~chosen] + spread[:, bands.LOW])
        high = frame.bounded(told[~chosen] + spread[:, bands.HIGH])
        real = frame.values[unseen + ahead][~chosen]
        fine = ~np.isnan(real)
        held.append((np.floor(low[fine]) <= real[fine]) & (real[fine] <= np.ceil(high[fine])))
    together = np.concatenate(held)
    return float(together.mean()) if len(together) else 0.0
