"""Learns many car parks in a process of its own: JSON on standard input, JSON on standard output.

`{zone, holidays: [ISO day], first, count, today, sites: [{site, capacity, values: [number|null]}]}`
becomes `{sites: [{site, reason, numbers, figures}]}`; `count` reaches some days beyond the values.
"""

import json
import sys
from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from stadtkern.systems.parking.forecasting import stored
from stadtkern.systems.parking.forecasting.frame import Frame
from stadtkern.systems.parking.forecasting.learn import TooLittle, learn
from stadtkern.systems.parking.forecasting.quarters import Wall, wall
from stadtkern.systems.parking.forecasting.usual import usual


def compute(given: Mapping[str, Any]) -> dict[str, Any]:
    """All sites, one after the other, on one calendar."""
    free = [date.fromisoformat(day) for day in given["holidays"]]
    calendar = wall(given["first"], given["count"], ZoneInfo(given["zone"]), free)
    return {"sites": [_one(row, calendar, given["today"]) for row in given["sites"]]}


def _one(row: Mapping[str, Any], calendar: Wall, today: int) -> dict[str, Any]:
    if row["capacity"] <= 0:
        return _nothing(row["site"], "capacity")
    frame = framed(np.array(row["values"], dtype=float), row["capacity"], calendar)
    size = len(row["values"])
    try:
        learnt = learn(cut(frame, size))
    except TooLittle as error:
        return _nothing(row["site"], str(error))
    return {
        "site": row["site"], "reason": "", "numbers": stored.packed(learnt, frame, today),
        "figures": stored.figures(learnt),
    }  # fmt: skip


def _nothing(site: int, reason: str) -> dict[str, Any]:
    return {"site": site, "reason": reason, "numbers": {}, "figures": {}}


def framed(values: np.ndarray[Any, Any], capacity: float, calendar: Wall) -> Frame:
    """A frame as long as the calendar: what is not known yet is NaN."""
    whole = np.full(len(calendar.days), np.nan)
    whole[: len(values)] = np.clip(values, 0, capacity)
    return Frame(values=whole, capacity=capacity, wall=calendar, usual=usual(whole, calendar))


def cut(frame: Frame, size: int) -> Frame:
    """The first so many quarters."""
    calendar, known = frame.wall, frame.usual
    return Frame(
        values=frame.values[:size], capacity=frame.capacity,
        wall=Wall(days=calendar.days[:size], slots=calendar.slots[:size],
                  keys=calendar.keys[:size]),
        usual=type(known)(weekday=known.weekday[:size], sort=known.sort[:size],
                          week=known.week[:size]),
    )  # fmt: skip


def main() -> None:
    """Input on stdin, result on stdout."""
    json.dump(compute(json.load(sys.stdin)), sys.stdout, allow_nan=False)


if __name__ == "__main__":
    main()
