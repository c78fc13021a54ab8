"""The lanes of a car park in the city: who drives in and out, and what the counters there say."""

import random
from datetime import datetime

from simulators.sensors.outdoors import along, hour, weekend

# Share of the spaces that is taken, by hour.
WORKDAY = (
    (0, 0.06), (6, 0.07), (8, 0.24), (10, 0.55), (12, 0.74), (14, 0.70), (16, 0.72), (18, 0.48),
    (20, 0.24), (22, 0.10), (24, 0.06),
)  # fmt: skip
WEEKEND = ((0, 0.06), (9, 0.12), (12, 0.52), (15, 0.66), (18, 0.30), (21, 0.12), (24, 0.06))
SPACES = 220
# Somebody stays for so long on average; a gap to the curve is closed within the time to return.
STAY, RETURN = 5400.0, 900.0
# Of a thousand vehicles the counters do not see so many.
UNSEEN = 5


def share_taken(when: datetime) -> float:
    return along(WEEKEND if weekend(when) else WORKDAY, hour(when))


class Lanes:
    """Vehicles inside, and the running totals of an entry and an exit that miss a few of them."""

    def __init__(self, when: datetime, seed: str) -> None:
        self.random = random.Random(seed)
        self.inside = round(SPACES * share_taken(when))
        self.entered = 0
        self.left = 0

    def pass_time(self, seconds: float, when: datetime) -> None:
        gap = SPACES * share_taken(when) - self.inside
        leaving = self.inside * seconds / STAY
        coming = max(leaving + gap * seconds / RETURN, 0.0)
        out, into = self._some(leaving), self._some(coming)
        out = min(out, self.inside)
        into = min(into, SPACES - self.inside + out)
        self.inside += into - out
        self.entered += self._seen(into)
        self.left += self._seen(out)

    def _some(self, expected: float) -> int:
        """A whole number with this mean."""
        whole = int(expected)
        return whole + (self.random.random() < expected - whole)

    def _seen(self, vehicles: int) -> int:
        return sum(self.random.random() * 1000 >= UNSEEN for _ in range(vehicles))
