"""Slots that people give up are free again after a while, so that nobody trades with them.

Who is on the waiting list is asked first, at once: that is fair, and no use to traders.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from psycopg.types.range import Range

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Absence, Booking, Occupancy
from stadtkern.systems.appointments.models import Delay, Office

# What begins so soon is better taken than kept.
SOON: Final = timedelta(hours=2)
REASON: Final = "freigegeben in Kürze"


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """The units and the span that somebody is about to give up, and when others get them."""

    booking: int
    units: tuple[int, ...]
    begins: datetime
    ends: datetime
    until: datetime


def before(booking: Booking) -> Left | None:
    """What a booking will leave; None where it is free at once."""
    office = Office.objects.filter(resource=booking.resource_id).first()
    now = clock.now()
    if office is None or not office.freed_minutes or booking.begins < now + SOON:
        return None
    minutes = secrets.randbelow(office.freed_minutes) + 1
    units = booking.occupancies.filter(live=True).values_list("unit", flat=True)
    return Left(booking=booking.pk, units=tuple(units), begins=booking.begins, ends=booking.ends,
                until=now + timedelta(minutes=minutes))  # fmt: skip


def delay(left: Left) -> None:
    """Keep what was left, except what the waiting list has already been offered."""
    during = Range(left.begins, left.ends)
    taken = Occupancy.objects.filter(unit__in=left.units, live=True, during__overlap=during)
    gone = set(taken.values_list("unit", flat=True))
    source = f"freed:{left.booking}:{left.until.timestamp():.0f}"
    for unit in left.units:
        if unit not in gone:
            kept = Absence.objects.create(unit_id=unit, during=during, only_outside=True,
                                          reason=REASON, source=source)  # fmt: skip
            Delay.objects.create(absence=kept, until=left.until)


def release() -> int:
    """Give free what was kept long enough; how many slots that were."""
    due: Sequence[int] = list(
        Delay.objects.filter(until__lte=clock.now()).values_list("absence", flat=True)
    )
    Absence.objects.filter(pk__in=due).delete()
    return len(due)
