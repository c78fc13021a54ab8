"""Signed links to bookings and wishes: each for one purpose, as long as what it is about lasts."""

import base64
import binascii
from datetime import timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.kernel.bookings.models import Booking, Wish

# After the end, so that who comes back late still reads what it was.
GRACE = timedelta(days=1)


class BadLink(Refused):
    """No such link, for something else, or of something that is over."""

    code = "bad_link"
    sentence = _("This link is not valid any more, or was not copied as a whole.")


def token(booking: Booking, purpose: str) -> str:
    """Short text for a path that leads to a booking, such as for `manage`; no person can guess it.

    It goes on being valid when the booking is moved.
    """
    return _signed(booking.public_id, purpose)


def read(text: str, purpose: str) -> Booking:
    """The booking that a token was made for. Raises BadLink."""
    rows = Booking.objects.select_related("resource__calendar", "resource__place")
    found = rows.filter(public_id=_read(text, purpose)).first()
    if found is None or found.ends + GRACE < clock.now():
        raise BadLink
    return found


def wish_token(wish: Wish, purpose: str) -> str:
    """As `token`, for an entry of a waiting list."""
    return _signed(wish.public_id, f"wish.{purpose}")


def read_wish(text: str, purpose: str) -> Wish:
    """The wish that a token was made for. Raises BadLink."""
    rows = Wish.objects.select_related("offer__resource__place", "replaces")
    found = rows.filter(public_id=_read(text, f"wish.{purpose}")).first()
    if found is None or found.latest + GRACE < clock.now():
        raise BadLink
    return found


def _signed(public_id: UUID, purpose: str) -> str:
    short = base64.urlsafe_b64encode(public_id.bytes).decode().rstrip("=")
    return _signer(purpose).sign(short)


def _read(text: str, purpose: str) -> UUID:
    try:
        short = _signer(purpose).unsign(text)
        return UUID(bytes=base64.urlsafe_b64decode(f"{short}=="))
    except (BadSignature, binascii.Error, ValueError):
        raise BadLink from None


def _signer(purpose: str) -> Signer:
    return Signer(salt=f"bookings.{purpose}", sep=".")
