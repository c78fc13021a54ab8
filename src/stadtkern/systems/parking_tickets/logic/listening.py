"""What the payment kernel tells."""

from stadtkern.kernel.payments.events import ChargeChanged
from stadtkern.kernel.payments.models import Charge
from stadtkern.systems.parking_tickets.logic import RIGHT, buying


def charge_changed(event: ChargeChanged) -> None:
    """A right was paid, or is not going to be."""
    if event.kind != RIGHT:
        return
    charge = Charge.objects.filter(pk=event.charge).first()
    if charge is not None:
        buying.settle(charge)
