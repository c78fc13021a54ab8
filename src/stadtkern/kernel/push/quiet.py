"""When a browser wants to be left alone."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from stadtkern.kernel import registry
from stadtkern.kernel.push.models import Subscription


def quiet_until(to: Subscription, now: datetime) -> datetime | None:
    """The end of the quiet hours that it lies in; None where it lies in none.

    Times are those of the city's clocks; hours over midnight belong to the evening they begin.
    """
    if to.quiet_from is None or to.quiet_until is None:
        return None
    zone = ZoneInfo(registry.city().city.time_zone)
    local = now.astimezone(zone)
    for day in (local.date() - timedelta(days=1), local.date()):
        begins = datetime.combine(day, to.quiet_from, zone)
        after = day if to.quiet_until > to.quiet_from else day + timedelta(days=1)
        ends = datetime.combine(after, to.quiet_until, zone)
        if begins.astimezone(now.tzinfo) <= now < ends.astimezone(now.tzinfo):
            return ends.astimezone(now.tzinfo)
    return None
