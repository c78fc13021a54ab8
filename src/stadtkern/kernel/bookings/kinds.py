"""What the systems declare about their kinds of bookings."""

from collections.abc import Sequence

from django.db.models import Q

from stadtkern.kernel import registry
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.contract import BookingKind


def kind_of(name: str) -> BookingKind:
    """What is declared about `<system>.<kind>`; the defaults where nothing is, or it is off."""
    return registry.booking_kinds().get(name) or BookingKind(slug=name, title=name)


def asleep() -> Q:
    """What belongs to systems that are off: nobody is asked or told about it."""
    found = Q(pk__in=[])
    for system in registry.installed():
        if not registry.is_on(system.slug):
            found |= Q(kind__startswith=f"{system.slug}.")
    return found


def words(booking: Booking) -> Sequence[str]:
    """What the system adds to a mail about a booking."""
    path = kind_of(booking.kind).words
    return tuple(registry.resolve(path)(booking)) if path else ()
