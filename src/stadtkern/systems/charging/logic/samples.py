"""Meter values of OCPP 1.6 and 2.0.1 as plain numbers in Wh, W, A and percent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any, Final

from stadtkern.systems.charging.logic import moments

REGISTER: Final = "Energy.Active.Import.Register"
# Our field by measurand (OCPP 1.6, 7.31; 2.0.1, 3.50).
FIELDS: Final = {
    REGISTER: "wh",
    "Power.Active.Import": "w",
    "Current.Import": "a",
    "SoC": "soc",
}
FACTORS: Final = {"kWh": 1000.0, "kW": 1000.0}
# What a charge point's meter can show: a register of 1 GWh, a power of 2 MW.
MOST: Final = {"wh": 1e9, "w": 2e6, "a": 4000.0, "soc": 100.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """The meter at one instant; None for what was not said."""

    at: datetime
    wh: float | None = None
    w: float | None = None
    a: float | None = None
    soc: float | None = None


def samples(values: Iterable[Mapping[str, Any]]) -> list[Sample]:
    """The list `meterValue` of either version, sorted by time; unreadable numbers are left out."""
    found = [_sample(one) for one in values]
    return sorted((one for one in found if one is not None), key=lambda one: one.at)


def _sample(value: Mapping[str, Any]) -> Sample | None:
    numbers: dict[str, float] = {}
    for measurand, name in FIELDS.items():
        parts = [
            one
            for one in value.get("sampledValue", ())
            if one.get("measurand", REGISTER) == measurand and one.get("format") != "SignedData"
        ]
        number = _total(_at_the_outlet(parts), largest=name == "a")
        if number is not None and 0 <= number <= MOST[name]:
            numbers[name] = number
    if not numbers:
        return None
    return Sample(at=moments.sane(value.get("timestamp")), **numbers)


def _at_the_outlet(parts: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """What the car got, where both are told: the inlet has the losses of the point in it."""
    outlet = [one for one in parts if one.get("location", "Outlet") == "Outlet"]
    return outlet or parts


def _total(parts: Sequence[Mapping[str, Any]], *, largest: bool) -> float | None:
    """The value of all phases; where only single ones are told, their sum (or the largest)."""
    whole = [number for one in parts if "phase" not in one if (number := _number(one)) is not None]
    if whole:
        return whole[-1]
    single = {
        one["phase"].partition("-")[0]: number
        for one in parts
        if "phase" in one and one["phase"] != "N" and (number := _number(one)) is not None
    }
    if not single:
        return None
    return max(single.values()) if largest else sum(single.values())


def _number(one: Mapping[str, Any]) -> float | None:
    measure = one.get("unitOfMeasure") or {}
    unit = one.get("unit") or measure.get("unit") or ""
    try:
        power = 10.0 ** int(measure.get("multiplier") or 0)
        scaled = float(one["value"]) * FACTORS.get(unit, 1.0) * power
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return scaled if isfinite(scaled) else None
