"""Time as whole quarters of an hour since 1970, and where each stands in the city's own week."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

SECONDS = 900
A_DAY = 96
SUNDAY = 6

Ints = NDArray[np.int64]


def quarter(at: datetime) -> int:
    """The quarter of an hour in which an instant lies."""
    return int(at.timestamp()) // SECONDS


def begin(number: int) -> datetime:
    """The instant at which a quarter begins, in UTC."""
    return datetime.fromtimestamp(number * SECONDS, UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wall:
    """Quarters on the clock on the wall: day (ordinal), slot of the day (0 to 95), kind of day.

    `keys` are 0 (Monday) to 6 (Sunday); a public holiday is a Sunday. Where the clock is put back
    two quarters share a slot, where it is put forward four slots are missing: 24 hours on are
    always 96 quarters, whatever the clock shows.
    """

    days: Ints
    slots: Ints
    keys: Ints

    @property
    def working(self) -> NDArray[np.bool_]:
        """Whether it is Monday to Friday and no holiday."""
        return self.keys < SUNDAY - 1


def wall(first: int, count: int, zone: ZoneInfo, holidays: Iterable[date]) -> Wall:
    """So many quarters from the first one on, as the city's clocks and calendars show them."""
    free = {day.toordinal() for day in holidays}
    local = [begin(number).astimezone(zone) for number in range(first, first + count)]
    days = np.array([one.toordinal() for one in local], dtype=np.int64)
    slots = np.array([one.hour * 4 + one.minute // 15 for one in local], dtype=np.int64)
    return Wall(days=days, slots=slots, keys=keys_of(days, free))


def keys_of(days: Ints, holidays: set[int]) -> Ints:
    """The kind of each day, given as ordinals."""
    # Day 1 of the calendar was a Monday.
    keys = (days - 1) % 7
    off = np.isin(days, np.array(sorted(holidays), dtype=np.int64))
    return np.where(off, SUNDAY, keys)


def by_quarter(
    pairs: Sequence[tuple[datetime, float | None]], first: int, count: int
) -> NDArray[np.float64]:
    """Values on the grid; several of one quarter are averaged, and NaN is where there is none."""
    totals, known = np.zeros(count), np.zeros(count)
    for at, value in pairs:
        place = quarter(at) - first
        if value is not None and 0 <= place < count:
            totals[place] += value
            known[place] += 1
    with np.errstate(invalid="ignore"):
        found: NDArray[np.float64] = totals / known
    return found


def since(at: datetime, days: int) -> int:
    """The quarter that lies so many days before an instant."""
    return quarter(at - timedelta(days=days))
