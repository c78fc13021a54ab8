"""The slots that are nearest to one that cannot be had."""

from datetime import timedelta

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.slots import Slot, search
from stadtkern.kernel.bookings.wanted import Wanted
from stadtkern.kernel.things.series import city_zone

AROUND = timedelta(days=7)
MOST = 5


def nearest(wanted: Wanted) -> list[Slot]:
    """Up to five slots as long as this one, of the same resource, in order of time."""
    zone = city_zone()
    minutes = -(-(wanted.ends - wanted.begins) // timedelta(minutes=1))
    first = max(wanted.begins - AROUND, clock.now()).astimezone(zone).date()
    last = max(first, (wanted.begins + AROUND).astimezone(zone).date())
    found = search([wanted.resource], first, last, minutes, quantity=wanted.quantity,
                   skills=wanted.skills, audience=wanted.audience)  # fmt: skip
    found.sort(key=lambda slot: abs(slot.begins - wanted.begins))
    return sorted(found[:MOST], key=lambda slot: slot.begins)
