"""Vehicles that people share, in the words of GBFS 3.0."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FormFactor = Literal[
    "bicycle", "cargo_bicycle", "car", "moped", "scooter_standing", "scooter_seated", "other"
]
Propulsion = Literal[
    "human", "electric_assist", "electric", "combustion", "combustion_diesel", "hybrid",
    "plug_in_hybrid", "hydrogen_fuel_cell",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class VehicleType:
    """A sort of vehicle; `range_m` is how far it goes when full, for those with a motor."""

    id: str
    name: str
    form_factor: FormFactor
    propulsion: Propulsion
    range_m: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedVehicle:
    """One vehicle, at a station or standing free. `left_m` is how far it still goes."""

    id: str
    type: str
    at: datetime
    reserved: bool = False
    disabled: bool = False
    station: str = ""
    lon: float | None = None
    lat: float | None = None
    left_m: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Station:
    """Where vehicles are taken and given back; None where the number is not known now."""

    id: str
    name: str
    lon: float
    lat: float
    vehicles: int | None
    docks: int | None
    at: datetime
    capacity: int | None = None
    renting: bool = True
    returning: bool = True
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedFleet:
    """One system of GBFS: who runs it, its stations and vehicles. `ours`: published by this city.

    What was read from another operator's feed (`ours` false) is shown here, not published again.
    """

    id: str
    system: str
    name: str
    operator: str
    types: tuple[VehicleType, ...]
    stations: tuple[Station, ...] = ()
    vehicles: tuple[SharedVehicle, ...] = ()
    url: str = ""
    email: str = ""
    opening_hours: str = "24/7"
    ours: bool = True
    source: str = ""
    licence: str = ""
    invented: bool = False
