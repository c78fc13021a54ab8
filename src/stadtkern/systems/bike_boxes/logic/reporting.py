"""A renter finds a stranger's bicycle in the box: another box at once, or the money back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from stadtkern.kernel import clock
from stadtkern.kernel.bookings.errors import Refused
from stadtkern.systems.bike_boxes.logic import moving, troubles
from stadtkern.systems.bike_boxes.models import Access, Box

# Later than this it is one's own bicycle that stands there.
AFTER_OPENING = timedelta(minutes=15)


def may_report(access: Access, now: datetime) -> bool:
    """From the beginning until shortly after the door was first opened."""
    if not access.live or now < access.begins or now >= access.ends:
        return False
    return access.opened is None or now - access.opened <= AFTER_OPENING


def taken(access: Access) -> Box | None:
    """Keep the box from being rented, and move the renter; None: no box, the money goes back.

    Raises Refused: it is too late to be a stranger's bicycle.
    """
    if not may_report(access, clock.now()):
        raise Refused(_("This can be reported until 15 minutes after you first opened the box."
                        " Please call us."))  # fmt: skip
    with transaction.atomic():
        troubles.notice(access.box, "reported")
        troubles.block(access.box, "reported")
        box = moving.rehouse(access)
        if box is None:
            moving.pay_back(access, _("The box was taken by somebody else's bicycle."))
        return box
