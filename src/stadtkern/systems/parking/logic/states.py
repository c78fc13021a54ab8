"""Many free, few free, full: named with memory, so that a flapping count flaps no name."""

from typing import Literal, Protocol

from stadtkern.kernel.contract import State
from stadtkern.systems.parking.logic.tallies import Tally, enough, settings

Trend = Literal["rising", "falling", "steady", ""]
# Fewer vehicles than this, and a smaller share of the spaces, are no trend.
TREND_FROM, TREND_SHARE = 2, 0.02
# How far above its lower threshold a site that has no row of its own is called better again.
LOW_GAP, FULL_GAP = 0.05, 0.03


class Thresholds(Protocol):
    """Shares of free spaces (0 to 1), rising from the first to the last."""

    @property
    def full_below(self) -> float: ...

    @property
    def full_above(self) -> float: ...

    @property
    def low_below(self) -> float: ...

    @property
    def low_above(self) -> float: ...


def named(before: str, free: int, known: int, limits: Thresholds) -> State:
    """What a site with so many free of the known spaces is called, when it was called `before`."""
    share = free / known
    if free == 0 or share < limits.full_below or (before == "bad" and share < limits.full_above):
        return "bad"
    fuller = before in ("bad", "tight")
    return "tight" if share < (limits.low_above if fuller else limits.low_below) else "good"


def state_of(count: Tally, limits: Thresholds | None = None, before: str = "") -> State:
    """The name of a count; none where too few bays are known. Without limits the city's own."""
    if not enough(count):
        return "none"
    if limits is not None:
        return named(before, count.free, count.known, limits)
    share = count.free / count.known
    if count.free == 0 or share < settings().full_below:
        return "bad"
    return "tight" if share < settings().tight_below else "good"


def started() -> dict[str, float]:
    """The thresholds that a new site begins with, from the city's settings."""
    full, low = settings().full_below, settings().tight_below
    above = min(full + FULL_GAP, max(low, full))
    low = max(low, above)
    return {
        "full_below": full, "full_above": above,
        "low_below": low, "low_above": min(low + LOW_GAP, 1.0),
    }  # fmt: skip


def trend_of(free: float, earlier: float | None, capacity: int) -> Trend:
    """Rising where vehicles came in since then, as DATEX II's trend of the occupancy has it."""
    if earlier is None:
        return ""
    change = earlier - free
    if abs(change) < max(TREND_FROM, TREND_SHARE * capacity):
        return "steady"
    return "rising" if change > 0 else "falling"
