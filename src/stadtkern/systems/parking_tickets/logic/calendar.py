"""The city's clock and its public holidays, for tariffs."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from stadtkern.kernel import registry
from stadtkern.kernel.places.holidays import holidays
from stadtkern.systems.parking_tickets.logic import settings
from stadtkern.systems.parking_tickets.logic.tariffs import Calendar


def of_city() -> Calendar:
    """The city's time zone, and the holidays of its state with the city's own changes."""
    city, chosen = registry.city().city, settings()

    def holiday(day: date) -> bool:
        if day in chosen.fewer_holidays:
            return False
        return day in chosen.more_holidays or day in holidays(day.year, city.state)

    return Calendar(zone=ZoneInfo(city.time_zone), holiday=holiday)


def local(instant: datetime) -> datetime:
    """An instant as the clocks of the city show it."""
    return instant.astimezone(ZoneInfo(registry.city().city.time_zone))
