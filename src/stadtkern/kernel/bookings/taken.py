"""What is taken: occupancies and absences of units, as masks of ticks, in two queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import connection, models

from stadtkern.kernel.bookings import ticks
from stadtkern.kernel.bookings.models import Absence
from stadtkern.kernel.bookings.wanted import PHONE, PUBLIC

# A hold whose time is over takes nothing, also before the job has come by. The numbers of a unit
# come as one value: to fetch occupancies row by row takes several times as long.
LIVE = """
select unit_id, string_agg(
  int4send(floor(date_part('epoch', lower(during)) / 300)::int4) ||
  int4send(ceil(date_part('epoch', upper(during)) / 300)::int4) || int4send(side::int4), '')
from bookings_occupancy
where live and unit_id = any(%s) and during && tstzrange(%s, %s)
  and booking_id not in (
    select id from bookings_booking where state = 'held' and hold_until <= %s)
group by unit_id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """By unit id the ticks, counted from the base of a board, that bookings and absences take.

    `of_side` are those of the bookings of one side, by its number (`wanted.SIDES`).
    """

    busy: dict[int, int]
    of_side: dict[int, dict[int, int]]
    away: dict[int, int]


def load(
    units: Collection[int], begins: datetime, ends: datetime, now: datetime, base: int, width: int,
    *, outside: bool,
) -> Taken:  # fmt: skip
    """What takes these units during a span, with whole ticks from `base` on.

    `outside` says that the public asks, from whom some absences keep what staff can book.
    """
    busy: dict[int, int] = {}
    of_side: dict[int, dict[int, int]] = {PUBLIC: {}, PHONE: {}}
    with connection.cursor() as cursor:
        cursor.execute(LIVE, [list(units), begins, ends, now])
        for unit, packed in cursor.fetchall():
            rows = np.frombuffer(packed, dtype=">i4").reshape(-1, 3).astype(np.int64)
            spans = np.clip(rows[:, :2] - base, 0, width)
            busy[unit] = mask(spans, width)
            for side, masks in of_side.items():
                masks[unit] = mask(spans[rows[:, 2] == side], width)
    rows_of = absences(units, begins, ends, outside=outside)
    away = {unit: ticks.union(spans) for unit, spans in _away(rows_of, begins, ends, base).items()}
    return Taken(busy=busy, of_side=of_side, away=away)


def mask(spans: np.ndarray[tuple[int, int], np.dtype[np.int64]], width: int) -> int:
    """The bits of spans `(first, after)` in rows; they may overlap."""
    steps = np.bincount(spans[:, 0], minlength=width + 1)
    steps -= np.bincount(spans[:, 1], minlength=width + 1)
    covered = np.cumsum(steps)[:width] > 0
    return int.from_bytes(np.packbits(covered, bitorder="little").tobytes(), "little")


def absences(
    units: Collection[int], begins: datetime, ends: datetime, *, outside: bool
) -> models.QuerySet[Absence]:
    """What keeps units from who asks: from staff less than from the public."""
    rows = Absence.objects.filter(unit__in=units, during__overlap=(begins, ends))
    return rows if outside else rows.filter(only_outside=False)


def _away(
    rows: models.QuerySet[Absence], begins: datetime, ends: datetime, base: int
) -> dict[int, Iterable[tuple[int, int]]]:
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for unit, during in rows.values_list("unit", "during"):
        first = max(during.lower, begins) if during.lower else begins
        after = min(during.upper, ends) if during.upper else ends
        found[unit].append((ticks.floor(first) - base, ticks.ceil(after) - base))
    return dict(found)
