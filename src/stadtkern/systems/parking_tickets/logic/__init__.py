"""The rules of phone parking: what it costs, who may stand where until when, and the money."""

from typing import Final

from stadtkern.kernel import registry
from stadtkern.systems.parking_tickets.settings import ParkingTicketsSettings

RIGHT: Final = "parking_tickets.right"
ZONE: Final = "parking_tickets.zone"
MACHINE: Final = "parking_tickets.machine"


def settings() -> ParkingTicketsSettings:
    """The city's own settings."""
    chosen = registry.settings_of("parking_tickets")
    assert isinstance(chosen, ParkingTicketsSettings)
    return chosen
