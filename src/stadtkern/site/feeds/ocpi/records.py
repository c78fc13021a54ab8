"""Sessions and their bills as OCPI 2.2.1 writes them (9.3, 10.3); nobody's card number in them."""

from collections import defaultdict
from typing import Any, Final

from stadtkern.kernel.feeds.roaming import Bill, Desk, Plug, Session, Stretch
from stadtkern.site.feeds.ocpi.door import stamp
from stadtkern.site.feeds.ocpi.objects import party

KINDS: Final = {"ENERGY": "total_energy_cost", "TIME": "total_time_cost",
                "PARKING_TIME": "total_parking_cost", "FLAT": "total_fixed_cost"}  # fmt: skip
PLACES: Final = 4


def token(desk: Desk, found: Session) -> dict[str, str]:
    """10.4.5, with pseudonyms instead of numbers."""
    return {**party(desk), "uid": found.token, "type": found.token_kind,
            "contract_id": found.token}  # fmt: skip


def _auth(found: Session) -> str:
    return "AUTH_REQUEST" if found.asked else "WHITELIST"


def session(desk: Desk, found: Session) -> dict[str, Any]:
    """9.3.1."""
    told: dict[str, Any] = {
        **party(desk), "id": found.id, "start_date_time": stamp(found.started),
        "kwh": round(found.wh / 1000, PLACES), "cdr_token": token(desk, found),
        "auth_method": _auth(found), "location_id": found.plug.location,
        "evse_uid": found.plug.evse, "connector_id": found.plug.connector, "currency": "EUR",
        "status": "COMPLETED" if found.ended else "ACTIVE", "last_updated": stamp(found.updated),
    }  # fmt: skip
    if found.ended:
        told["end_date_time"] = stamp(found.ended)
    if found.net_cents is not None:
        told["total_cost"] = _price(found.net_cents, found.gross_cents or 0)
    return told


def _price(net: int, gross: int) -> dict[str, float]:
    return {"excl_vat": net / 100, "incl_vat": gross / 100}


def cdr(desk: Desk, found: Bill) -> dict[str, Any]:
    """10.3.1; the totals are the sums of the charging periods as they are told here."""
    gone = found.session
    assert gone.ended is not None
    sign = -1 if found.credits else 1
    told: dict[str, Any] = {
        **party(desk), "id": found.id, "session_id": gone.id,
        "start_date_time": stamp(gone.started), "end_date_time": stamp(gone.ended),
        "cdr_token": token(desk, gone), "auth_method": _auth(gone),
        "cdr_location": place(gone.plug), "currency": "EUR",
        "charging_periods": [period(one) for one in found.stretches],
        "total_cost": _price(sign * found.net_cents, sign * found.gross_cents),
        **_costs(found), **_totals(found), "last_updated": stamp(found.made),
    }  # fmt: skip
    if found.remark:
        told["remark"] = found.remark[:255]
    if found.credits:
        # Only the total is negative, all else is as in what it takes back (10.1.1).
        told |= {"credit": True, "credit_reference_id": found.credits}
    return told


def _totals(found: Bill) -> dict[str, float]:
    sums: dict[bool, float] = defaultdict(float)
    for one in found.stretches:
        sums[one.parks] += one.hours
    return {
        "total_energy": round(sum(one.kwh for one in found.stretches), PLACES),
        "total_time": round(sums[True] + sums[False], PLACES),
        "total_parking_time": round(sums[True], PLACES),
    }  # fmt: skip


def _costs(found: Bill) -> dict[str, dict[str, float]]:
    """What each kind of component costs, as it was sealed."""
    return {KINDS[kind]: {"excl_vat": net, "incl_vat": gross}
            for kind, (net, gross) in found.costs.items() if kind in KINDS}  # fmt: skip


def period(one: Stretch) -> dict[str, Any]:
    """10.4.6: kWh, and hours of charging or of standing there."""
    kind = "PARKING_TIME" if one.parks else "TIME"
    return {
        "start_date_time": stamp(one.begins),
        "dimensions": [{"type": "ENERGY", "volume": one.kwh}, {"type": kind, "volume": one.hours}],
    }  # fmt: skip


def place(plug: Plug) -> dict[str, Any]:
    """10.4.4. `evse_id` is empty where the point has no official number: none is invented."""
    told: dict[str, Any] = {
        "id": plug.location, "name": plug.name[:255], "address": plug.address[:45],
        "city": plug.city[:45] or "-", "country": "DEU", "evse_uid": plug.evse,
        "evse_id": plug.evse_id, "connector_id": plug.connector,
        "coordinates": {"latitude": f"{plug.lat:.6f}", "longitude": f"{plug.lon:.6f}"},
        "connector_standard": plug.standard, "connector_format": plug.format,
        "connector_power_type": plug.power_type,
    }  # fmt: skip
    if plug.postcode:
        told["postal_code"] = plug.postcode
    return told
