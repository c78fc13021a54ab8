"""A bicycle that stayed is gone by itself: its box is free, and what is owed is charged."""

from datetime import datetime

from stadtkern.systems.bike_boxes.logic import fees, troubles
from stadtkern.systems.bike_boxes.models import Access, Rescue


def left(access: Access, now: datetime) -> None:
    """End the matter, in the transaction that ends the rental; where it never began, nothing."""
    troubles.unblock(access.box, "overdue")
    rows = Rescue.objects.filter(booking=access.booking_id, state__in=["overdue", "warned"])
    rows = rows.select_for_update(of=["self"]).select_related("booking__resource__place")
    for rescue in rows:
        rescue.state, rescue.closed = "left", now
        rescue.save(update_fields=["state", "closed"])
        fees.charge(rescue, now)
