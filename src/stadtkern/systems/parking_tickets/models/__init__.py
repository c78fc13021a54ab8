"""Operators, zones, machines, tariffs, rights to park with their changes and prices, months."""

from stadtkern.systems.parking_tickets.models.check import (
    ALLOWED,
    FINE_REASONS,
    FINE_STATES,
    RESULTS,
    Check,
    Fine,
)
from stadtkern.systems.parking_tickets.models.operator import Operator, Refusal
from stadtkern.systems.parking_tickets.models.parking import FormerPlate, Parking
from stadtkern.systems.parking_tickets.models.permit import (
    PERMIT_KINDS,
    SUBJECTS,
    Permit,
    PermitArea,
    PermitIn,
    PermitSeries,
    PermitSubject,
)
from stadtkern.systems.parking_tickets.models.purchase import Purchase
from stadtkern.systems.parking_tickets.models.session import (
    CHANGES,
    SOURCES,
    STATES,
    Change,
    CoinTicket,
    PriceLine,
    Session,
)
from stadtkern.systems.parking_tickets.models.settlement import Settlement
from stadtkern.systems.parking_tickets.models.zone import Machine, Tariff, Zone

__all__ = [
    "ALLOWED",
    "CHANGES",
    "FINE_REASONS",
    "FINE_STATES",
    "PERMIT_KINDS",
    "RESULTS",
    "SOURCES",
    "STATES",
    "SUBJECTS",
    "Change",
    "Check",
    "CoinTicket",
    "Fine",
    "FormerPlate",
    "Machine",
    "Operator",
    "Parking",
    "Permit",
    "PermitArea",
    "PermitIn",
    "PermitSeries",
    "PermitSubject",
    "PriceLine",
    "Purchase",
    "Refusal",
    "Session",
    "Settlement",
    "Tariff",
    "Zone",
]
