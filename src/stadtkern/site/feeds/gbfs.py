"""Vehicles that the city's own systems share, as GBFS 3.0. Fleets of others are not told again.

The city's first fleet is at the promised address; each is below `/api/gbfs/<id>/` too, and
`manifest.json` names them all.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponseBase

from stadtkern.kernel import clock, feeds, registry
from stadtkern.kernel.catalogue.doors.answers import Refused
from stadtkern.kernel.feeds.sharing import SharedFleet, SharedVehicle, Station, VehicleType
from stadtkern.site.feeds.door import JSON, answer, feed

VERSION: Final = "3.0"
TTL: Final = 60
Write = Callable[[SharedFleet, str], dict[str, Any]]


def ours() -> list[SharedFleet]:
    """What this city publishes itself."""
    return sorted((one for one in feeds.records("sharing") if one.ours), key=lambda one: one.id)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _text(text: str) -> list[dict[str, str]]:
    return [{"text": text, "language": "de"}]


@feed
def one(request: HttpRequest, name: str, fleet: str = "") -> HttpResponseBase:
    """One file of a fleet. Raises Refused (404): no such fleet or file."""
    found = [each for each in ours() if not fleet or each.id == fleet]
    write = FILES.get(name)
    if not found or write is None:
        raise Refused("name", "no such file; begin with gbfs.json", status=404)
    base = request.build_absolute_uri(f"/api/gbfs/{found[0].id}").rstrip("/")
    told, now = write(found[0], base), clock.now()
    return answer(request, [found[0], name], _changed(found[0], now), JSON,
                  lambda: _whole(told, now))  # fmt: skip


@feed
def manifest(request: HttpRequest) -> HttpResponseBase:
    """All fleets with their addresses."""
    now = clock.now()
    sets = [
        {"system_id": each.id, "versions": [{
            "version": VERSION,
            "url": request.build_absolute_uri(f"/api/gbfs/{each.id}/gbfs.json"),
        }]} for each in ours()
    ]  # fmt: skip
    return answer(request, sets, now, JSON, lambda: _whole({"datasets": sets}, now))


def _changed(fleet: SharedFleet, now: datetime) -> datetime:
    times = [one.at for one in fleet.vehicles] + [one.at for one in fleet.stations]
    return max(times, default=now)


def _whole(data: dict[str, Any], now: datetime) -> bytes:
    return msgspec.json.encode(
        {"last_updated": _stamp(now), "ttl": TTL, "version": VERSION, "data": data}
    )


def _index(_fleet: SharedFleet, base: str) -> dict[str, Any]:
    names = [name for name in FILES if name != "gbfs"]
    return {"feeds": [{"name": name, "url": f"{base}/{name}.json"} for name in names]}


def _versions(_fleet: SharedFleet, base: str) -> dict[str, Any]:
    return {"versions": [{"version": VERSION, "url": f"{base}/gbfs.json"}]}


def _system(fleet: SharedFleet, base: str) -> dict[str, Any]:
    root = base.split("/api/")[0]
    city = registry.city().city
    told: dict[str, Any] = {
        "system_id": fleet.id, "languages": ["de"], "name": _text(fleet.name),
        "opening_hours": fleet.opening_hours, "timezone": city.time_zone,
        "feed_contact_email": fleet.email or city.contact,
    }  # fmt: skip
    if fleet.operator:
        told["operator"] = _text(fleet.operator)
    if fleet.url:
        told["url"] = told["purchase_url"] = f"{root}{fleet.url}"
    return told


def _types(fleet: SharedFleet, _base: str) -> dict[str, Any]:
    return {"vehicle_types": [_type(each) for each in fleet.types]}


def _type(each: VehicleType) -> dict[str, Any]:
    told: dict[str, Any] = {
        "vehicle_type_id": each.id, "form_factor": each.form_factor,
        "propulsion_type": each.propulsion, "name": _text(each.name),
        "return_constraint": "roundtrip_station",
    }  # fmt: skip
    if each.range_m is not None:
        told["max_range_meters"] = each.range_m
    return told


def _stations(fleet: SharedFleet, _base: str) -> dict[str, Any]:
    return {"stations": [_station(each) for each in fleet.stations]}


def _station(each: Station) -> dict[str, Any]:
    told: dict[str, Any] = {"station_id": each.id, "name": _text(each.name), "lat": each.lat,
                            "lon": each.lon}  # fmt: skip
    if each.address:
        told["address"] = each.address
    if each.capacity is not None:
        told["capacity"] = each.capacity
    return told


def _station_status(fleet: SharedFleet, _base: str) -> dict[str, Any]:
    return {"stations": [_filled(each, fleet) for each in fleet.stations]}


def _filled(each: Station, fleet: SharedFleet) -> dict[str, Any]:
    """A station whose number is not known rents nothing: it must name a number."""
    told: dict[str, Any] = {
        "station_id": each.id, "num_vehicles_available": each.vehicles or 0,
        "is_installed": True, "is_renting": each.renting and each.vehicles is not None,
        "is_returning": each.returning, "last_reported": _stamp(each.at),
    }  # fmt: skip
    if each.docks is not None:
        told["num_docks_available"] = each.docks
    if fleet.types:
        told["vehicle_types_available"] = _by_type(each, fleet)
    return told


def _by_type(each: Station, fleet: SharedFleet) -> list[dict[str, Any]]:
    """How many of each sort there are; where there is one sort only, all are of it."""
    if len(fleet.types) == 1:
        return [{"vehicle_type_id": fleet.types[0].id, "count": each.vehicles or 0}]
    here = Counter(one.type for one in fleet.vehicles
                   if one.station == each.id and not one.reserved and not one.disabled)  # fmt: skip
    return [{"vehicle_type_id": kind.id, "count": here[kind.id]} for kind in fleet.types]


def _vehicles(fleet: SharedFleet, _base: str) -> dict[str, Any]:
    ranges = {each.id: each.range_m for each in fleet.types}
    return {"vehicles": [_vehicle(each, ranges.get(each.type)) for each in fleet.vehicles]}


def _vehicle(each: SharedVehicle, most: int | None) -> dict[str, Any]:
    """`current_range_meters` must be there where a motor is: 0 where it is not known, and then
    the vehicle is told as not to be had."""
    told: dict[str, Any] = {
        "vehicle_id": each.id, "vehicle_type_id": each.type, "is_reserved": each.reserved,
        "is_disabled": each.disabled or (most is not None and each.left_m is None),
        "last_reported": _stamp(each.at),
    }  # fmt: skip
    if most is not None:
        told["current_range_meters"] = each.left_m or 0
    if each.station:
        told["station_id"] = each.station
    elif each.lat is not None and each.lon is not None:
        told["lat"], told["lon"] = each.lat, each.lon
    return told


FILES: Final[dict[str, Write]] = {
    "gbfs": _index, "gbfs_versions": _versions, "system_information": _system,
    "vehicle_types": _types, "station_information": _stations,
    "station_status": _station_status, "vehicle_status": _vehicles,
}  # fmt: skip
