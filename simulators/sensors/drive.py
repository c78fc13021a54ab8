"""A field tester on a car: where it is, and the drives that it made in the last days."""

import itertools
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from math import cos, radians

from simulators.sensors.air import KM_A_DEGREE, Spot, distance
from simulators.sensors.outdoors import LOCAL

# An invented way through the city, there and back.
WAY: tuple[Spot, ...] = (
    (7.1300, 51.5450), (7.1653, 51.5320), (7.1799, 51.5148), (7.1547, 51.5131), (7.1360, 51.5240),
    (7.1450, 51.5400), (7.1934, 51.5508), (7.2138, 51.5525), (7.2330, 51.5610), (7.2560, 51.5560),
    (7.2581, 51.5392), (7.2760, 51.5330), (7.2619, 51.5347), (7.2420, 51.5240), (7.2200, 51.5180),
    (7.2000, 51.5120), (7.1890, 51.5250), (7.2100, 51.5300), (7.2263, 51.5358), (7.2178, 51.5437),
    (7.1800, 51.5380), (7.1300, 51.5450),
)  # fmt: skip
KM_A_STEP = 0.45
ASIDE = 0.25  # kilometres: no drive takes the same streets
DAYS = 10
BEGINS = 10  # o'clock
STEP = timedelta(minutes=1)


def lengths() -> list[float]:
    return [distance(a, b) for a, b in itertools.pairwise(WAY)]


def place(step: int, seed: str) -> Spot:
    """Where the car is at this step of its round."""
    along = lengths()
    left = step * KM_A_STEP % sum(along)
    for (start, end), length in zip(itertools.pairwise(WAY), along, strict=True):
        if left <= length:
            share = left / length
            straight = tuple(a + (b - a) * share for a, b in zip(start, end, strict=True))
            return _aside((straight[0], straight[1]), random.Random(f"{seed} {step}"))
        left -= length
    return WAY[0]


def _aside(at: Spot, chance: random.Random) -> Spot:
    east = chance.uniform(-ASIDE, ASIDE) / (KM_A_DEGREE * cos(radians(at[1])))
    return round(at[0] + east, 4), round(at[1] + chance.uniform(-ASIDE, ASIDE) / KM_A_DEGREE, 4)


def drives(now: datetime) -> Iterator[tuple[datetime, Spot]]:
    """Every step of the drives of the last days, oldest first; the same whenever it is asked."""
    round_trip = int(sum(lengths()) / KM_A_STEP)
    today = now.astimezone(LOCAL).replace(hour=BEGINS, minute=0, second=0, microsecond=0)
    for back in range(DAYS, 0, -1):
        begin = today - timedelta(days=back)
        for step in range(round_trip):
            when = begin + step * STEP
            if when < now:
                yield when, place(step, f"{begin:%Y-%m-%d}")
