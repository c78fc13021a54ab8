"""Money that people paid here goes back the way it came."""

from stadtkern.kernel.payments import charges
from stadtkern.systems.parking_tickets.models import Purchase, Session


def give_back(row: Session, cents: int, key: str) -> None:
    """Pay back so many cents of what was paid for a right, the last payment first.

    What the treasury has paid back by hand is gone already: never more goes back than came.
    """
    paid = Purchase.objects.filter(session=row, state="done").select_related("charge")
    for one in paid.order_by("-pk"):
        part = min(cents, one.charge.cents - one.charge.refunded_cents)
        if part > 0:
            charges.refund(one.charge, part, f"{row.zone.number} {row.public_id}", key=key)
            cents -= part


def whole(purchase: Purchase) -> None:
    """Pay back all of a payment for something that cannot be had any more."""
    charge = purchase.charge
    left = charge.cents - charge.refunded_cents
    if left > 0:
        charges.refund(charge, left, "not possible any more", key=f"parking-void:{purchase.pk}")
