"""Swiss rounds: alike meet alike, nobody twice while that is possible, everybody plays.

Order of the table: points, Buchholz (the sum of the opponents' points), wins, seed. A win or a bye
is worth two points, a draw one.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from stadtkern.systems.esports.logic.matching import largest

WIN: Final = 2
DRAW: Final = 1
# Steps of the search that keeps alike together, before only the rule of no repeats counts.
STEPS: Final = 4000


@dataclass(frozen=True, kw_only=True, slots=True)
class Played:
    """A match that counts: `b` is None for a bye, a score None for a walkover's loser's side."""

    a: int
    b: int | None
    winner: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of the table; `met` counts how often others were met."""

    player: int
    seed: int
    points: int = 0
    buchholz: int = 0
    wins: int = 0
    matches: int = 0
    byes: int = 0
    met: Mapping[int, int] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, int, int, int]:
        """The published order."""
        return (-self.points, -self.buchholz, -self.wins, self.seed)


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """Who meets whom, the best first, and who has a bye."""

    pairs: Sequence[tuple[int, int]]
    bye: int | None


def rounds_for(players: int) -> int:
    """As many as a knock-out would have: then one alone can have won all."""
    return max(1, math.ceil(math.log2(players))) if players > 1 else 1


def table(seeds: Mapping[int, int], played: Iterable[Played]) -> list[Line]:
    """The table, the first on top; `seeds` by player."""
    rows = list(played)
    points, wins, byes = dict.fromkeys(seeds, 0), dict.fromkeys(seeds, 0), dict.fromkeys(seeds, 0)
    met: dict[int, dict[int, int]] = {one: {} for one in seeds}
    for one in rows:
        if one.b is None:
            byes[one.a] += 1
            points[one.a] += WIN
            continue
        for me, you in ((one.a, one.b), (one.b, one.a)):
            met[me][you] = met[me].get(you, 0) + 1
            points[me] += WIN if one.winner == me else DRAW if one.winner is None else 0
            wins[me] += one.winner == me
    lines = [
        Line(player=me, seed=seed, points=points[me], wins=wins[me], byes=byes[me], met=met[me],
             matches=sum(met[me].values()),
             buchholz=sum(points[you] * times for you, times in met[me].items()))
        for me, seed in seeds.items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.order)


def pair(lines: Sequence[Line]) -> Round:
    """The next round of a table in its order."""
    if len(lines) < 2:
        raise ValueError("a round needs two players")
    if len(lines) % 2 == 0:
        return Round(pairs=_best(lines) or _with_repeats(lines), bye=None)
    for rest, bye in _without_one(lines):
        if pairs := _best(rest):
            return Round(pairs=pairs, bye=bye.player)
    rest, bye = next(_without_one(lines))
    return Round(pairs=_with_repeats(rest), bye=bye.player)


def _without_one(lines: Sequence[Line]) -> Iterator[tuple[list[Line], Line]]:
    """A bye goes to the last one in the table of those who have had the fewest."""
    fewest = min(line.byes for line in lines)
    for line in reversed(lines):
        if line.byes == fewest:
            yield [one for one in lines if one is not line], line


def _best(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Pairs without repeats, near in the table where the search finds it; or none at all."""
    if not lines:
        return []
    may = {i: {j for j, other in enumerate(lines) if i != j and other.player not in one.met}
           for i, one in enumerate(lines)}  # fmt: skip
    found = _near(len(lines), may) or _any(len(lines), may)
    return [(lines[i].player, lines[j].player) for i, j in found]


def _near(size: int, may: Mapping[int, set[int]]) -> list[tuple[int, int]]:
    """The first of the table meets the nearest it may, and so on, going back where that fails."""
    budget = [STEPS]
    pairs: list[tuple[int, int]] = []
    free = list(range(size))

    def go() -> bool:
        if not free:
            return True
        budget[0] -= 1
        if budget[0] < 0:
            return False
        first = free.pop(0)
        for at, other in enumerate(list(free)):
            if other in may[first]:
                free.pop(at)
                pairs.append((first, other))
                if go():
                    return True
                pairs.pop()
                free.insert(at, other)
        free.insert(0, first)
        return False

    return pairs if go() else []


def _any(size: int, may: Mapping[int, set[int]]) -> list[tuple[int, int]]:
    mate = largest(size, may)
    return [] if -1 in mate else [(i, j) for i, j in enumerate(mate) if i < j]


def _with_repeats(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Everybody has met: the nearest of those met least often."""
    free = list(lines)
    pairs = []
    while free:
        first = free.pop(0)
        other = min(free, key=lambda line: (first.met.get(line.player, 0), free.index(line)))
        free.remove(other)
        pairs.append((first.player, other.player))
    return pairs
