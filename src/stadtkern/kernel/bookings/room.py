"""How many more may come at once where opening rules say so: capacity less what is taken."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

from stadtkern.kernel.bookings import ticks

T = TypeVar("T")

Piece = tuple[T, T, int]


def pieces(given: Iterable[Piece[T]], taken: Iterable[tuple[T, T]]) -> list[Piece[T]]:
    """Consecutive pieces `(begins, ends, room)`: the sum of what is given less what is taken.

    Works on instants as on ticks. Where nothing is given there is no piece.
    """
    steps: dict[T, list[int]] = defaultdict(lambda: [0, 0, 0])
    for begins, ends, number in given:
        if not begins < ends:  # type: ignore[operator]
            continue
        _step(steps[begins], steps[ends], 0, number)
        _step(steps[begins], steps[ends], 2, 1)
    for begins, ends in taken:
        _step(steps[begins], steps[ends], 1, 1)
    found: list[Piece[T]] = []
    capacity = used = rules = 0
    for here, there in pairwise(sorted(steps)):  # type: ignore[type-var]
        more_capacity, more_used, more_rules = steps[here]
        capacity, used, rules = capacity + more_capacity, used + more_used, rules + more_rules
        if rules:
            found.append((here, there, capacity - used))
    return found


def _step(begin: list[int], end: list[int], place: int, number: int) -> None:
    begin[place] += number
    end[place] -= number


def levels(given: Iterable[Piece[int]], used: ticks.Tally, most: int) -> list[int]:
    """Masks of the ticks with room for at least 1, 2, .. `most` more than are used."""
    exact: dict[int, int] = defaultdict(int)
    for begins, ends, capacity in given:
        if capacity > 0:
            exact[capacity] |= ticks.ones(begins, ends)
    masks = [0] * most
    for capacity, mask in exact.items():
        for number in range(1, min(capacity, most) + 1):
            masks[number - 1] |= mask & ~used.at_least(capacity - number + 1)
    return masks
