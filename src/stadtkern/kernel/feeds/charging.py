"""A place to charge electric vehicles, in the words of OCPI 2.2.1."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

# OCPI 2.2.1, 8.4.22 EVSE status.
EvseStatus = Literal[
    "AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED",
    "RESERVED", "UNKNOWN",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Connector:
    """A plug or socket. Volt and ampere per phase, watt in all; types as in OCPI."""

    id: str
    standard: str
    format: Literal["SOCKET", "CABLE"]
    power_type: str
    max_voltage: int
    max_amperage: int
    max_watt: int
    updated: datetime
    tariffs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Evse:
    """What one vehicle charges at. `evse_id` is the official one (eMI3), empty where unknown.

    `status_at` is when the status was told; `live` is false where no charge point tells it.
    """

    uid: str
    status: EvseStatus
    connectors: tuple[Connector, ...]
    updated: datetime
    evse_id: str = ""
    status_at: datetime | None = None
    live: bool = False
    reference: str = ""
    accessible: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargingTariff:
    """What charging costs: `elements` as OCPI 2.2.1, 11.3.1, amounts in euro without tax."""

    id: str
    title: str
    elements: tuple[dict[str, object], ...]
    updated: datetime
    currency: str = "EUR"
    vat_per_mille: int = 190


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargingLocation:
    """A location with its EVSEs. `uid` is unique over all systems, `page` a path of this site."""

    uid: str
    system: str
    place: UUID
    name: str
    address: str
    postcode: str
    city: str
    lon: float
    lat: float
    evses: tuple[Evse, ...]
    updated: datetime
    operator: str = ""
    opening_hours: str = "24/7"
    renewable: bool | None = None
    tariffs: tuple[ChargingTariff, ...] = ()
    page: str = ""
    source: str = ""
    licence: str = ""
    invented: bool = False
