"""Resources and their units, calendars, bookings with what they occupy, waiting lists."""

from stadtkern.kernel.bookings.models.booking import (
    LIVE,
    STATES,
    Booking,
    BookingQuerySet,
    Occupancy,
)
from stadtkern.kernel.bookings.models.calendar import Absence, Calendar, Closure, Rule
from stadtkern.kernel.bookings.models.outside import Feed, Source
from stadtkern.kernel.bookings.models.resource import BookableQuerySet, Resource, Unit
from stadtkern.kernel.bookings.models.waiting import Wish

__all__ = [
    "LIVE",
    "STATES",
    "Absence",
    "BookableQuerySet",
    "Booking",
    "BookingQuerySet",
    "Calendar",
    "Closure",
    "Feed",
    "Occupancy",
    "Resource",
    "Rule",
    "Source",
    "Unit",
    "Wish",
]
