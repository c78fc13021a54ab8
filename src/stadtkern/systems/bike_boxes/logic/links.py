"""The link to a rental: signed, and valid for as long as there is something to see there."""

import base64
import binascii
from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import links
from stadtkern.kernel.bookings.links import BadLink
from stadtkern.kernel.bookings.models import Booking
from stadtkern.systems.bike_boxes.logic import RENTAL, settings
from stadtkern.systems.bike_boxes.models import Access, Rescue

# What the kernel signs in its own mails, such as offers of the waiting list.
MANAGE = "manage"


def token(booking: Booking) -> str:
    """Short text for a path; no person can guess it."""
    return _signer().sign(base64.urlsafe_b64encode(booking.public_id.bytes).decode().rstrip("="))


def read(text: str) -> Booking:
    """The rental's first booking. Raises BadLink: no such link, or the rental is long over."""
    rows = Booking.objects.filter(kind=RENTAL).select_related("resource__place", "follows")
    try:
        short = _signer().unsign(text)
        key = UUID(bytes=base64.urlsafe_b64decode(f"{short}=="))
    except (BadSignature, binascii.Error, ValueError):
        return rows.get(pk=links.read(text, MANAGE).pk)
    found = rows.filter(public_id=key).first()
    if found is None or not _is_seen(found):
        raise BadLink
    return found


def _is_seen(booking: Booking) -> bool:
    """As long as it runs or its bicycle is with us, and then until contact data are erased."""
    if booking.ends > clock.now() - timedelta(days=settings().contact_days):
        return True
    if Access.objects.filter(booking=booking, live=True).exists():
        return True
    return Rescue.objects.filter(booking=booking, closed=None).exists()


def _signer() -> Signer:
    return Signer(salt="bike_boxes.rental", sep=".")
