"""Empties personal data whose retention is over; what statistics need survives."""

from datetime import datetime

from django.db.models import Q

from stadtkern.kernel.bookings import erasure
from stadtkern.systems.bike_boxes.logic import RENTAL
from stadtkern.systems.bike_boxes.models import Access, Card, DoorEvent, Rescue

# What was sold and where says nothing of who it was.
KEPT = ("product", "kind", "cents", "tax_rate", "facility", "first", "block")


def rentals(older_than: datetime) -> int:
    """Contact data of rentals and wishes that ended before.

    Never of a bicycle still with us, nor while somebody is asked for its fee.
    """
    held = Rescue.objects.filter(Q(closed=None) | _asked_for()).values("booking")
    if Access.objects.filter(live=True, ends__lt=older_than).exclude(booking__in=held).exists():
        from stadtkern.systems.bike_boxes.logic import overdue  # noqa: PLC0415  only then

        overdue.look_after()
    done = erasure.erase((RENTAL,), older_than, keep=KEPT, spare=held)
    old = Access.objects.filter(ends__lt=older_than, live=False)
    old.exclude(pin_digest="", card=None).update(pin_sealed=None, card=None, card_digest="")
    over = Rescue.objects.filter(closed__lt=older_than).exclude(_asked_for())
    over.update(where="", description="", waived_why="")
    return done


def _asked_for() -> Q:
    """Rescues whose fee is not paid: the treasury's own list goes on without us."""
    return Q(fee__charge__state="open", fee__collected=None)


def door_events(older_than: datetime) -> int:
    """Who opened what when."""
    rows = DoorEvent.objects.filter(received__lt=older_than)
    return rows.delete()[0]


def cards(older_than: datetime) -> int:
    """Season-ticket cards that have not been valid since then."""
    day = older_than.date()
    rows = Card.objects.filter(Q(valid_until__lt=day) | Q(blocked__lt=older_than))
    return rows.delete()[0]
