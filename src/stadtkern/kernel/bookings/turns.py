"""Who changes what a resource is taken by goes one at a time, by resource and day."""

import logging
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from stadtkern.kernel.bookings.wanted import Wanted

T = TypeVar("T")

# Of the first 16 bits of our advisory locks; 28 bits are the resource, 20 the day since 1970.
SPACE = 0x424B
DAY = 86400
# A longer span takes the whole resource: a year's rental must not fill the table of locks.
MOST_DAYS = 8
TRIES = 6
# Deadlock, serialisation failure, lock not to be had in time.
AGAIN = ("40P01", "40001", "55P03")
WAIT = "10s"
# In the order of the arrays. One round trip: a crowd waits for each.
LOCK = """
select set_config('lock_timeout', %s, true);
select case when shared then pg_advisory_xact_lock_shared(key) else pg_advisory_xact_lock(key) end
from unnest(%s::bigint[], %s::boolean[]) as wanted (key, shared)
"""

log = logging.getLogger("bookings")


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A resource and the UTC days of a span."""

    resource: int
    begins: datetime
    ends: datetime

    @property
    def days(self) -> range:
        """Numbers of the days since 1970 that the span touches."""
        return range(int(self.begins.timestamp() // DAY), int(-(-self.ends.timestamp() // DAY)))

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The whole of these days."""
        first, after = self.days.start * DAY, self.days.stop * DAY
        return datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(after, UTC)


def turn_of(wanted: Wanted) -> Turn:
    """The turn that a booking of it needs."""
    return Turn(resource=wanted.resource.pk, begins=wanted.begins, ends=wanted.ends)


def _key(resource: int, day: int = 0) -> int:
    return SPACE << 48 | (resource & 0xFFFFFFF) << 20 | (day & 0xFFFFF)


def taken_in(turns: Iterable[Turn], work: Callable[[], T]) -> T:
    """The answer of `work`, done in a transaction that has these turns to itself.

    All locks are taken before any row is changed, in one order, so that nobody waits in a circle.
    If PostgreSQL still breaks one up it is tried again. Call it before locking rows of your own.
    """
    wanted = list(turns)
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                _lock(wanted)
                return work()
        except OperationalError as error:
            if _sqlstate(error) not in AGAIN or attempt == TRIES - 1:
                raise
            log.warning("tried again", extra={"attempt": attempt, "why": _sqlstate(error)})
            # Growing and random, so that those who met do not meet again.
            time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311
    raise AssertionError("unreachable")


def _lock(turns: Iterable[Turn]) -> None:
    """Shared on the resource with its days alone, or the resource alone where it is for long."""
    long = {one.resource for one in turns if len(one.days) > MOST_DAYS}
    days = {(one.resource, day) for one in turns if one.resource not in long for day in one.days}
    keys = [(_key(number), number not in long) for number in sorted({o.resource for o in turns})]
    keys += [(_key(*one), False) for one in sorted(days)]
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [WAIT, [key for key, _ in keys], [shared for _, shared in keys]])


def _sqlstate(error: BaseException) -> str:
    return str(getattr(error.__cause__, "sqlstate", "") or "")
