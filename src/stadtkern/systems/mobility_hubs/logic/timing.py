"""Instants of a timetable: seconds since noon minus twelve hours of the service day."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from stadtkern.systems.mobility_hubs.models import Source

NOON: Final = time(12)
HALF_A_DAY: Final = timedelta(hours=12)


def zone_of(source: Source) -> ZoneInfo:
    """The time zone of the agency."""
    return ZoneInfo(source.facts.get("zone") or "UTC")


def beginning(source: Source, day: date) -> datetime:
    """Noon minus twelve elapsed hours: midnight but on the days when clocks change (GTFS)."""
    return datetime.combine(day, NOON, zone_of(source)).astimezone(UTC) - HALF_A_DAY


def instant(source: Source, day: date, seconds: int) -> datetime:
    """When something happens that the timetable has at so many seconds."""
    return beginning(source, day) + timedelta(seconds=seconds)


def day_of(text: str, source: Source | None, at: datetime) -> date | None:
    """`start_date` of a trip (`20261123`); without one the day of the message."""
    if source is None:
        return None
    try:
        return date.fromisoformat(text) if text else at.astimezone(zone_of(source)).date()
    except ValueError:
        return None
