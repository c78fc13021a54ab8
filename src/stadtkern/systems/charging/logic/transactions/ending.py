"""A car has charged: the end is told once, twice, late, or for something that never began."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import proof, statuses, tokens
from stadtkern.systems.charging.logic.limits import plan
from stadtkern.systems.charging.logic.repair import closing
from stadtkern.systems.charging.logic.samples import Sample
from stadtkern.systems.charging.logic.transactions import bill, locks, metering
from stadtkern.systems.charging.models import ChargePoint, Outlet, Transaction

# A stop that names no transaction is looked for among those that began within this.
LONGEST = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """What a point tells of it; `number` is -1, 0 or unknown after a beginning without us."""

    number: int
    at: datetime
    meter_wh: int
    token: str = ""
    reason: str = ""
    samples: Sequence[Sample] = ()


def end(point: ChargePoint, told: Ending) -> Transaction:
    """The transaction that this ends; one is made where none began."""
    with transaction.atomic():
        found = _meant(point, told)
        if found is None:
            return _alone(point, told)
        outlet = locks.outlet_at(found.evse_id)
        found = locks.transaction_of(found)
        if found.state == "ended":
            return _again(found, told)
        metering.take_for(found, told.samples)
        finish(found, at=told.at, meter_wh=told.meter_wh, reason=told.reason or "Local")
        found.save()
        if outlet is not None:
            leave(outlet, found)
        return found


def finish(found: Transaction, *, at: datetime, meter_wh: int, reason: str) -> None:
    """Set the end on a row that is not saved yet.

    A meter that ran backwards, or faster than electricity can, ends with the last value known.
    """
    found.state, found.reason = "ended", reason
    found.ended = max(at, found.started)
    found.meter_stop_wh = max(found.meter_last_wh, found.meter_start_wh)
    if believed := proof.believable(found, meter_wh, at):
        found.meter_stop_wh = meter_wh
    found.meter_last_wh = found.meter_stop_wh
    found.power_w = None
    found.heard = found.changed = clock.now()
    if not believed:
        closing.note(found, "meter", {})
    bill.freeze(found)


def leave(outlet: Outlet, found: Transaction) -> None:
    """What else follows when a car has finished here."""
    Outlet.objects.filter(pk=outlet.pk).update(power_w=0)
    if found.ended is not None:
        statuses.publish(outlet, found.ended)
    plan.soon(outlet.evse.location_id)


def _again(found: Transaction, told: Ending) -> Transaction:
    """Told twice, nothing changes; told late, what the city assumed is corrected once."""
    if found.repaired and not found.reason:
        before = found.meter_stop_wh or found.meter_start_wh
        metering.keep(found, told.samples)
        finish(found, at=told.at, meter_wh=told.meter_wh, reason=told.reason or "Local")
        closing.note(found, "corrected", {"before": before, "after": found.meter_stop_wh or 0})
        found.save()
    return found


def _meant(point: ChargePoint, told: Ending) -> Transaction | None:
    """By number; without a good one, the only car here that can be meant."""
    rows = Transaction.objects.filter(point=point)
    if told.number > 0 and (named := rows.filter(pk=told.number).first()):
        return named
    if alone := rows.filter(repair__in=("no_start", "late_start"), ended=told.at,
                            meter_stop_wh=told.meter_wh).first():  # fmt: skip
        return alone
    likely = rows.filter(
        state="active", started__lte=told.at, started__gte=told.at - LONGEST,
        meter_start_wh__lte=told.meter_wh,
    )  # fmt: skip
    if told.token and (card := tokens.find(told.token)):
        likely = likely.filter(token=card)
    candidates = list(likely.order_by("-started")[:2])
    return candidates[0] if len(candidates) == 1 else None


def _alone(point: ChargePoint, told: Ending) -> Transaction:
    """Nothing began that this could end: it stands for itself, with the energy it can prove."""
    outlets = list(Outlet.objects.filter(point=point).select_related("evse")[:2])
    card = tokens.find(told.token) if told.token else None
    first = told.samples[0] if told.samples else None
    knows = first is not None and first.wh is not None and first.wh <= told.meter_wh
    made = Transaction(
        point=point, evse=outlets[0].evse if len(outlets) == 1 else None, token=card,
        token_kind=card.kind if card else "OTHER", offline=True, invented=point.invented,
        started=min(first.at, told.at) if knows and first else told.at,
        meter_start_wh=int(first.wh or 0) if knows and first else told.meter_wh,
    )  # fmt: skip
    finish(made, at=told.at, meter_wh=told.meter_wh, reason=told.reason or "Local")
    closing.note(made, "no_start", {})
    made.save()
    metering.keep(made, told.samples)
    return made
