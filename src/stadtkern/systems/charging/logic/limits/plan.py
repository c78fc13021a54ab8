"""Keeps the limit of a location: reckons the shares anew when cars come and go, and tells them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from django.db import connection, transaction

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic.commands import asking
from stadtkern.systems.charging.logic.limits.shares import LEAST_A, Draw, shares, step
from stadtkern.systems.charging.models import Command, Connector, Location, Outlet, Transaction

log = structlog.get_logger("charging")

# Who waits gets its turn after so long.
TURN: Final = timedelta(minutes=15)
PHASES: Final = {"AC_1_PHASE": 1, "AC_2_PHASE": 2, "AC_2_PHASE_SPLIT": 2, "AC_3_PHASE": 3, "DC": 1}
EXPIRES: Final = timedelta(minutes=2)
# "LIMI" in ASCII: the first half of the advisory lock.
LOCK: Final = 0x4C494D49


def soon(location: int) -> None:
    """Reckon once the caller's transaction is committed; nothing where there is no limit."""

    def later() -> None:
        try:
            make(location)
        except Exception:
            # A car that begins or ends is on record already: the next round reckons again.
            log.exception("limit not reckoned", location=location)

    transaction.on_commit(later)


def all_sites() -> int:
    """Every location with a limit, for those who wait; returns how many."""
    rows = Location.objects.filter(site_limit_w__isnull=False).values_list("pk", flat=True)
    for number in list(rows):
        make(number)
    return len(rows)


def make(location: int) -> dict[int, int]:
    """Tell points what changes at this location; by outlet, in amperes."""
    with transaction.atomic():
        _alone(location)
        site = Location.objects.filter(pk=location).first()
        if site is None or site.site_limit_w is None:
            return {}
        outlets = list(
            Outlet.objects.filter(evse__location=location, point__admission="accepted")
            .select_for_update(of=("self",)).select_related("point").order_by("point_id", "number")
        )  # fmt: skip
        draws = draws_of(outlets)
        wanted = shares(site.site_limit_w, draws)
        held = {one.pk: one.held_a for one in outlets if one.held_a is not None}
        told = step(site.site_limit_w, draws, held, _asked(outlets), wanted)
        # Fast chargers think in watts of what the car gets, not in amperes of a cable.
        watt_per_amp = {one.key: one.w_per_a for one in draws if one.direct}
        for outlet in outlets:
            if outlet.pk in told:
                _tell(outlet, told[outlet.pk], watt_per_amp.get(outlet.pk))
        return told


def _alone(location: int) -> None:
    """One at a time reckons for a location, by a lock that nobody else takes.

    Statuses lock an outlet and then its location: to lock them the other way round would be a
    deadlock now and then.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK, location])


def draws_of(outlets: Sequence[Outlet]) -> list[Draw]:
    """What stands at each outlet now."""
    active = set(
        Transaction.objects.filter(state="active", evse__in=[one.evse_id for one in outlets])
        .values_list("evse_id", flat=True)
    )  # fmt: skip
    plugs: dict[int, Connector] = {}
    rows = Connector.objects.filter(evse__in=[one.evse_id for one in outlets])
    for one in rows.order_by("evse", "-max_watt"):
        plugs.setdefault(one.evse_id, one)
    return [_draw(one, plugs.get(one.evse_id), one.evse_id in active) for one in outlets]


def _draw(outlet: Outlet, plug: Connector | None, charges: bool) -> Draw:
    phases = PHASES.get(plug.power_type, 3) if plug else 3
    volts = plug.max_voltage if plug else 230
    # OCPI tells the voltage between conductors for three phases: 400 V are 230 V each.
    each = round(volts / 3**0.5) if phases == 3 and volts >= 380 else volts
    waited = 0.0
    if outlet.held_a is not None and outlet.held_a < LEAST_A and charges:
        waited = TURN.total_seconds() + (
            clock.age(outlet.drew).total_seconds() if outlet.drew else 1e6
        )
    elif charges and outlet.drew and clock.age(outlet.drew) > TURN:
        # It may draw and does not: full, or asleep. Others come before it.
        waited = -1.0
    return Draw(
        key=outlet.pk, w_per_a=phases * each, most_a=plug.max_amperage if plug else 32,
        charges=charges, waited=waited, direct=plug is not None and plug.power_type == "DC",
    )  # fmt: skip


def _asked(outlets: Sequence[Outlet]) -> dict[int, int]:
    """Limits that are on their way."""
    rows = Command.objects.filter(
        outlet__in=outlets, action="SetChargingProfile", state__in=("pending", "sent")
    )
    return {one.outlet_id: int(one.wanted.get("amps", 0)) for one in rows if one.outlet_id}


def _tell(outlet: Outlet, amps: int, watt_per_amp: int | None) -> None:
    Outlet.objects.filter(pk=outlet.pk).update(limit_a=amps)
    watt = {} if watt_per_amp is None else {"watt": amps * watt_per_amp}
    asking.ask(
        outlet.point, "SetChargingProfile", by="system", outlet=outlet,
        wanted={"amps": amps, **watt}, lives=EXPIRES, on_record=False,
    )  # fmt: skip
