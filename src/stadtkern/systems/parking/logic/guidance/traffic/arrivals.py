"""Net arrivals by occupancy, day by day, from the counts: kept small so that a page can add up."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stadtkern.kernel.things.series import city_zone
from stadtkern.systems.parking.forecasting.quarters import begin, quarter
from stadtkern.systems.parking.logic.forecast.counts import Counted, counted, on_grid, today
from stadtkern.systems.parking.models import Arrived

# So far back days are made up for, so many of them at once, and so many in one run.
BACK, CHUNK = 400, 31
DAY = timedelta(days=1)


def catch_up() -> str:
    """Count the days that are over and not counted yet; counted anew they would be the same."""
    made = sum(fill(one) for one in counted())
    return f"{made} days counted"


def fill(one: Counted) -> int:
    """The missing days of one car park, the newest first; returns how many were stored."""
    last = today() - DAY
    have = set(Arrived.objects.filter(site=one.site).values_list("day", flat=True))
    days = [last - n * DAY for n in range(BACK)]
    missing = [day for day in days if day not in have]
    rows: list[Arrived] = []
    for start in range(0, len(missing), CHUNK):
        rows += _rows(one, missing[start : start + CHUNK])
    Arrived.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _rows(one: Counted, days: Sequence[date]) -> Iterator[Arrived]:
    """A day without any count gets no row: a recording may still come."""
    zone = city_zone()
    first = quarter(datetime.combine(min(days), time(), zone)) - 1
    count = quarter(datetime.combine(max(days) + DAY, time(), zone)) - first
    values = on_grid([one.datastream], begin(first), first, count)[one.datastream]
    for day in sorted(days):
        start = quarter(datetime.combine(day, time(), zone)) - first
        end = quarter(datetime.combine(day + DAY, time(), zone)) - first
        found = values[start - 1 : end]
        if not np.isnan(found[1:]).all():
            yield Arrived(
                site_id=one.site, day=day, arrivals=by_occupancy(found, one.capacity),
                known=float((~np.isnan(found[1:])).mean()),
            )  # fmt: skip


def by_occupancy(free: NDArray[np.float64], capacity: float) -> dict[str, Any]:
    """Net arrivals from one quarter to the next, by the occupancy between them in percent."""
    if capacity <= 0:
        return {}
    inside = 1 - np.clip(free, 0, capacity) / capacity
    came = np.maximum(np.diff(inside), 0) * capacity
    level = np.round(100 * (inside[1:] + inside[:-1]) / 2)
    found: dict[str, float] = {}
    for percent, number in zip(level, came, strict=True):
        if number > 0:
            key = str(int(percent))
            found[key] = round(found.get(key, 0.0) + float(number), 2)
    return found
