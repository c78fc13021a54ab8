"""What happens by itself: rentals end, bicycles that stay are seen to, counts, tidying up."""

from datetime import timedelta

from stadtkern.kernel import clock
from stadtkern.systems.bike_boxes.logic import (
    counting,
    opening,
    overdue,
    settings,
    telling,
    unpaid,
    waiting,
)
from stadtkern.systems.bike_boxes.models import Change, Command, DoorEvent

CHANGES_KEPT = timedelta(days=30)


def look_after() -> str:
    """End what is over, remind, warn; those who wait for the next free box wait on."""
    said = overdue.look_after()
    return (f"{said}, {opening.expire()} commands ran out, {waiting.roll()} wishes moved on, "
            f"{unpaid.give_up()} offers not paid")  # fmt: skip


def tell() -> str:
    """Tell partners again what they have not taken."""
    return f"{telling.tell_all()} notices sent"


def count() -> str:
    """Count the free boxes of every place."""
    return f"{counting.recount_all()} counts stored"


def tidy() -> str:
    """Forget door events, commands and changes that nobody needs any more."""
    now = clock.now()
    old = now - timedelta(days=settings().events_days)
    events, _kinds = DoorEvent.objects.filter(received__lt=old).delete()
    commands, _kinds = Command.objects.filter(created__lt=old).delete()
    changes, _kinds = Change.objects.filter(at__lt=now - CHANGES_KEPT).delete()
    return f"{events} events, {commands} commands and {changes} changes forgotten"
