"""What the meter says while a car charges: kept once per instant, never more than was told."""

from collections.abc import Sequence

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import proof
from stadtkern.systems.charging.logic.repair import closing
from stadtkern.systems.charging.logic.samples import Sample
from stadtkern.systems.charging.logic.transactions import bill, locks
from stadtkern.systems.charging.models import ChargePoint, Outlet, Reading, Transaction


def take(
    point: ChargePoint, number: int | None, samples: Sequence[Sample], transaction_number: int = 0
) -> None:
    """Meter values of an outlet (None or 0: of the point itself, which nobody is billed for)."""
    if not samples:
        return
    with transaction.atomic():
        outlet = locks.outlet_of(point, number)
        if outlet is not None:
            _show(outlet, samples[-1])
        found = _meant(point, outlet, transaction_number)
        if found is not None:
            take_for(found, samples)


def _meant(point: ChargePoint, outlet: Outlet | None, number: int) -> Transaction | None:
    rows = Transaction.objects.select_for_update().filter(point=point)
    if number > 0 and (named := rows.filter(pk=number).first()):
        return named
    return rows.filter(evse=outlet.evse_id, state="active").first() if outlet else None


def _show(outlet: Outlet, last: Sample) -> None:
    """The newest state of the outlet's meter."""
    if outlet.metered is not None and last.at < outlet.metered:
        return
    outlet.metered = last.at
    outlet.register_wh = last.wh if last.wh is not None else outlet.register_wh
    outlet.power_w = last.w if last.w is not None else outlet.power_w
    if (last.w or last.a or 0) > 0:
        outlet.drew = last.at
    outlet.save(update_fields=["metered", "register_wh", "power_w", "drew"])


def take_for(found: Transaction, samples: Sequence[Sample]) -> None:
    """Values of a transaction that the caller has locked."""
    own = keep(found, samples)
    registers = [
        one for one in own
        if one.wh is not None and one.wh >= found.meter_last_wh
        and proof.believable(found, one.wh, one.at)
    ]  # fmt: skip
    if registers:
        found.meter_last_wh, found.meter_last_at = int(registers[-1].wh or 0), registers[-1].at
    powers = [one.w for one in own if one.w is not None]
    found.power_w = powers[-1] if powers else found.power_w
    found.heard = found.changed = clock.now()
    if found.state == "ended":
        _late(found, registers)
    found.save()


def keep(found: Transaction, samples: Sequence[Sample]) -> list[Sample]:
    """Store those that belong to it, each instant once; what it has drawn stays as it is."""
    own = [one for one in samples if one.at >= found.started]
    Reading.objects.bulk_create(
        [Reading(transaction=found, at=s.at, wh=s.wh, w=s.w, a=s.a, soc=s.soc) for s in own],
        ignore_conflicts=True,
    )
    return own


def _late(found: Transaction, registers: Sequence[Sample]) -> None:
    """Values that were on their way while the city took it for over."""
    found.power_w = None
    if not (registers and found.repaired and not found.reason):
        found.meter_last_wh = found.meter_stop_wh or found.meter_last_wh
        return
    before = found.meter_stop_wh or 0
    found.meter_stop_wh = found.meter_last_wh
    found.ended = max(found.ended or registers[-1].at, registers[-1].at)
    closing.note(found, "corrected", {"before": before, "after": found.meter_stop_wh})
    bill.freeze(found)
