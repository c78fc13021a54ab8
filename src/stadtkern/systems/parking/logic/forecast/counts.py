"""The counts that forecasts stand on, on the grid of quarters of an hour."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from stadtkern.kernel import clock, registry
from stadtkern.kernel.places.holidays import holidays
from stadtkern.kernel.things import series
from stadtkern.kernel.things.buckets import Step
from stadtkern.systems.parking import logic
from stadtkern.systems.parking.forecasting.quarters import by_quarter

QUARTER = Step(unit="minute", count=15)
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """A car park with a count: its row, its place, its datastream, how many spaces it has."""

    site: int
    place: int
    datastream: int
    capacity: int


def counted() -> list[Counted]:
    """All car parks whose spaces are counted, in the order of their keys."""
    found = [
        Counted(site=one.facts.pk, place=one.place.pk, datastream=one.datastream,
                capacity=one.capacity)
        for one in logic.sites()
        if one.datastream is not None
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.site)


def on_grid(ids: Sequence[int], begins: datetime, first: int, count: int) -> dict[int, Floats]:
    """The mean of each quarter by datastream, NaN where nothing was heard; one query."""
    ends = begins + timedelta(minutes=15 * count)
    found = series.in_steps(list(ids), begins, ends, QUARTER)
    return {
        line.datastream: by_quarter(list(zip(found.times, line.mean, strict=True)), first, count)
        for line in found.lines
    }


def days_off(begins: datetime, ends: datetime) -> list[date]:
    """Public holidays of the city's state in the years concerned."""
    state = registry.city().city.state
    years: Iterable[int] = range(begins.year, ends.year + 1)
    return sorted(day for year in years for day in holidays(year, state))


def today() -> date:
    """The day in the city."""
    return clock.now().astimezone(series.city_zone()).date()
