"""TransactionEvent of OCPP 2.0.1: numbered events in any order become one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from stadtkern.systems.charging.logic import tokens
from stadtkern.systems.charging.logic.repair import closing
from stadtkern.systems.charging.logic.samples import Sample
from stadtkern.systems.charging.logic.tokens import Verdict
from stadtkern.systems.charging.logic.transactions import beginning, bill, ending, locks, metering
from stadtkern.systems.charging.logic.transactions.beginning import Beginning
from stadtkern.systems.charging.models import ChargePoint, Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One of them; `number` is the EVSE's, `remote` the point's own id of the transaction."""

    kind: Literal["Started", "Updated", "Ended"]
    remote: str
    seq: int
    at: datetime
    number: int | None = None
    plug: int | None = None
    token: str = ""
    reason: str = ""
    offline: bool = False
    reservation: int | None = None
    samples: Sequence[Sample] = ()


def heard(point: ChargePoint, event: Event) -> tuple[Transaction, Verdict | None]:
    """The transaction as it stands after this event, and the verdict on a token that it names."""
    with transaction.atomic():
        found = Transaction.objects.filter(point=point, remote=event.remote).first()
        verdict: Verdict | None = None
        if found is None:
            begun = beginning.begin(point, _beginning(event))
            found, verdict = begun.transaction, begun.verdict if event.token else None
        outlet = locks.outlet_at(found.evse_id) or locks.outlet_of(point, event.number)
        found = locks.transaction_of(found)
        if found.evse_id is None and outlet is not None:
            beginning.settle_at(found, outlet, event.plug)
        if event.token and verdict is None:
            verdict = _authorised(found, event.token)
        _taken(found, event)
        if event.kind == "Ended" and (found.state == "active" or not found.reason):
            _ended(found, event)
            if outlet is not None:
                ending.leave(outlet, found)
        return found, verdict


def _beginning(event: Event) -> Beginning:
    registers = [one.wh for one in event.samples if one.wh is not None]
    return Beginning(
        number=event.number, token=event.token, at=event.at, remote=event.remote,
        meter_wh=int(registers[0]) if registers else 0, offline=event.offline, plug=event.plug,
        reservation=event.reservation, nobody=not event.token,
    )  # fmt: skip


def _authorised(found: Transaction, number: str) -> Verdict:
    """A token that comes later, or comes again to stop: whoever began is who pays."""
    checked = tokens.check(number, starts=found.token_id is None)
    if found.token_id is None and checked.token is not None:
        found.token, found.token_kind = checked.token, checked.token.kind
        found.authorised = checked.verdict == "Accepted"
        found.save(update_fields=["token", "token_kind", "authorised"])
    return checked.verdict


def _taken(found: Transaction, event: Event) -> None:
    """Meter values count whatever the order; an older event moves the beginning back."""
    registers = [one.wh for one in event.samples if one.wh is not None]
    if event.at < found.started:
        found.started = event.at
        beginning.give_terms(found, event.plug)
        if registers and registers[0] < found.meter_start_wh:
            found.meter_start_wh = int(registers[0])
    elif not found.meter_start_wh and registers and not found.readings.exists():
        # The first value told is where its counting begins.
        found.meter_start_wh = found.meter_last_wh = int(registers[0])
    found.seq = max(found.seq, event.seq)
    found.offline = found.offline or event.offline
    metering.take_for(found, event.samples)
    if found.state == "ended":
        bill.freeze(found)
        found.save()


def _ended(found: Transaction, event: Event) -> None:
    repaired, before = found.repaired, found.meter_stop_wh
    registers = [one.wh for one in event.samples if one.wh is not None]
    last = int(registers[-1]) if registers else found.meter_last_wh
    ending.finish(found, at=event.at, meter_wh=last, reason=event.reason or "Local")
    if repaired and before is not None:
        closing.note(found, "corrected", {"before": before, "after": found.meter_stop_wh or 0})
    found.save()
