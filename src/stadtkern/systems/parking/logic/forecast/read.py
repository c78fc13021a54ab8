"""Reads what is foreseen: cheap enough for any page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from stadtkern.kernel import clock
from stadtkern.systems.parking.forecasting import bands
from stadtkern.systems.parking.forecasting.quarters import SECONDS
from stadtkern.systems.parking.models.forecast import Forecast

# Older ones are not shown: the job that makes them every five minutes stands still.
FRESH = timedelta(minutes=30)
QUARTER = timedelta(seconds=SECONDS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ahead:
    """Free spaces foreseen for a quarter of an hour that begins `at`.

    In eight of ten cases it lies between low and high. `method` is a key of `forecast.WAYS`.
    """

    at: datetime
    free: int
    low: int
    high: int
    method: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """The newest forecast of one car park."""

    row: Forecast

    def ahead(self, at: datetime) -> Ahead | None:
        """The quarter in which this instant lies; None where it is closed or not foreseen."""
        place = self._place(at)
        if place is None or self.row.free[place] is None:
            return None
        quantities = self.row.quantities[place]
        free = round(self.row.free[place])
        return Ahead(
            at=self.row.begins + place * QUARTER, free=free,
            low=min(free, round(quantities[bands.LOW])),
            high=max(free, round(quantities[bands.HIGH])), method=self.row.ways[place],
        )  # fmt: skip

    def chance(self, at: datetime, needed: float = 1) -> float | None:
        """The probability (0.02 to 0.98) that so many are free then; None where not foreseen."""
        place = self._place(at)
        if place is None or self.row.free[place] is None:
            return None
        return bands.chance(self.row.quantities[place], needed)

    def day(self) -> Iterator[Ahead]:
        """All quarters that are foreseen, the nearest first."""
        for place in range(len(self.row.free)):
            one = self.ahead(self.row.begins + place * QUARTER)
            if one is not None:
                yield one

    def _place(self, at: datetime) -> int | None:
        """What lies before the first quarter is the present, and closest to the first."""
        place = (at - self.row.begins) // QUARTER
        if place == -1:
            return 0
        return place if 0 <= place < len(self.row.free) else None


def outlooks(sites: Iterable[int] | None = None) -> dict[int, Outlook]:
    """By the key of `models.Site`, of these or of all; one query."""
    rows = Forecast.objects.filter(made__gte=clock.now() - FRESH)
    if sites is not None:
        rows = rows.filter(site__in=list(sites))
    return {row.site_id: Outlook(row=row) for row in rows}


def ahead(site_pk: int, minutes: Sequence[int]) -> list[Ahead]:
    """What is foreseen for so many minutes from now on; empty where there is no forecast."""
    found = outlooks([site_pk]).get(site_pk)
    if found is None:
        return []
    now = clock.now()
    steps = (found.ahead(now + timedelta(minutes=one)) for one in minutes)
    return [step for step in steps if step is not None]
