"""ParkAPI v3: sites, single spaces and sources, as `parkapi-sources` validates them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from stadtkern.kernel.feeds.parking import Audience, Count, Facility, Price, Spot
from stadtkern.site.feeds import selection
from stadtkern.site.feeds.publication import Publication, utc

# The standard's ends of `capacity_...` and its kinds of restriction.
ENDS: Final[Mapping[Audience, str]] = {
    "disabled": "disabled", "electric": "charging", "family": "family",
}  # fmt: skip
RESTRICTIONS: Final[Mapping[Audience, str]] = {
    "disabled": "DISABLED", "electric": "CHARGING", "family": "FAMILY",
}  # fmt: skip
OPENING: Final = {"open": "OPEN", "closed": "CLOSED", "unknown": "UNKNOWN"}
STATES: Final = {"free": "AVAILABLE", "taken": "TAKEN", "blocked": "TAKEN", "unknown": "UNKNOWN"}
REGISTERS: Final = {"osm": "OSM", "dhid": "DHID"}
SPOT_KINDS: Final = frozenset(
    ("ON_STREET", "OFF_STREET_PARKING_GROUND", "UNDERGROUND", "CAR_PARK", "LOCKERS", "LOCKBOX")
)
Row = dict[str, Any]


def number(uid: str) -> int:
    """The number of a record: made of its uid, so the same on every machine; below 2**48."""
    return int.from_bytes(hashlib.sha256(uid.encode()).digest()[:6])


def sites(publication: Publication, *, total: int, next_path: str = "") -> bytes:
    """A page of sites with static and live values together; `total` counts all pages."""
    rows = [site(publication, one) for one in publication.facilities]
    told: Row = {"items": rows, "total_count": total}
    return msgspec.json.encode({**told, "next_path": next_path} if next_path else told)


def spots(publication: Publication, *, total: int, next_path: str = "") -> bytes:
    """The single spaces of the sites."""
    rows = [_spot(one, spot) for one in publication.facilities for spot in one.spots]
    told: Row = {"items": rows, "total_count": total}
    return msgspec.json.encode({**told, "next_path": next_path} if next_path else told)


def one_site(publication: Publication) -> bytes:
    """The first site alone."""
    return msgspec.json.encode(site(publication, publication.facilities[0]))


def sources(publication: Publication) -> bytes:
    """Where the sites come from, with the licence and the credit that each of them asks for."""
    own = selection.own_source()
    by_source: dict[str, list[Facility]] = {own: []}
    for one in publication.facilities:
        by_source.setdefault(selection.source_of(one), []).append(one)
    rows = [_source(publication, uid, found) for uid, found in by_source.items()]
    return msgspec.json.encode({"items": rows, "total_count": len(rows)})


def _source(publication: Publication, uid: str, found: Sequence[Facility]) -> Row:
    first = found[0] if found else None
    name = first.provider_name if first and first.provider else publication.publisher
    told: Row = {
        "id": number(f"source:{uid}"), "uid": uid, "name": name,
        "public_url": publication.url("/"),
        "attribution_license": "; ".join(sorted({one.licence for one in found if one.licence})),
        "attribution_contributor": name if uid == selection.own_source() else
        "; ".join(sorted({one.source for one in found if one.source}))[:256],
        "static_status": "ACTIVE", "realtime_status": "ACTIVE",
        "parking_site_count": len(found),
    }  # fmt: skip
    if found:
        told["static_data_updated_at"] = utc(max(one.static_at for one in found))
    measured = [one.at for one in found if one.at]
    return {**told, "realtime_data_updated_at": utc(max(measured))} if measured else told


def site(publication: Publication, one: Facility) -> Row:
    """A site; what is not known is missing. `modified_at` is not when it was measured."""
    told: Row = {
        "id": number(one.uid), "uid": one.uid, "original_uid": one.uid,
        "source_id": number(f"source:{selection.source_of(one)}"),
        "source_uid": selection.source_of(one),
        "name": one.name[:256], "purpose": one.purpose, "type": one.kind,
        "lat": round(one.lat, 7), "lon": round(one.lon, 7), "capacity": one.all.capacity,
        "has_realtime_data": one.live and one.at is not None,
        "static_data_updated_at": utc(one.static_at), "modified_at": utc(one.static_at),
        "public_url": publication.url(one.page), "park_and_ride_type": list(one.park_and_ride),
        "external_identifiers": list(_outside(one)),
        "tags": ["invented"] if one.invented else [],
        "attribution": {"contributor": one.source, "license": one.licence},
        "entrances": [{"lat": e.lat, "lon": e.lon, "kind": e.kind} for e in one.entrances],
        **_facts(one), **_capacities(one.counts),
    }  # fmt: skip
    return {**told, **_live(one)} if told["has_realtime_data"] else told


def _facts(one: Facility) -> Row:
    known: Row = {
        "operator_name": one.operator[:256], "address": one.address[:512],
        "description": one.note[:4096],
        # Minutes here, seconds in the standard.
        "max_stay": one.max_stay_minutes * 60 if one.max_stay_minutes else None,
        "max_height": one.max_height_cm, "is_covered": one.covered, "has_fee": one.has_fee,
        "fee_description": (one.fee_text or _prices(one.prices))[:4096],
        "opening_hours": one.opening_hours[:512],
    }  # fmt: skip
    return {key: value for key, value in known.items() if value not in (None, "")}


def _prices(prices: Sequence[Price]) -> str:
    return "; ".join(f"{one.title}: {one.cents // 100},{one.cents % 100:02d} EUR" for one in prices)


def _capacities(counts: Sequence[Count]) -> Row:
    return {
        f"capacity_{ENDS[one.audience]}": one.capacity
        for one in counts if one.audience in ENDS
    }  # fmt: skip


def _live(one: Facility) -> Row:
    """The live values. A number that is too old is missing: null is not zero."""
    told: Row = {"realtime_opening_status": OPENING[one.opening],
                 "realtime_capacity": one.all.capacity}  # fmt: skip
    if one.at is not None:
        told["realtime_data_updated_at"] = utc(one.at)
    if one.free is not None:
        told["realtime_free_capacity"] = one.free
    if one.confidence is not None:
        told["realtime_confidence"] = round(one.confidence, 3)
    for count in one.counts:
        free = one.vacant(count)
        if count.audience in ENDS and free is not None:
            told[f"realtime_free_capacity_{ENDS[count.audience]}"] = free
    return told


def _outside(one: Facility) -> Iterator[Mapping[str, str]]:
    for register, name in one.outside_ids:
        if register.lower() in REGISTERS:
            yield {"type": REGISTERS[register.lower()], "value": name}


def _spot(one: Facility, spot: Spot) -> Row:
    told: Row = {
        "id": number(spot.uid), "uid": spot.uid, "parking_site_id": number(one.uid),
        "parking_site_uid": one.uid, "source_uid": selection.source_of(one),
        "name": spot.name[:256], "purpose": one.purpose,
        "lat": round(spot.lat, 7), "lon": round(spot.lon, 7),
        "has_realtime_data": spot.at is not None,
        "static_data_updated_at": utc(one.static_at), "restrictions": _restrictions(spot),
        "restricted_to": _restrictions(spot),
    }  # fmt: skip
    if one.kind in SPOT_KINDS:
        told["type"] = one.kind
    if spot.at is not None:
        told |= {"realtime_data_updated_at": utc(spot.at), "realtime_status": STATES[spot.state]}
    return told


def _restrictions(spot: Spot) -> list[Row]:
    said: Row = {}
    if spot.audience in RESTRICTIONS:
        said["type"] = RESTRICTIONS[spot.audience]
    if spot.max_stay_minutes:
        said["max_stay"] = f"PT{spot.max_stay_minutes}M"
    return [said] if said else []
