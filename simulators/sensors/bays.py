"""The bays of a park-and-ride site as commuters fill and leave them."""

import random
from datetime import datetime

from simulators.sensors.outdoors import along, hour, weekend

WORKDAY = (
    (0, 0.04), (5, 0.04), (6, 0.10), (7, 0.36), (8, 0.74), (9, 0.93), (10, 0.96), (15, 0.94),
    (16, 0.78), (17, 0.50), (18, 0.24), (19, 0.11), (22, 0.06), (24, 0.04),
)  # fmt: skip
WEEKEND = ((0, 0.06), (7, 0.05), (10, 0.14), (13, 0.24), (16, 0.22), (20, 0.11), (24, 0.06))

SECONDS_BETWEEN_CHANGES = 7.0
# Further from the curve than this many bays, cars come or go this fast.
TOLERANCE = 3
CATCH_UP_PER_SECOND = 2.0


def share_taken(when: datetime) -> float:
    return along(WEEKEND if weekend(when) else WORKDAY, hour(when))


class Bays:
    """Which bays are taken. Someone always comes or goes, so that the site never looks dead."""

    def __init__(self, count: int, when: datetime, seed: str) -> None:
        self.random = random.Random(seed)
        taken = self.random.sample(range(count), round(count * share_taken(when)))
        self.taken = [bay in set(taken) for bay in range(count)]
        self._until_next = 0.0

    def pass_time(self, seconds: float, when: datetime) -> list[int]:
        """The bays (from 0) that changed in these seconds."""
        wanted = round(len(self.taken) * share_taken(when))
        changes = 0
        self._until_next -= seconds
        while self._until_next <= 0:
            self._until_next += self.random.expovariate(1 / SECONDS_BETWEEN_CHANGES)
            changes += 1
        behind = abs(wanted - sum(self.taken)) - TOLERANCE
        changes += max(0, min(behind, round(seconds * CATCH_UP_PER_SECOND)))
        return [self._change(wanted) for _ in range(changes)]

    def _change(self, wanted: int) -> int:
        missing = wanted - sum(self.taken)
        arrives = missing > 0 or (missing == 0 and self.random.random() < 0.5)
        if all(self.taken) or not any(self.taken):
            arrives = not any(self.taken)
        bay = self.random.choice([n for n, taken in enumerate(self.taken) if taken != arrives])
        self.taken[bay] = arrives
        return bay
