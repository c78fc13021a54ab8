"""When a location is usually free: means of the last weeks by weekday and time of day."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from stadtkern.kernel import clock, registry

WEEKS = 8
BLOCK = 3
# Fewer hours of data than this say nothing of a weekday's block.
LEAST = 3
HOURS = """
select extract(isodow from at at time zone %(zone)s)::int,
       (extract(hour from at at time zone %(zone)s)::int / %(block)s) * %(block)s,
       sum(sum) / sum(n), count(*)
from things_hour where datastream_id = %(stream)s
  and at >= %(since)s::timestamptz - %(weeks)s * interval '7 days'
group by 1, 2
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """Free points in a block of hours of a weekday; None where too little is known."""

    begins: int
    free: float | None
    share: float | None

    @property
    def ends(self) -> int:
        """The hour at which it is over."""
        return self.begins + BLOCK

    @property
    def level(self) -> str:
        """`none`, `bad` (hardly ever free), `tight`, `good`."""
        if self.share is None:
            return "none"
        return "good" if self.share >= 0.6 else "tight" if self.share >= 0.3 else "bad"


def week(stream: int, points: int) -> list[tuple[int, list[Block]]]:
    """Monday to Sunday with their blocks; empty where nothing is known. One query."""
    given: dict[str, Any] = {
        "zone": registry.city().city.time_zone, "block": BLOCK, "stream": stream,
        "since": clock.now(), "weeks": WEEKS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(HOURS, given)
        known = {(day, hour): (float(mean), n) for day, hour, mean, n in cursor.fetchall()}
    if not known or not points:
        return []
    return [(day, [_block(known.get((day, hour)), hour, points) for hour in range(0, 24, BLOCK)])
            for day in range(1, 8)]  # fmt: skip


def _block(found: tuple[float, int] | None, hour: int, points: int) -> Block:
    if found is None or found[1] < LEAST:
        return Block(begins=hour, free=None, share=None)
    return Block(begins=hour, free=found[0], share=min(found[0] / points, 1.0))
