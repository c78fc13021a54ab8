"""What a station of OCPP 2.0.1 tells: one function for each message that it may send."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import moments, points, statuses, tokens
from stadtkern.systems.charging.logic.points import Known
from stadtkern.systems.charging.logic.samples import samples
from stadtkern.systems.charging.logic.transactions import events, locks, metering
from stadtkern.systems.charging.logic.transactions.events import Event
from stadtkern.systems.charging.models import ChargePoint
from stadtkern.systems.charging.ocpp.v16.incoming import (
    ADMITTED,
    diagnostics,
    firmware,
    heartbeat,
    kept,
)
from stadtkern.systems.charging.ocpp.v16.incoming import transfer as no_vendor

Payload = dict[str, Any]


def boot(known: Known, said: Payload) -> Payload:
    """As in 1.6, with a reason."""
    station = said["chargingStation"]
    point = points.booted(known, {
        "vendor": station["vendorName"], "model": station["model"],
        "serial": station.get("serialNumber", ""), "firmware": station.get("firmwareVersion", ""),
        "reason": said["reason"],
    })  # fmt: skip
    return {
        "currentTime": moments.text(clock.now()), "interval": point.heartbeat_s,
        "status": ADMITTED[point.admission],
    }  # fmt: skip


def status(known: Known, said: Payload) -> Payload:
    """The status of one plug of an EVSE; EVSE 0 does not occur here."""
    with transaction.atomic():
        outlet = locks.outlet_of(ChargePoint(pk=known.pk), said["evseId"])
        if outlet is not None:
            at = moments.sane(said["timestamp"])
            statuses.told(outlet, said["connectorStatus"], at, plug=said["connectorId"])
    return {}


def authorize(_known: Known, said: Payload) -> Payload:
    """Whether a token may charge."""
    return {"idTokenInfo": _info(tokens.check(said["idToken"]["idToken"]))}


def event(known: Known, said: Payload) -> Payload:
    """The answer names a verdict only where a token was named (E05.FR.08)."""
    info = said["transactionInfo"]
    where, token = said.get("evse", {}), said.get("idToken", {})
    _row, verdict = events.heard(ChargePoint(pk=known.pk), Event(
        kind=said["eventType"], remote=info["transactionId"], seq=said["seqNo"],
        at=moments.sane(said["timestamp"]), number=where.get("id"), plug=where.get("connectorId"),
        token=token.get("idToken", ""), reason=info.get("stoppedReason", ""),
        offline=said.get("offline", False), reservation=said.get("reservationId"),
        samples=samples(said.get("meterValue", ())),
    ))  # fmt: skip
    return {"idTokenInfo": {"status": verdict}} if verdict else {}


def meter(known: Known, said: Payload) -> Payload:
    """Values of an EVSE outside of sessions, or of all of it (0)."""
    metering.take(ChargePoint(pk=known.pk), said["evseId"], samples(said["meterValue"]))
    return {}


def transfer(known: Known, said: Payload) -> Payload:
    """No vendor's own messages are spoken here (the word is the same as in 1.6)."""
    return no_vendor(known, said)


def _info(checked: tokens.Checked) -> Payload:
    info: Payload = {"status": checked.verdict}
    if checked.token is not None and checked.token.valid_until is not None:
        info["cacheExpiryDateTime"] = moments.text(checked.token.valid_until)
    return info


HANDLERS: Final[Mapping[str, Callable[[Known, Payload], Payload]]] = {
    "BootNotification": boot,
    "Heartbeat": heartbeat,
    "StatusNotification": status,
    "Authorize": authorize,
    "TransactionEvent": event,
    "MeterValues": meter,
    "DataTransfer": transfer,
    "FirmwareStatusNotification": firmware,
    "LogStatusNotification": diagnostics,
    "SecurityEventNotification": kept,
    "NotifyReport": kept,
    "NotifyEvent": kept,
    "NotifyMonitoringReport": kept,
    "NotifyChargingLimit": kept,
    "ClearedChargingLimit": kept,
    "ReportChargingProfiles": kept,
    "ReservationStatusUpdate": kept,
}
