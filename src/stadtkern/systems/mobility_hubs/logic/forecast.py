"""A short look ahead: the usual level at that time, and how far today is off it, fading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from statistics import median
from typing import Final

WEEKS: Final = 4
# Minutes in which the difference from the usual fades to a third (e-folding).
FADE: Final = 60.0
LEAST: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Ahead:
    """What is expected: about `free`, and between what it was in other weeks."""

    at: datetime
    free: int
    low: int
    high: int


def moments(now: datetime, minutes: int) -> list[tuple[datetime, datetime]]:
    """The same time of day in each of the weeks before: now, and so many minutes later.

    Wall-clock time counts, so `now` has the city's zone: commuters follow the clock.
    """
    weeks = [timedelta(weeks=number) for number in range(1, WEEKS + 1)]
    return [(now - one, now - one + timedelta(minutes=minutes)) for one in weeks]


def ahead(
    free: int, most: int | None, now: datetime, minutes: int,
    before: Sequence[tuple[float | None, float | None]],
) -> Ahead | None:  # fmt: skip
    """Expected in so many minutes; None where fewer than three weeks are known.

    `before` is the number at the same time in earlier weeks and so many minutes after it. The
    usual level then, plus what of today's difference is left: a profile with a decaying deviation.
    """
    known = [(a, b) for a, b in before if a is not None and b is not None]
    if len(known) < LEAST:
        return None
    usual_now, usual_then = median(a for a, _ in known), median(b for _, b in known)
    left = exp(-minutes / FADE)
    expected = usual_then + (free - usual_now) * left
    # How far such a forecast would have been off in the weeks that are known.
    off = max(abs(b - (usual_then + (a - usual_now) * left)) for a, b in known)
    return Ahead(
        at=now + timedelta(minutes=minutes), free=_within(expected, most),
        low=_within(expected - off, most), high=_within(expected + off, most),
    )  # fmt: skip


def _within(value: float, most: int | None) -> int:
    whole = max(0, round(value))
    return whole if most is None else min(whole, most)
