"""What was learnt as plain JSON: small, rounded numbers, and what is usual on the coming days."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stadtkern.systems.parking.forecasting.frame import Frame
from stadtkern.systems.parking.forecasting.learn import Learnt
from stadtkern.systems.parking.forecasting.quarters import A_DAY, Wall
from stadtkern.systems.parking.forecasting.usual import Usual, by_day

Floats = NDArray[np.float64]
# Learning may fail some nights; so many days later nothing is foreseen any more.
COMING = 8


class TooOld(Exception):
    """What is usual is not stored for these days."""


def packed(learnt: Learnt, frame: Frame, today: int) -> dict[str, Any]:
    """JSON of what was learnt; `today` is the ordinal of the day it was learnt on."""
    return {
        "anchors": {
            str(ahead): {
                "way": way,
                "weights": _listed(learnt.weights.get(ahead), 4),
                "quantiles": _listed(learnt.quantiles[ahead], 1),
            }
            for ahead, way in learnt.ways.items()
        },
        "usual": _listed(learnt.usual, 1),
        "days": _days(frame, today),
    }


def figures(learnt: Learnt) -> dict[str, Any]:
    """By minutes ahead: the way, all errors in percent of the capacity, and the coverage."""
    return {
        str(15 * ahead): {
            "way": learnt.ways[ahead],
            "errors": {way: round(error, 3) for way, error in learnt.figures[ahead].items()},
            "coverage": round(learnt.coverage[ahead], 3),
        }
        for ahead in learnt.ways
    }


def _listed(found: Floats | None, digits: int) -> list[Any] | None:
    if found is None:
        return None
    return [[_number(one, digits) for one in row] for row in found]


def _number(value: float, digits: int) -> float | None:
    return None if np.isnan(value) else round(float(value), digits)


def _days(frame: Frame, today: int) -> dict[str, list[Any]]:
    tables = [by_day(one, frame.wall)[0] for one in (
        frame.usual.weekday, frame.usual.sort, frame.usual.week)]  # fmt: skip
    first = int(frame.wall.days[0])
    return {
        str(day): [[_number(one, 1) for one in table[day - first]] for table in tables]
        for day in range(today - 1, today + COMING + 1)
        if 0 <= day - first < len(tables[0])
    }


def unpacked(told: Mapping[str, Any]) -> Learnt:
    """What `packed` made, for forecasts; its figures are not among it."""
    anchors = {int(ahead): one for ahead, one in told["anchors"].items()}
    return Learnt(
        ways={ahead: one["way"] for ahead, one in anchors.items()},
        weights={
            ahead: np.array(one["weights"], dtype=float)
            for ahead, one in anchors.items()
            if one["weights"] is not None
        },
        quantiles={
            ahead: np.array(one["quantiles"], dtype=float) for ahead, one in anchors.items()
        },
        usual=np.array(told["usual"], dtype=float),
        figures={},
        coverage={},
    )


def usual_of(told: Mapping[str, Any], wall: Wall) -> Usual:
    """What is usual at these quarters. Raises TooOld where a day of them is not stored."""
    days = sorted({int(day) for day in wall.days})
    if missing := [day for day in days[1:] if str(day) not in told["days"]]:
        raise TooOld(f"{len(missing)} days")
    blank = [[None] * A_DAY] * 3
    tables = np.array([told["days"].get(str(day), blank) for day in days], dtype=float)
    rows = wall.days - days[0]
    weekday, sort, week = (tables[rows, one, wall.slots] for one in range(3))
    return Usual(weekday=weekday, sort=sort, week=week)
