"""What charging costs, in words and for one's own car."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stadtkern.kernel import clock, registry
from stadtkern.kernel.ui.numbers import figure
from stadtkern.systems.charging.logic import cutting, price
from stadtkern.systems.charging.logic.cutting import Period
from stadtkern.systems.charging.models import Connector, Tariff

LONGEST = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True, slots=True)
class Car:
    """Somebody's car and what it needs: kWh, what it takes at AC and DC in kW, minutes parked."""

    kwh: float = 20.0
    ac: float = 11.0
    dc: float = 100.0
    parked: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What it costs with tax, and how long it takes."""

    cents: int
    minutes: int
    connector: Connector


def watt(connector: Connector, car: Car) -> float:
    """What flows: the weaker of plug and car. A car takes a third of its AC on one phase."""
    most = {"DC": car.dc, "AC_1_PHASE": car.ac / 3}.get(connector.power_type, car.ac)
    return min(connector.max_watt, most * 1000)


def minutes(connector: Connector, car: Car) -> int:
    """How long it takes at that power; a battery that is nearly full takes longer."""
    power = watt(connector, car)
    return ceil(car.kwh * 60_000 / power) if power else 0


def cost(connector: Connector, car: Car, begins: datetime | None = None) -> Cost | None:
    """The price of a session that begins now; None where there is no tariff or no power."""
    tariff, power = connector.tariff, watt(connector, car)
    if tariff is None or not tariff.active or power <= 0:
        return None
    lasts = min(timedelta(hours=car.kwh * 1000 / power), LONGEST)
    parked = timedelta(minutes=max(car.parked - lasts / timedelta(minutes=1), 0))
    begins = begins or clock.now()
    full = begins + lasts
    spent = [Period(begins=begins, ends=full, wh=car.kwh * 1000)]
    if parked:
        spent.append(Period(begins=full, ends=full + parked, wh=0, parks=True))
    zone = ZoneInfo(registry.city().city.time_zone)
    made = price.bill(tariff.elements, spent, vat_per_mille=tariff.vat_per_mille, zone=zone)
    return Cost(cents=made.gross_cents, minutes=minutes(connector, car), connector=connector)


def best(connectors: Sequence[Connector], car: Car, known: dict[Any, Cost | None]) -> Cost | None:
    """The cheapest of these; `known` keeps what was reckoned for the same tariff and power."""
    found = []
    for one in connectors:
        key = (one.tariff_id, one.power_type, one.max_watt)
        if key not in known:
            known[key] = cost(one, car)
        if (made := known[key]) is not None:
            found.append(made)
    return min(found, key=lambda one: (one.cents, one.minutes), default=None)


def lines(tariff: Tariff) -> list[str]:
    """The tariff in words, prices with tax: `0,52 € je kWh`."""
    found: list[str] = []
    for element in tariff.elements:
        limits = element.get("restrictions") or {}
        parts = {part["type"]: part for part in element.get("price_components", ())}
        both = parts.get("TIME"), parts.get("PARKING_TIME")
        if both[0] and both[1] and both[0]["price"] == both[1]["price"]:
            # Whoever stands there pays, charging or not: one sentence, not two.
            del parts["PARKING_TIME"]
            parts["TIME"] = {**both[0], "type": "STAYING"}
        found += [_line(part, limits, tariff.vat_per_mille) for part in parts.values()]
    return found


def _line(part: dict[str, Any], limits: dict[str, Any], per_mille: int) -> str:
    vat = Decimal(str(part["vat"])) * 10 if part.get("vat") is not None else Decimal(per_mille)
    gross = Decimal(str(part["price"])) * (1000 + vat) / 1000
    kind = str(part["type"])
    if kind in ("TIME", "PARKING_TIME", "STAYING"):
        # Nobody reckons in hours of a blocked place: the city says it by the minute.
        gross /= 60
    said = f"{figure(gross, _decimals(gross))}\N{NO-BREAK SPACE}€"
    words = {"ENERGY": _("%(price)s per kWh"), "FLAT": _("%(price)s once"),
             "TIME": _("%(price)s per minute of charging"),
             "PARKING_TIME": _("%(price)s per minute of standing without charging"),
             "STAYING": _("Blocking fee: %(price)s per minute, charging or not")}  # fmt: skip
    return ", ".join([words[kind] % {"price": said}, *_limits(limits)])


def _decimals(gross: Decimal) -> int:
    """Two, and more only where a cent is too coarse: 0.025 euro is not 0.03."""
    return next(n for n in (2, 3, 4) if n == 4 or round(gross, n) == round(gross, 4))


def _limits(limits: dict[str, Any]) -> list[str]:
    """When a price holds, in words."""
    if not cutting.priced(limits):
        return [_("under conditions that are not reckoned here")]
    return [word % {name: _said(name, limits[name]) for name in names}
            for names, word in _words() if all(limits.get(name) for name in names)]  # fmt: skip


def _words() -> tuple[tuple[tuple[str, ...], str], ...]:
    return (
        (("min_duration",), _("from %(min_duration)s on")),
        (("max_duration",), _("for the first %(max_duration)s")),
        (("start_time", "end_time"), _("only from %(start_time)s to %(end_time)s")),
        (("day_of_week",), _("only on %(day_of_week)s")),
        (("min_kwh",), _("from the %(min_kwh)s. kWh on")),
        (("max_kwh",), _("for the first %(max_kwh)s kWh")),
        (("min_power",), _("at %(min_power)s kW and more")),
        (("max_power",), _("below %(max_power)s kW")),
        (("start_date",), _("since %(start_date)s")),
        (("end_date",), _("before %(end_date)s")),
    )


def _said(name: str, value: Any) -> str:
    if name.endswith("_duration"):
        return _span(int(value))
    if name == "day_of_week":
        return ", ".join(str(WEEKDAYS[cutting.DAYS.index(one)]) for one in value)
    if name.endswith("_date"):
        return date_format(date.fromisoformat(value), "j.n.Y")
    return figure(value) if isinstance(value, int | float) else str(value)


def _span(seconds: int) -> str:
    """`4 hours`, `90 minutes`."""
    if seconds % 3600 == 0:
        hours = seconds // 3600
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    minutes = seconds // 60
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def kwh_price(tariff: Tariff) -> Decimal | None:
    """Euro with tax for one kWh as it is without any restriction; None where energy is free."""
    for element in tariff.elements:
        for part in element.get("price_components", ()):
            if part["type"] == "ENERGY" and not element.get("restrictions"):
                return Decimal(str(part["price"])) * (1000 + tariff.vat_per_mille) / 1000
    return None
