"""What the kernel tells: payments, bookings that ran out, offers of the waiting list."""

from stadtkern.kernel.bookings.events import BookingChanged
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.payments import charges
from stadtkern.kernel.payments.events import ChargeChanged
from stadtkern.systems.bike_boxes.logic import RENTAL, changes, counting, granting
from stadtkern.systems.bike_boxes.logic.renting import charge_of
from stadtkern.systems.bike_boxes.models import Box


def charge_changed(event: ChargeChanged) -> None:
    """A rental was paid: its box opens from now on."""
    if event.after != "paid":
        return
    booking = Booking.objects.filter(public_id=event.subject, kind=RENTAL).first()
    if booking is not None:
        granting.settle(booking)


def booking_changed(event: BookingChanged) -> None:
    """Something became free or taken: count anew, tell partners, withdraw an unpaid charge."""
    booking = Booking.objects.filter(pk=event.booking).select_related("resource").first()
    if booking is None:
        return
    box = Box.objects.filter(facility__place=booking.resource.place_id).first()
    if box is None:
        return
    if event.after == "expired":
        charge = charge_of(booking)
        if charge is not None and charge.state == "open":
            charges.cancel(charge, "not paid in time")
    if event.after in ("held", "expired", "cancelled"):
        changes.note(box.facility, source=booking.source, booking=booking.public_id,
                     state=event.after)  # fmt: skip
    counting.recount(box.facility)
