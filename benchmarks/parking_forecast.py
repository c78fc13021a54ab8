"""How far forecasts of free spaces are off on weeks they have not seen, against three baselines.

Twenty car parks of Münster, March to August 2026 (dl-de/by-2-0, `benchmarks/data/SOURCES.md`).
Learnt on Mondays from what lies before, as the nightly job does, and held against the week that
follows: `python -m benchmarks parking_forecast`. Errors are mean absolute errors in percent of the
capacity between 7 and 20 o'clock, as mean and median over the car parks. What was chosen by looking
at results (the features, the length of the blocks) was chosen on weeks of June.
"""

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row, progress
from stadtkern.kernel.places.holidays import holidays
from stadtkern.systems.parking.forecasting import bands, candidates
from stadtkern.systems.parking.forecasting.compute import cut, framed
from stadtkern.systems.parking.forecasting.frame import Frame
from stadtkern.systems.parking.forecasting.learn import Learnt, TooLittle, learn
from stadtkern.systems.parking.forecasting.quarters import A_DAY, by_quarter, quarter, wall

Floats = NDArray[np.float64]
FILE = Path("benchmarks/data/parking_free_muenster_2026.csv.gz")
ZONE = ZoneInfo("Europe/Berlin")
BEGINS, TEST, ENDS = (datetime(2026, *day, tzinfo=ZONE) for day in ((3, 9), (7, 10), (8, 7)))
AHEAD = {1: "15 min", 2: "30 min", 4: "60 min", 96: "24 h"}
SMALL, WEEK = 40, 7 * A_DAY
HOURS = (7, 20)
OURS = "ours"
TITLES = {"last": "last value", "usual": "same weekday and time, 4 weeks",
          "blend": "that and the fading deviation", OURS: "ours"}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What was said of one car park at one distance, and what came, over the test weeks."""

    real: list[Floats] = field(default_factory=list)
    said: dict[str, list[Floats]] = field(default_factory=lambda: {way: [] for way in TITLES})
    held: list[NDArray[np.bool_]] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)


def frames() -> dict[str, Frame]:
    """Each car park of at least forty spaces on the grid."""
    first, count = quarter(BEGINS), quarter(ENDS) - quarter(BEGINS)
    free: set[date] = set(holidays(2026, "NW"))
    calendar = wall(first, count, ZONE, free)
    with gzip.open(FILE, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    capacities = rows.pop(0)
    times = [datetime.fromisoformat(row.pop("time_local")).replace(tzinfo=ZONE) for row in rows]
    found = {}
    for name in rows[0]:
        pairs = [(at, float(row[name]) if row[name] else None)
                 for at, row in zip(times, rows, strict=True)]  # fmt: skip
        if int(capacities[name]) >= SMALL:
            values = by_quarter(pairs, first, count)
            found[name] = framed(values, int(capacities[name]), calendar)
    return found


def told(frame: Frame) -> dict[int, Told] | None:
    """One car park over all test weeks, learnt anew each week; None where it cannot be learnt."""
    start, size = quarter(TEST) - quarter(BEGINS), len(frame.values)
    found = {ahead: Told() for ahead in AHEAD}
    for week in range(start, size, WEEK):
        try:
            learnt = learn(cut(frame, week))
        except TooLittle:
            return None
        for ahead, one in found.items():
            _week(frame, learnt, ahead, week, one)
    return found


def _week(frame: Frame, learnt: Learnt, ahead: int, week: int, one: Told) -> None:
    origins = np.arange(week, min(week + WEEK, len(frame.values) - ahead))
    slots = frame.wall.slots[origins + ahead] // 4
    real = frame.values[origins + ahead]
    good = (HOURS[0] <= slots) & (slots < HOURS[1]) & ~np.isnan(real + frame.values[origins])
    origins, real = origins[good], real[good]
    for way in candidates.BASELINES:
        one.said[way].append(candidates.say(way, frame, origins, ahead, {}))
    ours = candidates.say(learnt.ways[ahead], frame, origins, ahead, learnt.weights)
    one.said[OURS].append(ours)
    one.real.append(real)
    one.ways.append(learnt.ways[ahead])
    spread = learnt.quantiles[ahead][bands.block(frame.wall, origins + ahead)]
    low = np.floor(frame.bounded(ours + spread[:, bands.LOW]))
    high = np.ceil(frame.bounded(ours + spread[:, bands.HIGH]))
    one.held.append((low <= real) & (real <= high))


def measure() -> Iterator[Row]:
    """A row for each distance and way, and how often the band of 10 to 90 % held."""
    lots, without = {}, []
    for name, frame in frames().items():
        progress(f"Learning {name} ...")
        one = told(frame)
        if one is None:
            without.append(name)
        else:
            lots[name] = (frame.capacity, one)
    yield Row(
        what="parking forecast: car parks, unseen weeks",
        figure=f"{len(lots)}, {(quarter(ENDS) - quarter(TEST)) // WEEK}; none for: {without}",
    )
    for ahead in AHEAD:
        yield from _rows(ahead, lots)


def _rows(ahead: int, lots: Mapping[str, tuple[float, dict[int, Told]]]) -> Iterator[Row]:
    errors = {
        way: np.array([_error(one[ahead], way) / capacity for capacity, one in lots.values()]) * 100
        for way in TITLES
    }
    best = min(np.median(errors[way]) for way in candidates.BASELINES)
    for way, title in TITLES.items():
        mean, middle = np.mean(errors[way]), np.median(errors[way])
        yield Row(
            what=f"{AHEAD[ahead]}: {title}", figure=f"{mean:.2f} / {middle:.2f} %",
            aim=f"< {best:.2f} %" if way == OURS else "",
            met=bool(middle < best) if way == OURS else None,
        )  # fmt: skip
    held = np.concatenate([week for _, one in lots.values() for week in one[ahead].held])
    yield Row(
        what=f"{AHEAD[ahead]}: the band of 10 to 90 % holds", figure=f"{100 * held.mean():.1f} %",
        aim="78 to 90 %", met=bool(0.78 <= held.mean() <= 0.90),
    )  # fmt: skip
    chosen = [way for _, one in lots.values() for way in one[ahead].ways]
    counts = {way: chosen.count(way) for way in dict.fromkeys(sorted(chosen))}
    yield Row(
        what=f"{AHEAD[ahead]}: chosen", figure=", ".join(f"{k} {n}" for k, n in counts.items())
    )


def _error(one: Told, way: str) -> float:
    return float(np.abs(np.concatenate(one.real) - np.concatenate(one.said[way])).mean())
