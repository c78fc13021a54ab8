"""Locations with their EVSEs, the devices that speak OCPP, what charging costs, what was told."""

from stadtkern.systems.charging.models.bill import IssuedBill
from stadtkern.systems.charging.models.caddy import Caddy
from stadtkern.systems.charging.models.charge_point import ChargePoint, Message, Outlet
from stadtkern.systems.charging.models.command import Command, Reservation
from stadtkern.systems.charging.models.fleet import CARS, POINTS, FleetCount
from stadtkern.systems.charging.models.live import FAULTS, FaultReport, StatusEvent
from stadtkern.systems.charging.models.location import STATUSES, Connector, Evse, Location
from stadtkern.systems.charging.models.partner import OcpiPartner
from stadtkern.systems.charging.models.register import Edition, RegisterRecord
from stadtkern.systems.charging.models.tariff import Tariff
from stadtkern.systems.charging.models.token import Token
from stadtkern.systems.charging.models.transaction import Reading, Transaction

__all__ = [
    "CARS", "FAULTS", "POINTS", "STATUSES", "Caddy", "ChargePoint", "Command", "Connector",
    "Edition", "Evse", "FaultReport", "FleetCount", "IssuedBill", "Location", "Message",
    "OcpiPartner", "Outlet", "Reading", "RegisterRecord", "Reservation", "StatusEvent", "Tariff",
    "Token", "Transaction",
]  # fmt: skip
