"""What partners poll and are told: numbered in the order of commits, so that none is overlooked."""

from uuid import UUID

from django.db import connection

from stadtkern.systems.bike_boxes.logic import telling
from stadtkern.systems.bike_boxes.models import Change, Facility

# One writer at a time until its commit: else a smaller number could appear after a bigger one.
LOCK = "select pg_advisory_xact_lock(hashtext('bike_boxes.change'))"


def note(facility: Facility, *, source: str = "", booking: UUID | None = None, state: str) -> None:
    """One more change, in the caller's transaction: call it last, since it waits for others."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    made = Change.objects.create(facility=facility, source=source, booking=booking, state=state)
    telling.queue(made)
