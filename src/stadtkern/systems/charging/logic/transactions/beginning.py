"""A car begins to charge: one row, however often and however late the point tells it."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import statuses, tokens
from stadtkern.systems.charging.logic.limits import plan
from stadtkern.systems.charging.logic.repair import closing
from stadtkern.systems.charging.logic.tokens import Checked, Verdict
from stadtkern.systems.charging.logic.transactions import bill, locks
from stadtkern.systems.charging.models import (
    ChargePoint,
    Connector,
    Evse,
    Outlet,
    Reservation,
    Transaction,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Begun:
    """What the point is answered: whose transaction it is, and whether it may go on."""

    transaction: Transaction
    verdict: Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Beginning:
    """What a point tells of it. `key` recognises it when told again, `remote` is its own number."""

    number: int | None
    token: str
    at: datetime
    meter_wh: int
    key: str | None = None
    remote: str = ""
    reservation: int | None = None
    offline: bool = False
    plug: int | None = None
    # Some 2.0.1 transactions begin with a plug, before there is a token.
    nobody: bool = field(default=False)


def key_of(number: int, token: str, at: str, meter_wh: int) -> str:
    """The same StartTransaction has the same key, whatever its message id."""
    said = f"{number}|{tokens.digest(token)}|{at}|{meter_wh}"
    return sha256(said.encode()).hexdigest()


def begin(point: ChargePoint, told: Beginning) -> Begun:
    """The transaction of this beginning, in one transaction of the database."""
    with transaction.atomic():
        outlet = locks.outlet_of(point, told.number)
        known = _known(point, told)
        if known is not None:
            return Begun(transaction=known, verdict=tokens.check(told.token).verdict)
        evse = outlet.evse if outlet else None
        checked = tokens.check(told.token, starts=True, evse=outlet.evse_id if outlet else None)
        if orphan := _told_its_end_before(point, evse, told, checked):
            return Begun(transaction=_completed(orphan, told), verdict=checked.verdict)
        made = _made(point, evse, told, checked)
        if outlet is not None:
            _settle_in(outlet, made, told)
        return Begun(transaction=made, verdict=checked.verdict)


def _known(point: ChargePoint, told: Beginning) -> Transaction | None:
    rows = Transaction.objects.filter(point=point)
    if told.key:
        return rows.filter(start_key=told.key).first()
    return rows.filter(remote=told.remote).first() if told.remote else None


def _told_its_end_before(
    point: ChargePoint, evse: Evse | None, told: Beginning, checked: Checked
) -> Transaction | None:
    """Its stop came first and had to be recorded alone (1.6: events of 2.0.1 have a number)."""
    if told.key is None:
        return None
    rows = Transaction.objects.select_for_update().filter(
        point=point, repair="no_start", start_key=None, ended__gte=told.at,
        meter_stop_wh__gte=told.meter_wh,
    )  # fmt: skip
    for one in rows.order_by("ended")[:10]:
        same_place = one.evse_id is None or evse is None or one.evse_id == evse.pk
        same_card = one.token_id is None or checked.token is None or one.token == checked.token
        if same_place and same_card:
            one.evse = one.evse or evse
            return one
    return None


def _completed(orphan: Transaction, told: Beginning) -> Transaction:
    checked = tokens.check(told.token)
    orphan.started, orphan.meter_start_wh, orphan.start_key = told.at, told.meter_wh, told.key
    orphan.token = orphan.token or checked.token
    orphan.token_kind = orphan.token.kind if orphan.token else orphan.token_kind
    give_terms(orphan, told.plug)
    closing.note(orphan, "late_start", {})
    bill.freeze(orphan)
    orphan.save()
    return orphan


def _made(point: ChargePoint, evse: Evse | None, told: Beginning, checked: Checked) -> Transaction:
    now = clock.now()
    made = Transaction(
        point=point, evse=evse, token=checked.token, started=told.at, heard=now, changed=now,
        token_kind=checked.token.kind if checked.token else "OTHER",
        authorised=checked.verdict == "Accepted" or told.nobody,
        meter_start_wh=told.meter_wh, meter_last_wh=told.meter_wh, meter_last_at=told.at,
        start_key=told.key, remote=told.remote, offline=told.offline, invented=point.invented,
    )  # fmt: skip
    give_terms(made, told.plug)
    later = _active(evse)
    if later is not None and later.started > told.at:
        # An old message from the point's queue: another car charges here since.
        closing.close_unsaved(made, "superseded", at=told.at)
    elif later is not None:
        closing.close(later, "superseded", before=told.at)
    made.save()
    if checked.token is not None:
        checked.token.used = now
        checked.token.save(update_fields=["used"])
    return made


def _active(evse: Evse | None) -> Transaction | None:
    if evse is None:
        return None
    return Transaction.objects.select_for_update().filter(evse=evse, state="active").first()


def give_terms(made: Transaction, plug: int | None) -> None:
    """The price that held at the beginning, however late that is told."""
    if made.evse_id is None:
        return
    rows = Connector.objects.filter(evse=made.evse_id).select_related("tariff").order_by("number")
    plugs = list(rows)
    made.connector = next((one for one in plugs if one.number == plug), plugs[0] if plugs else None)
    made.tariff = made.connector.tariff if made.connector else None
    if made.tariff is not None:
        made.terms = made.tariff.terms(made.started)


def settle_at(found: Transaction, outlet: Outlet, plug: int | None) -> None:
    """Its place is told later than its first event (2.0.1: only one of them must name it)."""
    other = _active(outlet.evse)
    if found.state == "active" and other is not None:
        older, newer = sorted((found, other), key=lambda one: one.started)
        if older is found:
            closing.close_unsaved(found, "superseded", at=newer.started)
        else:
            closing.close(other, "superseded", before=newer.started)
    found.evse = outlet.evse
    give_terms(found, plug)
    if found.state == "ended":
        bill.freeze(found)
    found.save()
    if found.state == "active":
        statuses.publish(outlet, found.started)
        plan.soon(outlet.evse.location_id)


def _settle_in(outlet: Outlet, made: Transaction, told: Beginning) -> None:
    """What else follows from a car that begins here."""
    if made.token_id is not None:
        held = Reservation.objects.filter(outlet=outlet, state__in=("asked", "held"))
        held.filter(token=made.token_id).update(state="used")
    if made.state == "active":
        statuses.publish(outlet, told.at)
        plan.soon(outlet.evse.location_id)
