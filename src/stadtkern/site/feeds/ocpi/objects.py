"""Locations, EVSEs, connectors and tariffs as OCPI 2.2.1 writes them (8.3, 11.3)."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from stadtkern.kernel import feeds, registry
from stadtkern.kernel.feeds.charging import ChargingLocation, ChargingTariff, Connector, Evse
from stadtkern.kernel.feeds.roaming import Desk
from stadtkern.site.feeds.ocpi.door import stamp

# Not in the list of 2.2.1 (8.4.5): lorry plugs came with 2.3.0.
UNKNOWN_PLUGS: Final = ("MCS",)
DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOURS: Final = re.compile(r"^([A-Z][a-z])(?:-([A-Z][a-z]))?\s+(\d\d:\d\d)-(\d\d:\d\d)$")


def party(desk: Desk) -> dict[str, str]:
    """Whose these objects are."""
    return {"country_code": desk.country_code, "party_id": desk.party_id}


def locations() -> list[ChargingLocation]:
    """Of all systems that are on, in a fixed order."""
    return sorted(feeds.records("charging"), key=lambda one: one.uid)


def changed(one: ChargingLocation) -> datetime:
    """When anything of it changed last."""
    return max([one.updated, *(evse.updated for evse in one.evses)])


def location(desk: Desk, one: ChargingLocation) -> dict[str, Any]:
    """8.3.1."""
    told: dict[str, Any] = {
        **party(desk), "id": one.uid, "publish": True, "name": one.name[:255],
        "address": one.address[:45], "city": one.city[:45] or registry.city().city.name,
        "country": "DEU", "coordinates": coordinates(one), "evses": evses(one),
        "time_zone": registry.city().city.time_zone, "last_updated": stamp(changed(one)),
    }  # fmt: skip
    if one.postcode:
        told["postal_code"] = one.postcode
    if one.operator:
        told["operator"] = {"name": one.operator[:100]}
    if (hours := opening(one.opening_hours)) is not None:
        told["opening_times"] = hours
    if one.renewable is not None:
        told["energy_mix"] = {"is_green_energy": one.renewable}
    return told


def coordinates(one: ChargingLocation) -> dict[str, str]:
    """Texts with six places (8.4.13)."""
    return {"latitude": f"{one.lat:.6f}", "longitude": f"{one.lon:.6f}"}


def evses(one: ChargingLocation) -> list[dict[str, Any]]:
    """Those with a plug that 2.2.1 can name."""
    return [evse(each) for each in one.evses if plugs(each)]


def evse(one: Evse) -> dict[str, Any]:
    """8.3.2. An official number that is not known is left out."""
    told: dict[str, Any] = {
        "uid": one.uid, "status": one.status, "capabilities": [],
        "connectors": [connector(each) for each in plugs(one)], "last_updated": stamp(one.updated),
    }  # fmt: skip
    if one.evse_id:
        told["evse_id"] = one.evse_id
    if one.reference:
        told["physical_reference"] = one.reference
    return told


def plugs(one: Evse) -> list[Connector]:
    """Its connectors, as far as 2.2.1 knows their kind."""
    return [each for each in one.connectors if each.standard not in UNKNOWN_PLUGS]


def connector(one: Connector) -> dict[str, Any]:
    """8.3.3."""
    return {
        "id": one.id, "standard": one.standard, "format": one.format,
        "power_type": one.power_type, "max_voltage": one.max_voltage,
        "max_amperage": one.max_amperage, "max_electric_power": one.max_watt,
        "tariff_ids": list(one.tariffs), "last_updated": stamp(one.updated),
    }  # fmt: skip


def opening(said: str) -> dict[str, Any] | None:
    """Opening hours (8.4.14) where they are simple; None, so not told, where they are not."""
    if said == "24/7":
        return {"twentyfourseven": True}
    found = []
    for part in said.split(";"):
        fits = HOURS.match(part.strip())
        if not fits or fits[1] not in DAYS or (fits[2] or fits[1]) not in DAYS:
            return None
        first, last = DAYS.index(fits[1]), DAYS.index(fits[2] or fits[1])
        found += [{"weekday": day + 1, "period_begin": fits[3], "period_end": fits[4]}
                  for day in range(first, last + 1)]  # fmt: skip
    return {"twentyfourseven": False, "regular_hours": found} if found else None


def tariffs(found: Iterable[ChargingLocation]) -> list[ChargingTariff]:
    """Each once, in a fixed order."""
    known = {each.id: each for one in found for each in one.tariffs}
    return [known[key] for key in sorted(known)]


def tariff(desk: Desk, one: ChargingTariff) -> dict[str, Any]:
    """11.3.1, for paying on the spot; prices are without tax, its rate stands beside."""
    return {
        **party(desk), "id": one.id, "currency": one.currency, "type": "AD_HOC_PAYMENT",
        "tariff_alt_text": [{"language": "de", "text": one.title[:512]}],
        "elements": [_element(each, one.vat_per_mille) for each in one.elements],
        "last_updated": stamp(one.updated),
    }  # fmt: skip


def _element(element: dict[str, Any], per_mille: int) -> dict[str, Any]:
    parts = [
        {"type": part["type"], "price": part["price"], "vat": part.get("vat", per_mille / 10),
         "step_size": part.get("step_size") or 1}
        for part in element["price_components"]
    ]  # fmt: skip
    told: dict[str, Any] = {"price_components": parts}
    if element.get("restrictions"):
        told["restrictions"] = element["restrictions"]
    return told
