"""How many bays are free, taken, unknown; and whether enough are known to say so."""

from collections.abc import Iterable
from dataclasses import dataclass

from stadtkern.kernel import registry
from stadtkern.systems.parking.bays import AUDIENCES, Bay
from stadtkern.systems.parking.settings import ParkingSettings


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Spaces by state; free + taken + unknown is the capacity, blocked ones are none of it."""

    free: int
    taken: int
    unknown: int
    blocked: int = 0

    @property
    def known(self) -> int:
        """Spaces whose state is known."""
        return self.free + self.taken

    @property
    def capacity(self) -> int:
        """All that can be used now."""
        return self.known + self.unknown


def tally(found: Iterable[Bay]) -> Tally:
    """Count bays by state."""
    states = [bay.state for bay in found]
    return Tally(
        free=states.count("free"), taken=states.count("taken"),
        unknown=states.count("unknown"), blocked=states.count("blocked"),
    )  # fmt: skip


def by_audience(found: Iterable[Bay]) -> dict[str, Tally]:
    """A count for each sort of people that has bays here; `""` is everybody."""
    bays = list(found)
    kept = {one: tally(bay for bay in bays if bay.audience == one) for one in AUDIENCES}
    return {one: count for one, count in kept.items() if count.capacity or count.blocked}


def whole(capacity: int, free: float | None) -> Tally:
    """The count of a site that knows only how many are free; clipped to what there can be."""
    if free is None:
        return Tally(free=0, taken=0, unknown=capacity)
    shown = min(max(round(free), 0), capacity)
    return Tally(free=shown, taken=capacity - shown, unknown=0)


def settings() -> ParkingSettings:
    """The city's own settings."""
    chosen = registry.settings_of("parking")
    assert isinstance(chosen, ParkingSettings)
    return chosen


def enough(count: Tally) -> bool:
    """Whether enough bays are known for their number to say something."""
    return count.known > 0 and count.known >= settings().known_from * count.capacity
