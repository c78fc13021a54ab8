"""Offers of the waiting list that were taken and not paid: others come next."""

from datetime import timedelta

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.models import Booking
from stadtkern.systems.bike_boxes.logic import RENTAL, ending, settings
from stadtkern.systems.bike_boxes.logic.renting import charge_of
from stadtkern.systems.bike_boxes.models import Access

WAITED = "waiting list"


def give_up() -> int:
    """End those that had their time to pay; returns how many."""
    late = clock.now() - timedelta(minutes=settings().pay_minutes)
    rows = Booking.objects.filter(kind=RENTAL, source=WAITED, state="booked", confirmed__lte=late)
    done = 0
    for one in rows.exclude(pk__in=Access.objects.values("booking")):
        charge = charge_of(one)
        if charge is None or charge.state != "paid":
            ending.drop(one, by="system")
            done += 1
    return done
