"""How long somebody will wait, as a span: the rest of the day is played many times over.

Each run draws how long every visit takes from what such visits took before (of those at a counter
now, given how long they have been there already), and who of those with an appointment will come.
Pure: no database, minutes from now, its own random numbers.
"""

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass

RUNS = 200
# An appointment has its turn from so many minutes before its time.
BEFORE = 2.0
# A day on which everything takes longer or shorter: the spread of its factor.
DAY_SPREAD = 0.08
NEVER = float("inf")


@dataclass(frozen=True, kw_only=True, slots=True)
class Visitor:
    """Somebody who waits or may come. `took` are minutes such visits took, one of which is drawn.

    `comes` is when (0 or less: is here), `chance` that they come at all, `due` when it is their
    turn at the earliest, and `arrived` orders those of equal rank.
    """

    took: Sequence[float]
    priority: int = 3
    due: float = 0.0
    arrived: float = 0.0
    number: int = 0
    comes: float = 0.0
    chance: float = 1.0
    needs: frozenset[str] = frozenset()
    key: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Counter:
    """An open counter; `busy` for so many minutes with a visit of which some took `took`."""

    can: frozenset[str] = frozenset()
    busy: float | None = None
    took: Sequence[float] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Minutes until somebody is called: the middle, and where half and nine of ten of runs lie."""

    middle: float
    low50: float
    high50: float
    low90: float
    high90: float


def spans(
    counters: Sequence[Counter], visitors: Sequence[Visitor], *, runs: int = RUNS, seed: int = 0
) -> dict[int, Span]:
    """The span of each visitor with a `key`; nobody is called where no counter is open."""
    rng = random.Random(seed)  # noqa: S311  not a secret
    called: dict[int, list[float]] = {one.key: [] for one in visitors if one.key}
    if not counters:
        return {}
    for _run in range(runs):
        for key, at in _run_of(counters, visitors, rng).items():
            called[key].append(at)
    return {key: _span(sorted(starts)) for key, starts in called.items() if len(starts) > runs / 2}


def _span(ordered: Sequence[float]) -> Span:
    def at(share: float) -> float:
        return max(0.0, ordered[min(len(ordered) - 1, int(share * len(ordered)))])

    return Span(middle=at(0.5), low50=at(0.25), high50=at(0.75), low90=at(0.05), high90=at(0.95))


Rank = tuple[int, float, float, int, int]


def _run_of(
    counters: Sequence[Counter], visitors: Sequence[Visitor], rng: random.Random
) -> dict[int, float]:
    """When each visitor with a key is called in one run."""
    pace = max(0.5, rng.gauss(1.0, DAY_SPREAD))
    free = [(_rest(one, pace, rng), place) for place, one in enumerate(counters)]
    heapq.heapify(free)
    coming = [one for one in visitors if one.chance >= 1 or rng.random() < one.chance]
    coming.sort(key=lambda one: one.comes)
    line = _Line(coming)
    called: dict[int, float] = {}
    while free and line.left:
        now, place = heapq.heappop(free)
        if now == NEVER:
            break
        who = line.take(now, counters[place].can)
        if who is None:
            heapq.heappush(free, (line.next_after(now), place))
            continue
        if who.key:
            called[who.key] = now
        heapq.heappush(free, (now + rng.choice(who.took) * pace, place))
    return called


def _rest(counter: Counter, pace: float, rng: random.Random) -> float:
    """What is left of the visit that is there now, given how long it has taken already."""
    if counter.busy is None:
        return 0.0
    so_far = counter.busy / pace
    longer = [one for one in counter.took if one > so_far]
    if longer:
        return (rng.choice(longer) - so_far) * pace
    # Longer than any before: nobody knows, and the longer, the longer.
    return rng.expovariate(1.0) * max(2.0, counter.busy * 0.25)


class _Line:
    """Who is there and due, who is there too early, and who has yet to come."""

    def __init__(self, coming: Sequence[Visitor]) -> None:
        self._coming = coming
        self._next = 0
        self._ready: list[tuple[Rank, Visitor]] = []
        self._early: list[tuple[float, Rank, Visitor]] = []
        self.left = len(coming)

    def take(self, now: float, can: frozenset[str]) -> Visitor | None:
        """The next one that this counter can serve, as the counters' own order has it."""
        self._move(now)
        held: list[tuple[Rank, Visitor]] = []
        found = None
        while self._ready and found is None:
            rank, one = heapq.heappop(self._ready)
            if one.needs <= can:
                found = one
            else:
                held.append((rank, one))
        for kept in held:
            heapq.heappush(self._ready, kept)
        if found is None:
            found = self._take_early(can)
        self.left -= found is not None
        return found

    def _take_early(self, can: frozenset[str]) -> Visitor | None:
        fit = [one for one in self._early if one[2].needs <= can]
        if not fit:
            return None
        best = min(fit, key=lambda one: one[1])
        self._early.remove(best)
        heapq.heapify(self._early)
        return best[2]

    def _move(self, now: float) -> None:
        while self._next < len(self._coming) and self._coming[self._next].comes <= now:
            one = self._coming[self._next]
            heapq.heappush(self._early, (one.due - BEFORE, _rank(one, self._next), one))
            self._next += 1
        while self._early and self._early[0][0] <= now:
            _due, rank, one = heapq.heappop(self._early)
            heapq.heappush(self._ready, (rank, one))

    def next_after(self, now: float) -> float:
        """When something changes for a counter that nobody here can go to."""
        times = [one[0] for one in self._early if one[0] > now][:1]
        if self._next < len(self._coming):
            times.append(self._coming[self._next].comes)
        return min(times, default=NEVER)


def _rank(one: Visitor, place: int) -> Rank:
    return one.priority, one.due, one.arrived, one.number, place
