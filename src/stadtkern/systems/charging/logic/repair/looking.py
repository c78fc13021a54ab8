"""Looks for sessions that have ended without anybody saying so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic.limits import plan
from stadtkern.systems.charging.logic.repair import closing
from stadtkern.systems.charging.logic.transactions import locks
from stadtkern.systems.charging.models import Outlet, Transaction

log = structlog.get_logger("charging")

# After a restart a point first sends what it kept; then it has had its say.
AFTER_BOOT: Final = timedelta(minutes=5)
IDLE: Final = timedelta(hours=2)
SILENT: Final = timedelta(hours=48)
# OCPP 1.6, 4.9: what an outlet is called where no session is on; a car may still be plugged in.
FREE: Final = ("Available", "Preparing", "Finishing", "Reserved")


@dataclass(frozen=True, kw_only=True, slots=True)
class Signs:
    """What is known of an open session: the instants that decide, None where there is none."""

    last_sign: datetime
    free_since: datetime | None
    booted: datetime | None
    connected: bool
    point_heard: datetime | None
    placed: bool = True


def why(signs: Signs, now: datetime) -> str:
    """The repair that this session needs, or "".

    A point that is not connected may still hold the end in its queue: only long silence counts.
    """
    if not signs.connected:
        heard = max(signs.last_sign, signs.point_heard or signs.last_sign)
        return "silent" if now - heard > SILENT else ""
    if not signs.placed:
        # No outlet can tell that it is free again.
        return "silent" if now - signs.last_sign > SILENT else ""
    free = signs.free_since
    if free is None or free < signs.last_sign:
        return ""
    if signs.booted is not None and signs.last_sign < signs.booted <= free + AFTER_BOOT:
        return "rebooted" if now - max(free, signs.booted) > AFTER_BOOT else ""
    return "idle" if now - free > IDLE else ""


def look() -> int:
    """Repair what needs it; returns how many. Each stands for itself."""
    rows = Transaction.objects.filter(state="active").values_list("pk", flat=True)
    return sum(_repaired(number) for number in list(rows))


def _repaired(number: int) -> bool:
    with transaction.atomic():
        found = Transaction.objects.select_related("point").get(pk=number)
        outlet = locks.outlet_at(found.evse_id)
        point, found = found.point, locks.transaction_of(found)
        if found.state != "active":
            return False
        found.point = point
        reason = why(signs_of(found, outlet), clock.now())
        if not reason:
            return False
        closing.close(found, reason)
        if outlet is not None:
            plan.soon(outlet.evse.location_id)
    log.info("session repaired", number=number, why=reason)
    return True


def signs_of(found: Transaction, outlet: Outlet | None) -> Signs:
    """The instants of one session."""
    free = outlet is not None and outlet.own in FREE
    point = found.point
    return Signs(
        last_sign=max(found.started, found.meter_last_at or found.started),
        free_since=outlet.own_at if outlet is not None and free else None,
        booted=point.booted, connected=point.is_connected, point_heard=point.heard,
        placed=outlet is not None,
    )  # fmt: skip
