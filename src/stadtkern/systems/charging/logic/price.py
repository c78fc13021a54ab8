"""What a charging session costs: OCPI 2.2.1 tariff elements over its periods, to the cent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from stadtkern.kernel import registry
from stadtkern.systems.charging.logic import cutting
from stadtkern.systems.charging.logic.cutting import Period
from stadtkern.systems.charging.models import Transaction

# Energy is reckoned to the thousandth of a Wh, time to the thousandth of a second: what floats
# leave behind must not begin another step.
FINEST = {"ENERGY": 1_000_000}
MILLISECONDS = 3_600_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of a bill: `volume` in kWh or hours (1 for a flat fee), price in euro for one."""

    kind: str
    volume: Fraction
    price: Decimal
    vat_per_mille: int

    @property
    def net(self) -> Fraction:
        return self.volume * Fraction(self.price)

    def said(self) -> dict[str, object]:
        """As it is kept with the session."""
        return {
            "kind": self.kind, "volume": round(float(self.volume), 4), "price": str(self.price),
            "vat_per_mille": self.vat_per_mille, "net_euro": round(float(self.net), 4),
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """Its lines, and the sums in cents: rounded once, at the end."""

    lines: tuple[Line, ...]
    net_cents: int
    gross_cents: int


def of(found: Transaction) -> Bill | None:
    """The bill of an ended session by the terms of its beginning; None where there are none."""
    elements = found.terms.get("elements")
    if not elements or found.ended is None:
        return None
    zone = ZoneInfo(registry.city().city.time_zone)
    vat = int(found.terms.get("vat_per_mille", 190))
    return bill(elements, periods(found), vat_per_mille=vat, zone=zone)


def periods(found: Transaction) -> list[Period]:
    """The session cut at its meter values, or in one piece where there are none."""
    assert found.ended is not None
    assert found.meter_stop_wh is not None
    at, wh, made = found.started, float(found.meter_start_wh), []
    rows = found.readings.filter(wh__isnull=False, at__lt=found.ended) if found.pk else ()
    for reading in rows:
        if reading.at <= at or reading.wh is None or not wh <= reading.wh <= found.meter_stop_wh:
            continue
        made.append(cutting.stretch(at, reading.at, reading.wh - wh))
        at, wh = reading.at, reading.wh
    made.append(cutting.stretch(at, found.ended, found.meter_stop_wh - wh))
    return made


def bill(
    elements: Sequence[Mapping[str, Any]],
    spent: Sequence[Period],
    *,
    vat_per_mille: int,
    zone: ZoneInfo,
) -> Bill:
    """For each kind of component the first element that fits applies (OCPI 2.2.1, 11.4.6).

    `step_size` rounds up the last period of its kind only.
    """
    volumes: dict[tuple[str, Decimal, int], Fraction] = {}
    steps: dict[str, tuple[tuple[str, Decimal, int], int]] = {}
    for state in cutting.pieces(elements, spent, zone):
        for kind, part in _components(elements, state).items():
            amount = _amount(kind, state.period)
            vat = round(float(part["vat"]) * 10) if part.get("vat") is not None else vat_per_mille
            key = (kind, Decimal(str(part["price"])), vat)
            if kind == "FLAT":
                volumes.setdefault(key, Fraction(1))
            elif amount:
                volumes[key] = volumes.get(key, Fraction(0)) + amount
                steps[kind] = (key, int(part.get("step_size") or 1))
    volumes = {key: _clean(key[0], one) for key, one in volumes.items()}
    _round_up(volumes, steps)
    lines = tuple(
        Line(kind=kind, volume=volume, price=price, vat_per_mille=vat)
        for (kind, price, vat), volume in volumes.items()
    )
    return _sum(lines)


def _components(
    elements: Sequence[Mapping[str, Any]], state: cutting.State
) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for element in elements:
        if cutting.fits(element.get("restrictions") or {}, state):
            for part in element.get("price_components", ()):
                found.setdefault(str(part["type"]), part)
    return found


def _amount(kind: str, one: Period) -> Fraction:
    """kWh for energy, hours for the kinds of time."""
    if kind == "ENERGY":
        return Fraction(one.wh) / 1000
    parks = kind == "PARKING_TIME"
    if kind in ("TIME", "PARKING_TIME") and one.parks == parks:
        return Fraction(one.seconds) / 3600
    return Fraction(0)


def _clean(kind: str, volume: Fraction) -> Fraction:
    finest = FINEST.get(kind, MILLISECONDS)
    return Fraction(round(volume * finest), finest)


def _round_up(
    volumes: dict[tuple[str, Decimal, int], Fraction],
    steps: Mapping[str, tuple[tuple[str, Decimal, int], int]],
) -> None:
    """The sum of a kind is rounded up to whole steps (Wh or s); the last price bears the rest.

    OCPI 2.2.1, 11.4.5: where parking has a price too, only its time is rounded, not the charging's.
    """
    for kind in [one for one in steps if one != "TIME" or "PARKING_TIME" not in steps]:
        last, step = steps[kind]
        unit = Fraction(step, 1000 if kind == "ENERGY" else 3600)
        total = sum((v for k, v in volumes.items() if k[0] == kind), Fraction(0))
        volumes[last] += ceil(total / unit) * unit - total


def _sum(lines: tuple[Line, ...]) -> Bill:
    net = sum((line.net for line in lines), Fraction(0))
    gross = sum((line.net * Fraction(1000 + line.vat_per_mille, 1000) for line in lines),
                Fraction(0))  # fmt: skip
    return Bill(lines=lines, net_cents=_cents(net), gross_cents=_cents(gross))


def _cents(euro: Fraction) -> int:
    exact = Decimal(euro.numerator) * 100 / Decimal(euro.denominator)
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
