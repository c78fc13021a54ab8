"""A table of measurements as a grid: instants down, series across."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from stadtkern.kernel.catalogue.columns import Field
from stadtkern.systems.data_improvement.finding.frame import NUMERIC, Table, instant

LEAST = 72
MOST_STEPS = 60_000
HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Panel:
    """`values[t, s]` with NaN for gaps; `rows[t]` is the row of an instant (from one), 0: none."""

    times: list[datetime]
    step: timedelta
    columns: list[Field]
    values: NDArray[np.float64]
    rows: NDArray[np.int64]

    @property
    def per_hour(self) -> float:
        """Steps in an hour; less than one where a step is longer."""
        return HOUR / self.step

    def steps(self, hours: float) -> int:
        """How many steps so many hours are; one at least."""
        return max(1, round(hours * self.per_hour))

    @property
    def missing_rows(self) -> int:
        """How many instants have no row at all."""
        return int((self.rows == 0).sum())


def panel_of(table: Table, zone: ZoneInfo) -> Panel | None:
    """The grid, where one column has the instants in regular steps; None where none has."""
    for one in table.of_kind("datetime", "date"):
        local = [instant(value, zone) for value in table.values(one.slug)]
        # In UTC: clocks that are put forward do not make a step shorter.
        times = [None if at is None else at.astimezone(UTC) for at in local]
        known = [at for at in times if at is not None]
        if len(known) < LEAST or len(set(known)) < len(known) or len(known) < len(times):
            continue
        step = _step(sorted(known))
        columns = _measured(table)
        if step and columns:
            return _grid(table, times, step, columns, zone)
    return None


def _measured(table: Table) -> list[Field]:
    """Columns of numbers that change; those filled beside another one are results, not data."""
    found = []
    for one in table.of_kind(*NUMERIC):
        if one.slug.endswith("_ergaenzt"):
            continue
        different = {value for value in table.values(one.slug) if value is not None}
        if len(different) > 5:
            found.append(one)
    return found


def _step(times: Sequence[datetime]) -> timedelta | None:
    """The usual step; None where fewer than three in four are so long."""
    apart = Counter(b - a for a, b in pairwise(times))
    step, count = apart.most_common(1)[0]
    length = (times[-1] - times[0]) / step if step else 0
    fits = count >= 0.75 * (len(times) - 1) and timedelta(minutes=1) <= step <= timedelta(days=1)
    return step if fits and length <= MOST_STEPS else None


def _grid(
    table: Table,
    times: Sequence[datetime | None],
    step: timedelta,
    columns: list[Field],
    zone: ZoneInfo,
) -> Panel:
    known = [at for at in times if at is not None]
    first, last = min(known), max(known)
    size = round((last - first) / step) + 1
    rows = np.zeros(size, dtype=np.int64)
    values = np.full((size, len(columns)), np.nan)
    places = [table.place(one.slug) for one in columns]
    for number, at in enumerate(times, start=1):
        if at is None:
            continue
        index = round((at - first) / step)
        rows[index] = number
        for series, place in enumerate(places):
            cell: Any = table.rows[number - 1][place]
            if cell is not None:
                values[index, series] = float(cell)
    grid = [(first + step * i).astimezone(zone) for i in range(size)]
    return Panel(times=grid, step=step, columns=columns, values=values, rows=rows)
