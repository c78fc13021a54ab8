"""How bookings end, and what becomes of what they leave: the one place from which it is offered."""

from datetime import datetime

from stadtkern.kernel import clock
from stadtkern.kernel.bookings import offering, placing
from stadtkern.kernel.bookings.models import Booking, Wish
from stadtkern.kernel.bookings.offering import Freed
from stadtkern.kernel.bookings.turns import Turn, turn_of
from stadtkern.kernel.bookings.wanted import Wanted


def end(booking: Booking, state: str, at: datetime) -> None:
    """It is over; what is left of it goes to who waits for it. The caller has its turn."""
    _over(booking, state, at)
    freed(booking.resource_id, max(at, booking.begins), booking.ends)


def _over(booking: Booking, state: str, at: datetime) -> None:
    placing.turn(booking, state, at)
    offering.let_go(booking)
    # Whoever gave up what they had does not wait for something earlier instead.
    Wish.objects.filter(replaces=booking, state="waiting").update(state="withdrawn")


def freed(resource: int, begins: datetime, ends: datetime, *, turn: Turn | None = None) -> None:
    """Offer what became free to those who wait, in the same transaction.

    Only what lies within the days whose turn the caller has: to ask for more turns now could make
    two wait for each other. The job offers the rest.
    """
    begins = max(begins, clock.now())
    if begins < ends:
        days = turn or Turn(resource=resource, begins=begins, ends=ends)
        gap = Freed(begins=begins, ends=ends, window=days.window)
        offering.offer_free([resource], *days.window, freed=gap)


def release(wanted: Wanted, now: datetime) -> int:
    """Holds that stand in the way and have run out are over, before the job comes by.

    Who waits for it is asked first: whoever wants it now may find it offered to somebody else.
    Answers with how many holds that were.
    """
    rows = Booking.objects.filter(resource=wanted.resource).run_out(now)
    rows = rows.touching(wanted.begins, wanted.ends).select_related("resource").order_by("id")
    found = list(rows.select_for_update(of=("self",), skip_locked=True))
    for one in found:
        _over(one, "expired", now)
    for one in found:
        freed(one.resource_id, one.begins, one.ends, turn=turn_of(wanted))
    return len(found)
