"""Another box for a renter whose box is taken: at the same place, or the money back."""

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import changes as bookings
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.bookings.wanted import Wanted
from stadtkern.kernel.payments import charges
from stadtkern.systems.bike_boxes.logic import availability, changes, granting, mail
from stadtkern.systems.bike_boxes.logic.renting import chain, charge_of
from stadtkern.systems.bike_boxes.models import Access, Box


def rehouse(access: Access) -> Box | None:
    """Move a rental to a free box of its place, of its size if there is one; None: no box is free.

    Its renter gets a mail; the PIN stays.
    """
    with transaction.atomic():
        access = Access.objects.select_for_update(of=["self"]).select_related(
            "booking__resource", "box__size", "facility__place").get(pk=access.pk)  # fmt: skip
        box = _moved(access)
        if box is None:
            return None
        access.box = box
        access.save(update_fields=["box"])
        mail.later(access, "moved", str(box.number))
        changes.note(access.facility, source=access.booking.source,
                     booking=access.booking.public_id, state="moved")  # fmt: skip
        return box


def _moved(access: Access) -> Box | None:
    """All bookings of a rental go to one other box, or none does."""
    links = [one for one in chain(access) if one.ends > clock.now()]
    for box in _candidates(access):
        try:
            with transaction.atomic():
                for one in links:
                    bookings.move(one, _wanted(one, box))
        except Refused:
            continue
        return box
    return None


def _wanted(booking: Booking, box: Box) -> Wanted:
    return Wanted(resource=box.unit.resource, begins=booking.begins, ends=booking.ends,
                  units=(box.unit.number,), audience="internal")  # fmt: skip


def _candidates(access: Access) -> list[Box]:
    """Boxes that look free for all of it, those of the same size first, the dry ones before."""
    begins = max(access.begins, clock.now())
    for one in availability.between(begins, access.ends, availability.SPONTANEOUS):
        if one.facility.pk == access.facility_id:
            others = [box for box in one.boxes if box.pk != access.box_id and not box.bike]
            return sorted(others, key=lambda b: (b.size_id != access.box.size_id, b.number))
    return []


def pay_back(access: Access, reason: str, *, by: str = "system") -> int:
    """No box is left: end the rental and give all of its money back."""
    back = 0
    with transaction.atomic():
        Access.objects.select_for_update().get(pk=access.pk)
        for one in chain(access):
            if one.state in ("booked", "arrived", "held"):
                bookings.cancel(one, by=by, reason=reason)
            charge = charge_of(one)
            if charge is not None and charge.state == "paid":
                left = charge.cents - charge.refunded_cents
                charges.refund(charge, left, reason[:250], key="no-box")
                back += left
        granting.close(access)
        mail.later(access, "no_box", cents=back)
        changes.note(access.facility, source=access.booking.source,
                     booking=access.booking.public_id, state="cancelled")  # fmt: skip
    return back
