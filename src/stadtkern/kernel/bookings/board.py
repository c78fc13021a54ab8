"""What is free of many resources over days: read once, asked as often as one likes."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from stadtkern.kernel.bookings import hours, room, taken, ticks
from stadtkern.kernel.bookings.bounds import Bounds, bounds
from stadtkern.kernel.bookings.hours import DAY, Hours, Open
from stadtkern.kernel.bookings.models import Resource, Unit
from stadtkern.kernel.bookings.wanted import ALL, PUBLIC
from stadtkern.kernel.things.series import city_zone

# Of a resource without a calendar, in minutes.
STEP = 15


class Column:
    """One resource of a board: masks of the ticks at which its units are free."""

    def __init__(self, board: "Board", resource: Resource, units: Sequence[Unit]) -> None:
        self.resource = resource
        self._board = board
        self._units = units
        self._hours = board.hours.get(resource.calendar_id or 0)
        self.zone = self._hours.zone if self._hours else city_zone()

    @cached_property
    def _spans(self) -> list[Open]:
        """What opens on the days of the board and the day before; closures not yet cut out."""
        if self._hours is None:
            return []
        return list(self._hours.spans(self._board.first - DAY, self._board.until))

    @cached_property
    def _closed(self) -> int:
        closed = self._hours.closed if self._hours else ()
        return ticks.union(
            self._board.cut(ticks.floor(begins), ticks.ceil(ends)) for begins, ends in closed
        )

    @cached_property
    def free(self) -> dict[int, int]:
        """By unit id: where it is open, there, and not taken."""
        taken, opened = self._board.taken, self._opened()
        found = {}
        for unit in self._units:
            mask = 0
            for numbers, ones in opened.items():
                if numbers is None or unit.number in numbers:
                    mask |= ones
            found[unit.pk] = mask & ~taken.busy.get(unit.pk, 0) & ~taken.away.get(unit.pk, 0)
        return found

    def _opened(self) -> dict[frozenset[int] | None, int]:
        """Where it is open, for all units (None) and for those with certain numbers."""
        if self._hours is None:
            return {None: self._board.all}
        spans: dict[frozenset[int] | None, list[tuple[int, int]]] = defaultdict(list)
        for one in self._spans:
            spans[one.units].append(self._board.cut(*_inside(one)))
        return {numbers: ticks.union(each) & ~self._closed for numbers, each in spans.items()}

    @cached_property
    def rooms(self) -> list[list[int]]:
        """For capacity and the share of who asks: ticks with room for 1, 2, .. more."""
        sides = sorted({ALL, self._board.side})
        return [self._levels(side) for side in sides if self._is_limited(side)]

    def _is_limited(self, side: int) -> bool:
        return any(one.share(side) is not None for one in self._spans)

    def _levels(self, side: int) -> list[int]:
        """The sum over the rules that are open at a tick, less what is taken."""
        numbers = frozenset(unit.number for unit in self._units if unit.active)
        given = [
            (*self._board.cut(*_inside(one)), allowed(one, numbers, side)) for one in self._spans
        ]
        taken = self._board.taken
        masks = taken.of_side[side] if side else taken.busy
        used = ticks.Tally(masks.get(unit.pk, 0) for unit in self._units)
        return room.levels(room.pieces(given, ()), used, len(self._units))

    def grid(self, step: int | None) -> int:
        """Where slots may begin: each step from the beginning of each opening."""
        if self._hours is None:
            return self._any_time(step or STEP)
        each = max(1, (step or self._hours.calendar.step_minutes) // 5)
        mask = 0
        for one in self._spans:
            first, after = (tick - self._board.base for tick in _inside(one))
            mask |= ticks.every(first, min(after, self._board.width), each)
        return mask

    def _any_time(self, step: int) -> int:
        mask = 0
        for day in self._board.days:
            first, after = self.day(day)
            mask |= ticks.every(first, after, max(1, step // 5))
        return mask

    def day(self, day: date) -> tuple[int, int]:
        """First and after last tick of a local day, counted on the board."""
        begins, ends = (hours.instant(self.zone, d, time(0)) for d in (day, day + DAY))
        return self._board.place(ticks.ceil(begins)), self._board.place(ticks.ceil(ends))

    def limits(self) -> Bounds:
        """From when until when who asks may book."""
        calendar = self._hours.calendar if self._hours else None
        return bounds(calendar, self.zone, self._board.now, outside=self._board.side == PUBLIC)


def _inside(one: Open) -> tuple[int, int]:
    """The ticks that lie wholly inside an opening."""
    return ticks.ceil(one.begins), ticks.floor(one.ends)


def allowed(one: Open, numbers: frozenset[int], side: int) -> int:
    """How many at once during an opening for a side; `numbers` are those of units that work."""
    most = len(numbers if one.units is None else numbers & one.units)
    if one.capacity is not None:
        most = min(one.capacity, most)
    share = one.share(side)
    return most if share is None else min(share, most)


@dataclass(frozen=True, kw_only=True, slots=True)
class Starts:
    """Where slots of a resource begin on the board, and how many at once."""

    mask: int
    free: ticks.Tally
    room: tuple[ticks.Tally, ...] = ()


class Board:
    """Resources over local days, with one more for what goes on past midnight.

    `minutes` is the longest slot that will be asked for. Six queries for any number of resources.
    """

    def __init__(
        self, resources: Sequence[Resource], first: date, last: date, minutes: int,
        *, now: datetime, side: int,
    ) -> None:  # fmt: skip
        self.first, self.last, self.now, self.side = first, last, now, side
        self.until = last + timedelta(minutes=minutes) + DAY
        self.base = ticks.floor(hours.instant(ZoneInfo("UTC"), first - DAY, time(0)))
        self.width = ((self.until - first).days + 3) * ticks.PER_DAY
        self.all = (1 << self.width) - 1
        begins, ends = ticks.at(self.base), ticks.at(self.base + self.width)
        open_ones = [one for one in resources if one.active]
        self.hours: dict[int, Hours] = hours.load(
            [one.calendar_id for one in open_ones if one.calendar_id], begins, ends
        )
        self._units = _units(open_ones)
        everyone = [unit.pk for units in self._units.values() for unit in units]
        self.taken = taken.load(everyone, begins, ends, now, self.base, self.width,
                                outside=side == PUBLIC)  # fmt: skip
        self.columns = {r.pk: Column(self, r, self._units[r.pk]) for r in open_ones}

    @property
    def days(self) -> list[date]:
        """The days asked for."""
        return [self.first + n * DAY for n in range((self.last - self.first).days + 1)]

    def place(self, tick: int) -> int:
        """Where a tick stands on the board."""
        return min(max(tick - self.base, 0), self.width)

    def cut(self, first: int, after: int) -> tuple[int, int]:
        """A span of ticks as far as it lies on the board."""
        return self.place(first), self.place(after)

    def starts(
        self, resource: int, minutes: int, *, quantity: int = 1,
        skills: Collection[str] = (), step: int | None = None,
    ) -> Starts:  # fmt: skip
        """Where so many units with these skills are free for so long."""
        column = self.columns[resource]
        length = ticks.needed(minutes)
        fit = [unit for unit in self._units[resource]
               if unit.active and set(skills) <= set(unit.skills)]  # fmt: skip
        free = ticks.Tally(ticks.runs(column.free[unit.pk], length) for unit in fit)
        rooms = tuple(
            ticks.Tally(ticks.runs(level, length) for level in levels) for levels in column.rooms
        )
        mask = free.at_least(quantity) & column.grid(step) & self._window(column)
        for one in rooms:
            mask &= one.at_least(quantity)
        return Starts(mask=mask, free=free, room=rooms)

    def _window(self, column: Column) -> int:
        """The ticks of the days asked for at which who asks may begin."""
        first, after = column.day(self.first)[0], column.day(self.last)[1]
        limits = column.limits()
        first = max(first, self.place(ticks.ceil(limits.first)))
        if limits.until is not None:
            after = min(after, self.place(ticks.ceil(limits.until)))
        return ticks.ones(first, after)


def _units(resources: Sequence[Resource]) -> dict[int, list[Unit]]:
    found: dict[int, list[Unit]] = defaultdict(list)
    for unit in Unit.objects.filter(resource__in=[one.pk for one in resources]):
        found[unit.resource_id].append(unit)
    return found


def counted(found: Starts, width: int) -> Iterator[tuple[int, int]]:
    """Each start on the board with how many may come at once."""
    where = np.flatnonzero(ticks.unpacked(found.mask, width))
    least = np.minimum.reduce([one.counts(width)[where] for one in (found.free, *found.room)])
    return zip(where.tolist(), least.tolist(), strict=True)
