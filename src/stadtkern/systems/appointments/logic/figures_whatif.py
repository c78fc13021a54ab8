"""What one counter more or less would change: days like those of the past, played many times."""

import heapq
import math
import random
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from stadtkern.systems.appointments.logic.waiting_durations import durations, spread
from stadtkern.systems.appointments.models import Figures, OpenHours

WEEKS = 8
RUNS = 150
SEED = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Usual:
    """A weekday as it usually is: arrivals and open counters by hour, minutes of visits."""

    arrivals: Mapping[int, float]
    counters: Mapping[int, float]
    took: Sequence[float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """Waiting in minutes over all played days, and when the last visitor was done."""

    median: float
    p90: float
    soon: float
    visitors: float


def compare(
    office: int, weekday: int, hours: Collection[int], more: int, today: date
) -> tuple[Played, Played] | None:
    """As it is, and with so many more counters in these hours; None where too little is known.

    Both are played with the same visitors.
    """
    usual = usual_day(office, weekday, today)
    if usual is None:
        return None
    changed = {
        hour: max(0.0, count + (more if hour in hours else 0))
        for hour, count in usual.counters.items()
    }
    return play(usual, usual.counters), play(usual, changed)


def usual_day(office: int, weekday: int, today: date) -> Usual | None:
    """The mean of the last weeks' same weekdays."""
    days = [today - timedelta(days=n) for n in range(1, 7 * WEEKS + 1)]
    days = [day for day in days if day.isoweekday() == weekday]
    came: dict[int, float] = defaultdict(float)
    counted: set[date] = set()
    took: list[float] = []
    for row in Figures.objects.filter(office=office, day__in=days):
        counted.add(row.day)
        came[row.hour] += row.came
        took += spread(row.handling)
    open_minutes: dict[int, float] = defaultdict(float)
    for one in OpenHours.objects.filter(office=office, day__in=days):
        open_minutes[one.hour] += one.open_minutes
    if not counted or not open_minutes:
        return None
    took = took or list(durations(office, today).all)
    if not took:
        return None
    return Usual(
        arrivals={hour: n / len(counted) for hour, n in came.items()},
        counters={hour: n / 60 / len(counted) for hour, n in open_minutes.items()},
        took=took,
    )


def play(usual: Usual, counters: Mapping[int, float], runs: int = RUNS) -> Played:
    """Many such days; people are served in the order of coming, the last ones after closing."""
    waits: list[float] = []
    for run in range(runs):
        # The same visitors come whatever the counters are, so that only these make a difference.
        rng = random.Random(SEED + run)  # noqa: S311  not a secret
        visitors = sorted(
            (60 * hour + rng.uniform(0, 60), rng.choice(usual.took))
            for hour, mean in sorted(usual.arrivals.items()) for _n in range(_poisson(mean, rng))
        )  # fmt: skip
        waits += _day(visitors, counters)
    waits.sort()
    if not waits:
        return Played(median=0, p90=0, soon=1, visitors=0)
    return Played(
        median=waits[len(waits) // 2],
        p90=waits[int(0.9 * len(waits))],
        soon=sum(one <= 10 for one in waits) / len(waits),
        visitors=len(waits) / runs,
    )


def _day(visitors: Sequence[tuple[float, float]], counters: Mapping[int, float]) -> list[float]:
    """Waits of one day. A counter of which half an hour was open is open for half of that hour."""
    most = math.ceil(max(counters.values(), default=0))
    shifts = [_shift(place, counters) for place in range(most)]
    free = [(shift[0][0], place) for place, shift in enumerate(shifts) if shift]
    heapq.heapify(free)
    waits = []
    for comes, took in visitors:
        if not free:
            break
        at, place = heapq.heappop(free)
        starts = _open_at(shifts[place], max(at, comes))
        waits.append(max(0.0, starts - comes))
        heapq.heappush(free, (starts + took, place))
    return waits


def _shift(place: int, counters: Mapping[int, float]) -> list[tuple[float, float]]:
    """When the counter of this place is open: from hour to hour as far as there are so many."""
    spans: list[tuple[float, float]] = []
    for hour, count in sorted(counters.items()):
        part = min(1.0, max(0.0, count - place))
        if part:
            spans.append((60.0 * hour, 60.0 * (hour + part)))
    return spans


def _open_at(shift: Sequence[tuple[float, float]], at: float) -> float:
    """The first instant from `at` on at which it is open; after the last hour it stays."""
    for begins, ends in shift:
        if at < ends:
            return max(at, begins)
    return at


def _poisson(mean: float, rng: random.Random) -> int:
    """Knuth's method, for the means of an hour."""
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count
