"""What a point says of its outlets, and what that means for those who look for a free one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from stadtkern.systems.charging.logic import live
from stadtkern.systems.charging.models import ChargePoint, Outlet, Transaction

# OCPP 1.6, 7.7 ChargePointStatus, and 2.0.1, 3.19 ConnectorStatusEnumType, as OCPI 2.2.1, 8.4.22.
# A car that is plugged in and does not charge blocks the place.
MEANING: Final = {
    "Available": "AVAILABLE",
    "Preparing": "BLOCKED",
    "Charging": "CHARGING",
    "SuspendedEV": "CHARGING",
    "SuspendedEVSE": "CHARGING",
    "Finishing": "BLOCKED",
    "Reserved": "RESERVED",
    "Unavailable": "INOPERATIVE",
    "Faulted": "OUTOFORDER",
    "Occupied": "BLOCKED",
}
# Told of the point itself (connector 0) these hold for all that hangs on it.
FOR_ALL: Final = ("Unavailable", "Faulted")
# An EVSE of 2.0.1 has one status for each plug: the first of these that any has is the EVSE's.
ORDER: Final = ("Occupied", "Reserved", "Available", "Unavailable", "Faulted")


def told_of_point(point: ChargePoint, status: str, at: datetime, *, error: str = "") -> None:
    """Connector 0: when it is well again, each outlet is what it last said of itself."""
    if point.whole_at is not None and at < point.whole_at:
        return
    point.whole, point.whole_at, point.problem = status, at, error
    point.save(update_fields=["whole", "whole_at", "problem"])
    for outlet in Outlet.objects.select_for_update(of=("self",)).filter(point=point):
        outlet.point = point
        publish(outlet, at)


def told(outlet: Outlet, status: str, at: datetime, *, error: str = "", plug: int = 1) -> bool:
    """One outlet, which the caller has locked; what is older than what we know changes nothing."""
    if outlet.own_at is not None and at < outlet.own_at:
        return False
    outlet.plugs = {**outlet.plugs, str(plug): status}
    outlet.own = _of_all(outlet.plugs.values())
    outlet.own_at, outlet.error = at, error
    outlet.save(update_fields=["plugs", "own", "own_at", "error"])
    publish(outlet, at)
    return True


def publish(outlet: Outlet, at: datetime) -> None:
    """Tell the map what this outlet is now."""
    live.tell(outlet.evse_id, effective(outlet), at, error=outlet.error)


def effective(outlet: Outlet) -> str:
    """The status in words of OCPI, with the point's own and a car that charges considered."""
    charges = Transaction.objects.filter(evse=outlet.evse_id, state="active").exists()
    if outlet.point.whole in FOR_ALL and not charges:
        return MEANING[outlet.point.whole]
    meaning = MEANING.get(outlet.own, "UNKNOWN")
    return "CHARGING" if charges and meaning in ("BLOCKED", "UNKNOWN") else meaning


def _of_all(plugs: Iterable[str]) -> str:
    have = set(plugs)
    if len(have) == 1:
        return next(iter(have))
    return next((one for one in ORDER if one in have), min(have))
