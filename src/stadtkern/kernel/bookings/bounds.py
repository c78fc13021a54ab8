"""How soon and how far ahead somebody may book."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from stadtkern.kernel.bookings import hours
from stadtkern.kernel.bookings.models import Calendar

# A page on which somebody books "from now on" may have been open for a while.
LATE = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """The first instant at which a booking may begin, and before which one it must (None: any)."""

    first: datetime
    until: datetime | None


def bounds(calendar: Calendar | None, zone: ZoneInfo, now: datetime, *, outside: bool) -> Bounds:
    """Staff book from now on; others keep to the notice, and to the days that are released."""
    if calendar is None or not outside:
        return Bounds(first=now, until=None)
    here = now.astimezone(zone)
    ahead = calendar.ahead_days
    if calendar.released_at is not None and here.time() < calendar.released_at:
        ahead -= 1
    after = here.date() + timedelta(days=ahead + 1)
    return Bounds(
        first=now + timedelta(minutes=calendar.notice_minutes),
        until=hours.instant(zone, after, time(0)),
    )
