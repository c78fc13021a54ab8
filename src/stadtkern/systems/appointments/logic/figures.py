"""Sums of figures: of any days, offices and services, with medians and ninth deciles.

No figure of one clerk: how long visits take and how busy counters are is told only where at least
`FEWEST` counters served, in whatever group is asked for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from stadtkern.systems.appointments.models import Figures, OpenHours

FEWEST = 3
SOON = 10
COUNTS = (
    "came", "served", "missed", "left", "booked", "cancelled", "no_shows",
    "estimates", "within50", "within90",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Which figures: first and last day, and an office, service or source where one is chosen."""

    first: date
    last: date
    office: int | None = None
    service: int | None = None
    source: str = ""


@dataclass
class Sum:
    """Counts and tallies of a group; `open_minutes` and `busy_minutes` of its counters."""

    counts: Counter[str] = field(default_factory=Counter)
    waits: Counter[int] = field(default_factory=Counter)
    handling: Counter[int] = field(default_factory=Counter)
    leads: Counter[int] = field(default_factory=Counter)
    counters: set[int] = field(default_factory=set)
    error: float = 0.0
    open_minutes: float = 0.0
    busy_minutes: float = 0.0
    open_counters: set[int] = field(default_factory=set)
    invented: bool = False

    def add(self, row: Figures) -> None:
        """Count a row too."""
        for name in COUNTS:
            self.counts[name] += getattr(row, name)
        for tally, more in ((self.waits, row.waits), (self.handling, row.handling),
                            (self.leads, row.leads)):  # fmt: skip
            tally.update({int(value): count for value, count in more.items()})
        self.counters |= set(row.counters)
        self.error += row.error
        self.invented |= row.invented

    def add_open(self, row: OpenHours) -> None:
        """Count open time too."""
        self.open_minutes += row.open_minutes
        self.busy_minutes += row.busy_minutes
        self.open_counters |= set(row.counters)

    @property
    def wait_median(self) -> int | None:
        """Minutes that half of them waited at most."""
        return percentile(self.waits, 0.5)

    @property
    def wait_p90(self) -> int | None:
        """Minutes that nine of ten waited at most."""
        return percentile(self.waits, 0.9)

    @property
    def soon(self) -> float | None:
        """The share of those who waited ten minutes at most."""
        return share(sum(n for value, n in self.waits.items() if value <= SOON), self.waits.total())

    @property
    def few_counters(self) -> bool:
        """Whether times at the counter would tell something about one clerk."""
        return len(self.counters) < FEWEST

    @property
    def handling_median(self) -> int | None:
        """Minutes at the counter; None where too few counters served."""
        return None if self.few_counters else percentile(self.handling, 0.5)

    @property
    def handling_p90(self) -> int | None:
        """As the median, of nine of ten."""
        return None if self.few_counters else percentile(self.handling, 0.9)

    @property
    def utilisation(self) -> float | None:
        """The share of the open time that somebody was there; None for too few counters."""
        if len(self.open_counters) < FEWEST:
            return None
        return share(min(self.busy_minutes, self.open_minutes), self.open_minutes)

    @property
    def no_show_share(self) -> float | None:
        """Of those who had an appointment and did not cancel it."""
        return share(self.counts["no_shows"], self.counts["booked"] - self.counts["cancelled"])

    @property
    def cancelled_share(self) -> float | None:
        """Of all that were booked."""
        return share(self.counts["cancelled"], self.counts["booked"])

    @property
    def lead_median(self) -> int | None:
        """Days from booking to appointment."""
        return percentile(self.leads, 0.5)

    @property
    def within50(self) -> float | None:
        """How often the truth lay in the span that half of them should lie in."""
        return share(self.counts["within50"], self.counts["estimates"])

    @property
    def within90(self) -> float | None:
        """The same of the span for nine of ten."""
        return share(self.counts["within90"], self.counts["estimates"])

    @property
    def mean_error(self) -> float | None:
        """Minutes by which the estimate was wrong on average."""
        return share(self.error, self.counts["estimates"])


def percentile(tally: Mapping[int, int], part: float) -> int | None:
    """The smallest value that so great a part does not exceed; None where there is none."""
    total = sum(tally.values())
    passed = 0
    for value in sorted(tally):
        passed += tally[value]
        if passed >= part * total:
            return value
    return None


def share(some: float, of: float) -> float | None:
    """None of nothing."""
    return some / of if of else None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The sums that a page shows; each group by its key."""

    total: Sum
    offices: Mapping[Any, Sum]
    services: Mapping[Any, Sum]
    hours: Mapping[Any, Sum]
    weekdays: Mapping[Any, Sum]
    days: Mapping[Any, Sum]


def report(asked: Asked) -> Report:
    """Everything about the days asked for, in two queries."""
    total = Sum()
    groups: tuple[dict[Any, Sum], ...] = tuple(defaultdict(Sum) for _group in range(5))
    for row in _rows(asked):
        keys = (row.office_id, row.service_id or 0, row.hour, row.day.isoweekday(), row.day)
        for one in (total, *(group[key] for group, key in zip(groups, keys, strict=True))):
            one.add(row)
    # How busy counters are is known of an office, not of a service or source.
    if asked.service is None and not asked.source:
        for open_row in _open(asked):
            key = (open_row.office_id, None, open_row.hour, open_row.day.isoweekday(), open_row.day)
            for one in (total, *(g[k] for g, k in zip(groups, key, strict=True) if k is not None)):
                one.add_open(open_row)
    offices, services, hours, weekdays, days = groups
    return Report(total=total, offices=offices, services=services, hours=_ordered(hours),
                  weekdays=_ordered(weekdays), days=_ordered(days))  # fmt: skip


def _ordered(group: Mapping[Any, Sum]) -> dict[Any, Sum]:
    return dict(sorted(group.items()))


def _rows(asked: Asked) -> Iterable[Figures]:
    rows = Figures.objects.filter(day__gte=asked.first, day__lte=asked.last)
    rows = rows.filter(office=asked.office) if asked.office else rows
    rows = rows.filter(service=asked.service) if asked.service else rows
    return rows.filter(source=asked.source) if asked.source else rows


def _open(asked: Asked) -> Iterable[OpenHours]:
    rows = OpenHours.objects.filter(day__gte=asked.first, day__lte=asked.last)
    return rows.filter(office=asked.office) if asked.office else rows


def daily(office: int | None, first: date, last: date) -> Sequence[tuple[date, int]]:
    """How many people came on each day that was counted, in order."""
    rows = _rows(Asked(first=first, last=last, office=office))
    found: Counter[date] = Counter()
    for row in rows:
        found[row.day] += row.came
    return sorted(found.items())
