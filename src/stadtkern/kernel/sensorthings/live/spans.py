"""Which ids are done with: a set of whole numbers kept as spans, since they come nearly dense."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

Span = tuple[int, int]  # both ends belong to it
MOST = 2_000  # spans; the oldest gaps are given up beyond
HIGHEST = 2**63 - 1
TOLD = 50  # gaps in the text of a state; older ones are given up
_TEXT = re.compile(r"(\d{1,18})((?:\.\d{1,18}-\d{1,18})*)", re.ASCII)


class Spans:
    """Ids above `floor` that are done with; everything up to `floor` is."""

    def __init__(self, floor: int) -> None:
        self.floor = floor
        self._first: list[int] = []
        self._last: list[int] = []

    @classmethod
    def of(cls, state: "State") -> "Spans":
        """Done with what this state covers."""
        made = cls(state.open[0][0] - 1)
        for (_, before), (after, _) in pairwise(state.open):
            made._first.append(before + 1)
            made._last.append(after - 1)
        return made

    def __contains__(self, number: int) -> bool:
        if number <= self.floor:
            return True
        at = bisect_right(self._first, number) - 1
        return at >= 0 and number <= self._last[at]

    def add(self, numbers: Iterable[int]) -> None:
        """Done with these."""
        for number in numbers:
            if number not in self:
                self._add(number)
        while len(self._first) > MOST:
            self.floor = self._last.pop(0)
            self._first.pop(0)

    def gaps(self) -> Iterator[Span]:
        """What lies open below the highest, and everything beyond it."""
        open_from = self.floor + 1
        for first, last in zip(self._first, self._last, strict=True):
            if open_from < first:
                yield open_from, first - 1
            open_from = last + 1
        yield open_from, HIGHEST

    def _add(self, number: int) -> None:
        at = bisect_right(self._first, number)
        joins_left = at > 0 and self._last[at - 1] == number - 1
        joins_right = at < len(self._first) and self._first[at] == number + 1
        if joins_left and joins_right:
            self._last[at - 1] = self._last.pop(at)
            self._first.pop(at)
        elif joins_left:
            self._last[at - 1] = number
        elif joins_right:
            self._first[at] = number
        else:
            self._first.insert(at, number)
            self._last.insert(at, number)


@dataclass(frozen=True, slots=True)
class State:
    """Which ids somebody has been told of: all but the spans in `open`, of which the last ends
    nowhere. As a text it fits into the id of an event."""

    open: tuple[Span, ...] = ((1, HIGHEST),)

    @property
    def high(self) -> int:
        """Beyond this, nothing was told."""
        return self.open[-1][0] - 1

    def covers(self, number: int) -> bool:
        """Whether this one was told."""
        at = bisect_right(self.open, (number, HIGHEST)) - 1
        return at < 0 or number > self.open[at][1]

    def until(self, number: int) -> "State":
        """The same, but nothing beyond this id."""
        if number >= self.high:
            return self
        below = [(lo, min(hi, number)) for lo, hi in self.open if lo <= number]
        return State((*below, (number + 1, HIGHEST)))

    def joined(self, other: "State") -> "State":
        """What one of the two covers."""
        both = ((max(lo, low), min(hi, high)) for lo, hi in self.open for low, high in other.open)
        return State(tuple(sorted(span for span in both if span[0] <= span[1])))

    def told(self, number: int) -> "State":
        """With this one too."""
        found: list[Span] = []
        for lo, hi in self.open:
            if lo <= number <= hi:
                found += [(lo, number - 1)] if lo < number else []
                found.append((number + 1, hi))
            else:
                found.append((lo, hi))
        return State(tuple(span for span in found if span[0] <= span[1]))

    def __str__(self) -> str:
        gaps = self.open[:-1][-TOLD:]
        return f"{self.high}" + "".join(f".{self.high - hi}-{self.high - lo}" for lo, hi in gaps)


def state_of(text: str) -> State | None:
    """The state with this text; None where it is none."""
    match = _TEXT.fullmatch(text)
    if match is None:
        return None
    high = int(match[1])
    gaps = [tuple(map(int, gap.split("-"))) for gap in match[2].split(".")[1:]]
    spans = [(high - last, high - first) for first, last in gaps]
    found = [*spans, (high + 1, HIGHEST)]
    fits = all(0 < lo <= hi for lo, hi in found) and all(
        before[1] < after[0] for before, after in pairwise(found)
    )
    return State(tuple(found)) if fits and len(gaps) <= TOLD else None
