"""Recharging points as DATEX II in the German AFIR profile 01-00-00: a table and its status, JSON.

Site, station and refill point: a location is one site with one station. Prices are those for
paying on the spot, with tax. What is not known is left out, or `unknown` where it must be there.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponseBase

from stadtkern.kernel import clock, feeds, registry
from stadtkern.kernel.feeds.charging import ChargingLocation, ChargingTariff, Connector, Evse
from stadtkern.site.feeds.door import JSON, answer, feed

PROFILE: Final = {"modelBaseVersionG": "3", "profileNameG": "AFIR Energy Infrastructure",
                  "profileVersionG": "01-00-00"}  # fmt: skip
TABLE: Final = "recharging"
VERSION: Final = "1"
CONNECTORS: Final = {
    "IEC_62196_T1": "iec62196T1", "IEC_62196_T1_COMBO": "iec62196T1COMBO",
    "IEC_62196_T2": "iec62196T2", "IEC_62196_T2_COMBO": "iec62196T2COMBO",
    "IEC_62196_T3A": "iec62196T3A", "IEC_62196_T3C": "iec62196T3C", "CHADEMO": "chademo",
    "DOMESTIC_F": "domesticF", "IEC_60309_2_single_16": "iec60309x2single16",
    "IEC_60309_2_three_16": "iec60309x2three16", "IEC_60309_2_three_32": "iec60309x2three32",
    "TESLA_R": "teslaR", "TESLA_S": "teslaS", "MCS": "mcs",
}  # fmt: skip
STATUSES: Final = {
    "AVAILABLE": "available", "BLOCKED": "blocked", "CHARGING": "charging",
    "INOPERATIVE": "inoperative", "OUTOFORDER": "outOfOrder", "PLANNED": "planned",
    "REMOVED": "removed", "RESERVED": "reserved", "UNKNOWN": "unknown",
}  # fmt: skip


def _locations() -> list[ChargingLocation]:
    return sorted(feeds.records("charging"), key=lambda one: one.uid)


def _changed(found: Sequence[ChargingLocation]) -> datetime:
    times = [evse.updated for one in found for evse in one.evses]
    return max([*(one.updated for one in found), *times], default=clock.now())


@feed
def table(request: HttpRequest) -> HttpResponseBase:
    """What there is."""
    found = _locations()
    return answer(request, found, _changed(found), JSON,
                  lambda: msgspec.json.encode(table_of(found, _base(request))))  # fmt: skip


@feed
def status(request: HttpRequest) -> HttpResponseBase:
    """What of it is free now."""
    found = _locations()
    return answer(request, found, _changed(found), JSON,
                  lambda: msgspec.json.encode(status_of(found)))  # fmt: skip


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def table_of(found: Sequence[ChargingLocation], base: str) -> dict[str, Any]:
    """The payload with an `aegiEnergyInfrastructureTablePublication`."""
    rows = [_site(one, base) for one in found if one.evses]
    made = {"idG": TABLE, "versionG": VERSION, "tableName": registry.city().city.name,
            "energyInfrastructureSite": rows}  # fmt: skip
    told = {**_head(found), "energyInfrastructureTable": [made]}
    return {"payload": {**PROFILE, "aegiEnergyInfrastructureTablePublication": told}}


def _head(found: Sequence[ChargingLocation]) -> dict[str, Any]:
    """What every publication begins with. The city's id at the national access point is unknown."""
    demo = any(one.invented for one in found)
    return {
        "lang": "de", "publicationTime": _instant(clock.now()),
        "publicationCreator": {"country": "DE", "nationalIdentifier": registry.city().city.name},
        "headerInformation": {"confidentiality": {"value": "noRestriction"},
                              "informationStatus": {"value": "test" if demo else "real"}},
    }  # fmt: skip


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat()


def _words(text: str) -> dict[str, Any]:
    return {"values": [{"lang": "de", "value": text[:1024]}]}


def _site(one: ChargingLocation, base: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "idG": one.uid, "versionG": VERSION, "name": _words(one.name),
        "lastUpdated": _instant(one.updated), "operatingHours": _hours(one.opening_hours),
        "locationReference": _place(one),
        "energyInfrastructureStation": [_station(one)],
    }  # fmt: skip
    if one.operator:
        told["operator"] = {"afacAnOrganisation": {"name": _words(one.operator)}}
    if one.page:
        told["informationWebsite"] = [{"urlLinkAddress": f"{base}{one.page}"}]
    notes = [_words(f"Quelle: {one.source} ({one.licence})")] if one.source else []
    if one.invented:
        notes.append(_words("Für die Demo erfunden"))
    if notes:
        told["additionalInformation"] = notes
    return told


def _hours(said: str) -> dict[str, Any]:
    """Day and night, or unknown: the words of OSM are put into `label`, which people read."""
    if said == "24/7":
        return {"afacOpenAllHours": {}}
    if not said:
        return {"afacUnknownOperatingHours": {}}
    since = datetime(2020, 1, 1, tzinfo=UTC)
    return {"afacOperatingHoursSpecification": {
        "idG": said[:100], "versionG": VERSION, "label": said[:1024],
        "overallPeriod": {"overallStartTime": _instant(since)},
    }}  # fmt: skip


def _place(one: ChargingLocation) -> dict[str, Any]:
    where = {"latitude": round(one.lat, 6), "longitude": round(one.lon, 6)}
    address: dict[str, Any] = {"countryCode": "DE", "addressLine": [
        {"order": 0, "type": {"value": "street"}, "text": _words(one.address)}]}  # fmt: skip
    if one.postcode:
        address["postcode"] = one.postcode
    if one.city:
        address["city"] = _words(one.city)
    return {"locPointLocation": {
        "coordinatesForDisplay": where, "pointByCoordinates": {"pointCoordinates": where},
        "locLocationExtensionG": {"FacilityLocation": {"address": address}},
    }}  # fmt: skip


def _station(one: ChargingLocation) -> dict[str, Any]:
    power = sum(max((plug.max_watt for plug in evse.connectors), default=0) for evse in one.evses)
    return {
        "idG": f"{one.uid}-station", "versionG": VERSION, "lastUpdated": _instant(one.updated),
        "operatingHours": _hours(one.opening_hours), "totalMaximumPower": power,
        "numberOfRefillPoints": len(one.evses),
        "serviceType": [{"serviceType": {"value": "unattended"}}],
        "refillPoint": [{"aegiElectricChargingPoint": _point(one, evse)} for evse in one.evses],
    }  # fmt: skip


def _point(one: ChargingLocation, evse: Evse) -> dict[str, Any]:
    power = sorted({plug.max_watt for plug in evse.connectors}, reverse=True)
    direct = any(plug.power_type == "DC" for plug in evse.connectors)
    told: dict[str, Any] = {
        "idG": evse.uid, "versionG": VERSION, "lastUpdated": _instant(evse.updated),
        "deliveryUnit": {"value": "kWh"}, "currentType": {"value": "dc" if direct else "ac"},
        "usageType": [{"value": "electricVehicle"}], "numberOfConnectors": len(evse.connectors),
        "availableChargingPower": power,
        "connector": [_connector(plug) for plug in evse.connectors],
    }  # fmt: skip
    if evse.evse_id:
        kind = {"value": "extendedG", "extendedValueG": "evseId"}
        told["externalIdentifier"] = [{"identifier": evse.evse_id, "typeOfIdentifier": kind}]
    if energy := _energy(one, evse):
        told["electricEnergy"] = [energy]
    return told


def _connector(plug: Connector) -> dict[str, Any]:
    return {
        "connectorType": {"value": CONNECTORS.get(plug.standard, "other")},
        "connectorFormat": {"value": "socket" if plug.format == "SOCKET" else "cableMode3"},
        "maxPowerAtSocket": plug.max_watt, "voltage": plug.max_voltage,
        "maximumCurrent": plug.max_amperage,
    }  # fmt: skip


def _energy(one: ChargingLocation, evse: Evse) -> dict[str, Any]:
    """Where the electricity is from, and what it costs on the spot."""
    used = {uid for plug in evse.connectors for uid in plug.tariffs}
    rates = [_rate(evse, each) for each in one.tariffs if each.id in used]
    told: dict[str, Any] = {}
    if one.renewable is not None:
        told["isGreenEnergy"] = one.renewable
    if rates:
        told["energyRate"] = rates
    return told


def rate_id(evse: Evse, tariff: ChargingTariff) -> str:
    """A rate belongs to a point, so its name has both."""
    return f"{evse.uid}-{tariff.id}"


def _rate(evse: Evse, tariff: ChargingTariff) -> dict[str, Any]:
    return {
        "idG": rate_id(evse, tariff), "ratePolicy": {"value": "adHoc"},
        "lastUpdated": _instant(tariff.updated), "applicableCurrency": [tariff.currency],
        "rateName": _words(tariff.title), "energyPrice": prices(tariff),
    }  # fmt: skip


def prices(tariff: ChargingTariff) -> list[dict[str, Any]]:
    """Prices with tax: for a kWh, a start, a minute; `fromMinute` where they begin later."""
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for element in tariff.elements:
        limits: Any = element.get("restrictions") or {}
        parts: Any = element.get("price_components") or []
        for part in parts:
            one = _price(part, limits, tariff.vat_per_mille)
            # Charging and standing have one price each; where they are alike it is told once.
            key = (one["priceType"]["value"], limits.get("min_duration", 0))
            found.setdefault(key, one)
    return list(found.values())


def _price(part: dict[str, Any], limits: dict[str, Any], per_mille: int) -> dict[str, Any]:
    vat = part.get("vat", per_mille / 10)
    gross = float(part["price"]) * (1 + vat / 100)
    kind = {"ENERGY": "pricePerKWh", "FLAT": "basePrice"}.get(part["type"], "pricePerMinute")
    if kind == "pricePerMinute":
        gross /= 60
    told: dict[str, Any] = {"priceType": {"value": kind}, "value": round(gross, 4),
                            "taxIncluded": True, "taxRate": vat}  # fmt: skip
    if limits.get("min_duration"):
        told["timeBasedApplicability"] = {"fromMinute": limits["min_duration"] // 60}
    if limits.get("start_time") and limits.get("end_time"):
        told["additionalInformation"] = _words(
            f"nur von {limits['start_time']} bis {limits['end_time']} Uhr"
        )
    return told


def status_of(found: Sequence[ChargingLocation]) -> dict[str, Any]:
    """A message container with an `aegiEnergyInfrastructureStatusPublication`."""
    told = {
        **_head(found),
        "tableReference": [_reference(TABLE, "EnergyInfrastructureTable")],
        "energyInfrastructureSiteStatus": [_site_status(one) for one in found if one.evses],
    }
    exchange = {
        "exchangeContext": {"codedExchangeProtocol": {"value": "snapshotPull"},
                            "exchangeSpecificationVersion": "3.0", "supplierOrCisRequester": {}},
        "dynamicInformation": {"exchangeStatus": {"value": "online"},
                               "messageGenerationTimestamp": _instant(clock.now())},
    }  # fmt: skip
    payload = {**PROFILE, "aegiEnergyInfrastructureStatusPublication": told}
    return {"messageContainer": {"payload": [payload], "exchangeInformation": exchange}}


def _reference(key: str, target: str = "FacilityObject") -> dict[str, str]:
    return {"targetClass": target, "idG": key, "versionG": VERSION}


def _site_status(one: ChargingLocation) -> dict[str, Any]:
    station = {
        "reference": _reference(f"{one.uid}-station"),
        "isAvailable": any(evse.status == "AVAILABLE" for evse in one.evses),
        "refillPointStatus": [{"aegiElectricChargingPointStatus": _point_status(one, evse)}
                              for evse in one.evses],
    }  # fmt: skip
    return {"reference": _reference(one.uid), "energyInfrastructureStationStatus": [station]}


def _point_status(one: ChargingLocation, evse: Evse) -> dict[str, Any]:
    told: dict[str, Any] = {"reference": _reference(evse.uid),
                            "status": {"value": STATUSES[evse.status]}}  # fmt: skip
    if evse.status_at and evse.live:
        told["lastUpdated"] = _instant(evse.status_at)
    used = {uid for plug in evse.connectors for uid in plug.tariffs}
    rates = [each for each in one.tariffs if each.id in used]
    if rates:
        told["energyRateUpdate"] = [
            {"lastUpdated": _instant(each.updated), "energyPrice": prices(each),
             "energyRateReference": {"targetClass": "EnergyRate", "idG": rate_id(evse, each)}}
            for each in rates
        ]  # fmt: skip
    return told
