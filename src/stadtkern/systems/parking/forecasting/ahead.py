"""Foresees the next day of one car park from what was learnt and what is known now."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.parking.forecasting import bands, candidates
from stadtkern.systems.parking.forecasting.candidates import USUAL
from stadtkern.systems.parking.forecasting.frame import Frame
from stadtkern.systems.parking.forecasting.learn import ANCHORS, Learnt
from stadtkern.systems.parking.forecasting.quarters import A_DAY

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What is foreseen for one quarter: the point, quantities at LEVELS, and the way."""

    ahead: int
    free: float
    quantities: Floats
    way: str


def steps(frame: Frame, origin: int, learnt: Learnt) -> list[Step]:
    """The 96 quarters after the origin; by the usual alone where the present is not known."""
    if np.isnan(frame.values[origin]):
        return [_usual(frame, origin, ahead, learnt) for ahead in range(1, A_DAY + 1)]
    return [_step(frame, origin, ahead, learnt) for ahead in range(1, A_DAY + 1)]


def _usual(frame: Frame, origin: int, ahead: int, learnt: Learnt) -> Step:
    target = np.array([origin + ahead])
    told = float(frame.usual.weekday[target][0])
    spread = learnt.usual[bands.block(frame.wall, target)[0]]
    return _bounded(frame, ahead, told, told + spread, USUAL)


def _step(frame: Frame, origin: int, ahead: int, learnt: Learnt) -> Step:
    """Between two anchors both are asked, and the nearer one counts for more."""
    told, spread, way = 0.0, np.zeros(len(bands.LEVELS)), ""
    for anchor, share in mixed(ahead).items():
        one = _as_anchor(frame, origin, ahead, anchor, learnt)
        told += share * one[0]
        spread = spread + share * one[1]
        way = learnt.ways[anchor] if share >= 0.5 else way
    return _bounded(frame, ahead, told, told + spread, way)


def mixed(ahead: int) -> Mapping[int, float]:
    """The anchors of so many quarters ahead, each with its share."""
    place = bisect_left(ANCHORS, ahead)
    high = ANCHORS[min(place, len(ANCHORS) - 1)]
    if high == ahead or place == 0:
        return {high: 1.0}
    low = ANCHORS[place - 1]
    share = (ahead - low) / (high - low)
    return {low: 1 - share, high: share}


def _as_anchor(
    frame: Frame, origin: int, ahead: int, anchor: int, learnt: Learnt
) -> tuple[float, Floats]:
    origins, target = np.array([origin]), np.array([origin + ahead])
    way = learnt.ways[anchor]
    weights = {ahead: learnt.weights[anchor]} if anchor in learnt.weights else {}
    told = float(candidates.say(way, frame, origins, ahead, weights)[0])
    return told, learnt.quantiles[anchor][bands.block(frame.wall, target)[0]]


def _bounded(frame: Frame, ahead: int, told: float, quantities: Floats, way: str) -> Step:
    """The point is never outside its band, and nothing outside what the car park holds."""
    spread = np.maximum.accumulate(frame.bounded(quantities))
    free = float(np.clip(told, spread[bands.LOW], spread[bands.HIGH]))
    return Step(ahead=ahead, free=free, quantities=spread, way=way)
