"""Time as bits of one integer: tick n is the n-th five minutes since 1970, so no clock changes."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

TICK = timedelta(minutes=5)
SECONDS = 300
PER_DAY = 288
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)


def floor(instant: datetime) -> int:
    """The tick in which an instant lies."""
    return (instant - _ZERO) // TICK


def ceil(instant: datetime) -> int:
    """The first tick that does not begin before an instant."""
    return -((_ZERO - instant) // TICK)


def at(tick: int) -> datetime:
    """When a tick begins, in UTC."""
    return _ZERO + tick * TICK


def needed(minutes: int) -> int:
    """How many ticks so many minutes take."""
    return -(-minutes * 60 // SECONDS)


def ones(first: int, after: int) -> int:
    """Bits `first` up to before `after`; none where that is nothing. Nothing lies before bit 0."""
    first = max(first, 0)
    return ((1 << (after - first)) - 1) << first if after > first else 0


def union(spans: Iterable[tuple[int, int]]) -> int:
    """The bits of all these spans, `(first, after)`."""
    mask = 0
    for first, after in spans:
        mask |= ones(first, after)
    return mask


def every(first: int, after: int, step: int) -> int:
    """One bit at `first` and after each `step` up to before `after`."""
    count = -(-(after - first) // step)
    if count <= 0:
        return 0
    mask = ((1 << (count * step)) - 1) // ((1 << step) - 1)
    return mask << first if first >= 0 else mask >> -first


def runs(mask: int, length: int) -> int:
    """The bits at which `length` set bits in a row begin."""
    have = 1
    while have < length and mask:
        more = min(have, length - have)
        mask &= mask >> more
        have += more
    return mask


class Tally:
    """How many of many masks have a bit set, for all bits at once: a column of binary counters."""

    def __init__(self, masks: Iterable[int]) -> None:
        self._planes: list[int] = []
        for mask in masks:
            self._add(mask)

    def _add(self, carry: int) -> None:
        for place, plane in enumerate(self._planes):
            if not carry:
                return
            self._planes[place], carry = plane ^ carry, plane & carry
        if carry:
            self._planes.append(carry)

    def at_least(self, number: int) -> int:
        """The bits that at least so many masks have."""
        if number <= 0:
            raise ValueError("every bit has at least none")
        if number >= 1 << len(self._planes):
            return 0
        # Compares with the number from the highest place down.
        more, same = 0, -1
        for place in reversed(range(len(self._planes))):
            plane = self._planes[place]
            if number >> place & 1:
                same &= plane
            else:
                more |= same & plane
                same &= ~plane
        return more | same

    def counts(self, width: int) -> NDArray[np.int64]:
        """How many masks have each of the bits below `width`."""
        found = np.zeros(width, np.int64)
        for weight, plane in enumerate(self._planes):
            found += unpacked(plane, width).astype(np.int64) << weight
        return found


def unpacked(mask: int, width: int) -> NDArray[np.uint8]:
    """The bits below `width`, one number each."""
    data = (mask & ((1 << width) - 1)).to_bytes(-(-width // 8), "little")
    return np.unpackbits(np.frombuffer(data, np.uint8), count=width, bitorder="little")


def bits(mask: int) -> Iterator[int]:
    """The set bits, lowest first."""
    data = mask.to_bytes(mask.bit_length() // 8 + 1, "little")
    for place, byte in enumerate(data):
        while byte:
            low = byte & -byte
            yield place * 8 + low.bit_length() - 1
            byte ^= low
