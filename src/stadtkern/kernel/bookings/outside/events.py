"""What takes time in a calendar file: repeated events one by one, cancelled and free ones not."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from stadtkern.kernel.bookings import hours
from stadtkern.kernel.bookings.outside.fetching import NotRead

# Events of one calendar in the span that is read; no person has so many.
MOST = 5000
# What repeats so often is no absence but an attack.
TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")


@dataclass(frozen=True, kw_only=True, slots=True)
class Away:
    """A span in which somebody is not there; `key` names the event for ever."""

    key: str
    begins: datetime
    ends: datetime


def away(text: str, first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[Away]:
    """The spans that a calendar file takes, as far as they touch this one.

    Whole days, and times without a zone, are those of `zone`. Raises NotRead.
    """
    import icalendar  # noqa: PLC0415  large, and only the job needs it
    import recurring_ical_events  # type: ignore[import-untyped]  # noqa: PLC0415

    try:
        calendar = icalendar.Calendar.from_ical(text)
        _check(calendar)
        for count, event in enumerate(recurring_ical_events.of(calendar).after(first)):
            one = _away(event, zone)
            if one is None:
                continue
            if one.begins >= last:
                return
            if count >= MOST:
                raise NotRead(_("The calendar has too many events."))
            if one.ends > first:
                yield one
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotRead(
            _("The calendar cannot be read: %(why)s") % {"why": f"{type(error).__name__}: {error}"}
        ) from None


def _check(calendar: Any) -> None:
    for event in calendar.walk("VEVENT"):
        rules = event.get("RRULE") or []
        for rule in rules if isinstance(rules, list) else [rules]:
            if any(str(one) in TOO_OFTEN for one in rule.get("FREQ", [])):
                raise NotRead(_("An event repeats too often to be an absence."))


def _away(event: Any, zone: ZoneInfo) -> Away | None:
    """None where the event takes no time."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    free = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() == "FREE"
    if free or str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return None
    begins, ends = (_instant(event[name].dt, zone) for name in ("DTSTART", "DTEND"))
    if ends <= begins:
        return None
    # The name of the event alone: what it is about is nobody's business.
    which = event["RECURRENCE-ID"].dt if "RECURRENCE-ID" in event else event["DTSTART"].dt
    name = hashlib.sha256(str(event.get("UID", "")).encode()).hexdigest()[:24]
    return Away(key=f"{name}:{_instant(which, zone):%Y%m%dT%H%M%SZ}", begins=begins, ends=ends)


def _instant(given: date | datetime, zone: ZoneInfo) -> datetime:
    if isinstance(given, datetime):
        local = given if given.tzinfo else given.replace(tzinfo=zone)
        return local.astimezone(UTC)
    return hours.instant(zone, given, time(0))
