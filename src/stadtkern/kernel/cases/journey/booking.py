"""An appointment that belongs to a case."""

from typing import Final

from django.core import signing
from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.events import BookingChanged
from stadtkern.kernel.bookings.models import Booking
from stadtkern.kernel.cases.models import Case
from stadtkern.kernel.cases.moves import tell

SALT: Final = "cases.appointment"
# As long as somebody may take to choose a time.
LASTS: Final = 60 * 60 * 24
ENDED: Final = ("closed", "withdrawn", "expired")


class NotAttached(Exception):
    """The link to the case is too old or was not copied as a whole; the booking stands alone."""


def token_for(case: Case) -> str:
    """What the page of the appointments gets as `?case=`, for a day."""
    return signing.TimestampSigner(salt=SALT).sign(case.public_id.hex)


def attach(token: str, booking: Booking) -> Case:
    """The booking belongs to the case from now on. Bears repetition. Raises NotAttached."""
    try:
        hexed = signing.TimestampSigner(salt=SALT).unsign(token, max_age=LASTS)
    except signing.BadSignature:
        raise NotAttached from None
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(public_id=hexed).first()
        if case is None or case.state in ENDED or case.erased is not None:
            raise NotAttached
        case.booking, case.changed = booking, clock.now()
        case.save(update_fields=["booking", "changed"])
        _tell(case, booking, "booked")
    return case


def heard(event: BookingChanged) -> None:
    """Moved, cancelled, missed: a line in the timeline; in the transaction of the change."""
    for case in Case.objects.filter(booking=event.booking):
        if event.after in ("booked", "moved", "cancelled", "missed", "finished"):
            _tell(case, Booking.objects.get(pk=event.booking), event.after)


def _tell(case: Case, booking: Booking, what: str) -> None:
    """A booking that is held still is told of when it counts."""
    if what == "booked" and booking.state not in ("booked", "arrived"):
        return
    key = f"booking:{booking.pk}:{booking.revision}:{what}"
    at = {"begins": booking.begins.isoformat()}
    tell(case, f"appointment.{what}", source="appointment", data=at, key=key)
