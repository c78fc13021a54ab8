"""Complementary suppression: which further cells to hide, and what a reader can still work out.

For each small count two other tables are looked for that agree with everything published: one in
which it is as low, one in which it is as high as it must be possible (Fischetti and Salazar 2001;
Willenborg and de Waal 2001, 5.2). What differs in them is hidden, at the least loss. Since both
tables consist of whole numbers, no reader, however strong, can exclude either of them.
"""

from collections.abc import Sequence
from math import log2
from typing import Any

import msgspec
import numpy as np
from scipy.optimize import (  # noqa: TID253  own process
    Bounds,
    LinearConstraint,
    milp,
)
from scipy.sparse import csr_array, hstack  # noqa: TID253

from stadtkern.systems.statistics.secrecy.frame import Puzzle, Sum

ALMOST = 1e-6
UNBOUNDED = 10**9


class Unprotected(Exception):
    """These cells cannot be protected any more; `cells` are their numbers."""

    def __init__(self, cells: Sequence[int]) -> None:
        super().__init__(f"{len(cells)} cells cannot be protected")
        self.cells = list(cells)


class Solution(msgspec.Struct, kw_only=True):
    """All hidden cells, what a reader can work out of each target, and which stay unprotected."""

    hidden: list[int]
    ranges: dict[int, tuple[int, int]]
    unprotected: list[int]


def solve(puzzle: Puzzle) -> Solution:
    """Hide what must be hidden, then try to undo it."""
    search = _Search(puzzle)
    unprotected = [cell for cell in sorted(puzzle.targets) if not search.protect(cell)]
    hidden = sorted(search.hidden)
    reader = Attack(puzzle, hidden)
    ranges = {cell: reader.range(cell) for cell in puzzle.targets}
    broken = {
        cell for cell, (low, high) in puzzle.targets.items()
        if ranges[cell][0] > low or ranges[cell][1] < high
    }  # fmt: skip
    return Solution(hidden=hidden, ranges=ranges, unprotected=sorted(broken | set(unprotected)))


class _Search:
    """Hides more and more cells until every target has the room it needs."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        self.values = np.array(_filled(puzzle), dtype=float)
        self.hidden = set(puzzle.hidden) | set(puzzle.targets) | set(puzzle.loose)
        self.hidden -= set(puzzle.known) - set(puzzle.loose)
        self.low, self.high = self.values.copy(), self.values.copy()
        self.sums = _matrix(puzzle.sums, len(self.values))
        count = len(self.values)
        # A movement up and one down for each cell.
        self.both = None if self.sums is None else _doubled(self.sums)
        self.count = count

    def protect(self, cell: int) -> bool:
        """Make room below and above; False where what is public leaves none."""
        low, high = self.puzzle.targets[cell]
        done = self.low[cell] <= low or self._move(cell, low)
        return (self.high[cell] >= high or self._move(cell, high)) and done

    def _move(self, cell: int, to: int) -> bool:
        by = to - self.values[cell]
        found = self._other_table(cell, by)
        if found is None:
            return False
        self.hidden |= {int(i) for i in np.flatnonzero(found)}
        other = self.values + found
        self.low, self.high = np.minimum(self.low, other), np.maximum(self.high, other)
        return True

    def _other_table(self, cell: int, by: float) -> Any:
        """The cheapest movement that changes this cell by as much and keeps all sums."""
        if self.both is None:
            found = np.zeros(self.count)
            found[cell] = by
            return found
        up, down = self._room()
        if not (up[cell] or down[cell]):
            return None
        up[cell], down[cell] = max(by, 0), max(-by, 0)
        least = np.zeros(2 * self.count)
        least[cell if by > 0 else self.count + cell] = abs(by)
        if np.any(least > np.concatenate([up, down])):
            return None
        bounds = Bounds(least, np.concatenate([up, down]))
        # Most often the best movement is of whole numbers by itself, and found much sooner.
        for whole in (0, 1):
            answer = milp(
                np.concatenate([self._cost(), self._cost()]),
                integrality=np.full(2 * self.count, whole),
                bounds=bounds,
                constraints=LinearConstraint(self.both, 0, 0),
                options={"mip_rel_gap": 0.05, "time_limit": 60},
            )
            if answer.x is None:
                return None
            moved = np.round(answer.x)
            if np.abs(moved - answer.x).max() < ALMOST and not np.any(self.both @ moved):
                return moved[: self.count] - moved[self.count :]
        return None

    def _room(self) -> tuple[Any, Any]:
        """How far each cell can go; what was public, and a published zero, stay as they are."""
        most = max(self.puzzle.targets[c][1] for c in self.puzzle.targets) * 4 + 1
        up, down = np.full(self.count, float(most)), self.values.copy()
        loose = set(self.puzzle.loose)
        still = {i for i in self.puzzle.known if i not in loose}
        still |= {i for i in np.flatnonzero(self.values == 0).tolist() if i not in self.hidden}
        stay = np.array(sorted(still), dtype=int)
        up[stay] = down[stay] = 0
        return up, np.minimum(down, most)

    def _cost(self) -> Any:
        """Hidden cells cost next to nothing, large numbers more than small ones."""
        cost = np.array([1 + log2(1 + value) for value in self.values])
        cost[sorted(self.hidden)] = 1e-4
        return cost


class Attack:
    """What a reader of everything published can work out, with whole numbers and no other help."""

    def __init__(self, puzzle: Puzzle, hidden: Sequence[int]) -> None:
        self.number = {one: i for i, one in enumerate(hidden)}
        self.values = puzzle.values
        sums = [one for one in puzzle.sums if self.number.keys() & {one.whole, *one.parts}]
        self.constraints = []
        if sums:
            matrix = _matrix(sums, len(puzzle.values))
            told = np.array(puzzle.values, dtype=float)
            told[list(hidden)] = 0
            side = -(matrix @ told)
            self.constraints = [LinearConstraint(matrix[:, list(hidden)], side, side)]

    def range(self, cell: int) -> tuple[int, int]:
        """The least and the most that this cell can be; what is public is what it is."""
        if cell not in self.number:
            return self.values[cell], self.values[cell]
        return self._best(cell, 1), self._best(cell, -1)

    def _best(self, cell: int, direction: int) -> int:
        goal = np.zeros(len(self.number))
        goal[self.number[cell]] = direction
        answer = milp(
            goal,
            integrality=np.ones(len(goal)),
            bounds=Bounds(0, np.inf),
            constraints=self.constraints,
            options={"time_limit": 60},
        )
        if answer.x is None:
            # Unbounded: nothing published says how large it is.
            return 0 if direction > 0 else UNBOUNDED
        return round(float(answer.x[self.number[cell]]))


def _matrix(sums: Sequence[Sum], count: int) -> Any:
    if not sums:
        return None
    data, rows, columns = [], [], []
    for number, one in enumerate(sums):
        for cell, sign in ((one.whole, -1.0), *((part, 1.0) for part in one.parts)):
            data.append(sign)
            rows.append(number)
            columns.append(cell)
    return csr_array((data, (rows, columns)), shape=(len(sums), count))


def _doubled(sums: Any) -> Any:
    return csr_array(hstack([sums, -sums]))


def _filled(puzzle: Puzzle) -> list[int]:
    """Whole numbers for the cells that have none, so that every sum holds."""
    if not puzzle.loose or not puzzle.sums:
        return list(puzzle.values)
    free = sorted(puzzle.loose)
    number = {one: i for i, one in enumerate(free)}
    matrix = _matrix(puzzle.sums, len(puzzle.values))
    known = np.array(puzzle.values, dtype=float)
    known[free] = 0
    side = -(matrix @ known)
    answer = milp(np.ones(len(free)), integrality=np.ones(len(free)),
                  constraints=LinearConstraint(matrix[:, free], side, side))  # fmt: skip
    if answer.x is None:
        raise Unprotected(free)
    return [round(answer.x[number[i]]) if i in number else v for i, v in enumerate(puzzle.values)]
