"""What a point of OCPP 1.6 tells: one function for each action of the standard's chapter 4."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction

from stadtkern.kernel import clock
from stadtkern.systems.charging.logic import moments, points, statuses, tokens
from stadtkern.systems.charging.logic.points import Known
from stadtkern.systems.charging.logic.samples import samples
from stadtkern.systems.charging.logic.transactions import beginning, ending, locks, metering
from stadtkern.systems.charging.logic.transactions.beginning import Beginning
from stadtkern.systems.charging.logic.transactions.ending import Ending
from stadtkern.systems.charging.models import ChargePoint

Payload = dict[str, Any]
ADMITTED: Final = {"accepted": "Accepted", "waiting": "Pending", "refused": "Rejected"}


def boot(known: Known, said: Payload) -> Payload:
    """Name and firmware are kept; a point that staff have not released waits."""
    point = points.booted(known, {
        "vendor": said["chargePointVendor"], "model": said["chargePointModel"],
        "serial": said.get("chargePointSerialNumber") or said.get("chargeBoxSerialNumber") or "",
        "firmware": said.get("firmwareVersion", ""),
    })  # fmt: skip
    return {
        "currentTime": moments.text(clock.now()), "interval": point.heartbeat_s,
        "status": ADMITTED[point.admission],
    }  # fmt: skip


def heartbeat(_known: Known, _said: Payload) -> Payload:
    """The city's time, by which the point sets its clock."""
    return {"currentTime": moments.text(clock.now())}


def status(known: Known, said: Payload) -> Payload:
    """Connector 0 is the point itself; an unknown connector is in the log and nowhere else."""
    at = moments.sane(said.get("timestamp"))
    error = "" if said["errorCode"] == "NoError" else str(said["errorCode"])
    if error and said.get("info"):
        error = f"{error}: {said['info']}"
    with transaction.atomic():
        point = ChargePoint.objects.get(pk=known.pk)
        if said["connectorId"] == 0:
            statuses.told_of_point(point, said["status"], at, error=error)
        elif outlet := locks.outlet_of(point, said["connectorId"]):
            statuses.told(outlet, said["status"], at, error=error)
    return {}


def authorize(_known: Known, said: Payload) -> Payload:
    """Whether a card may charge."""
    return {"idTagInfo": _info(tokens.check(said["idTag"]))}


def start(known: Known, said: Payload) -> Payload:
    """Always on record, even with an unknown card: then the point is told to stop."""
    at = moments.sane(said["timestamp"])
    told = Beginning(
        number=said["connectorId"], token=said["idTag"], at=at, meter_wh=said["meterStart"],
        reservation=said.get("reservationId"), offline=clock.age(at).total_seconds() > 60,
        key=beginning.key_of(said["connectorId"], said["idTag"], said["timestamp"],
                             said["meterStart"]),
    )  # fmt: skip
    begun = beginning.begin(ChargePoint(pk=known.pk), told)
    return {"transactionId": begun.transaction.pk, "idTagInfo": {"status": begun.verdict}}


def meter(known: Known, said: Payload) -> Payload:
    """Values of a session, or of an outlet that stands idle."""
    metering.take(
        ChargePoint(pk=known.pk), said["connectorId"], samples(said["meterValue"]),
        said.get("transactionId", 0),
    )  # fmt: skip
    return {}


def stop(known: Known, said: Payload) -> Payload:
    """The end; the values that come with it belong to the session."""
    told = Ending(
        number=said["transactionId"], at=moments.sane(said["timestamp"]),
        meter_wh=said["meterStop"], token=said.get("idTag", ""), reason=said.get("reason", ""),
        samples=samples(said.get("transactionData", ())),
    )  # fmt: skip
    ending.end(ChargePoint(pk=known.pk), told)
    return {"idTagInfo": _info(tokens.check(said["idTag"]))} if said.get("idTag") else {}


def transfer(_known: Known, _said: Payload) -> Payload:
    """No vendor's own messages are spoken here."""
    return {"status": "UnknownVendorId"}


def firmware(known: Known, said: Payload) -> Payload:
    """How an update goes."""
    points.note(known, firmware_status=said["status"])
    return {}


def diagnostics(known: Known, said: Payload) -> Payload:
    """How an upload goes."""
    points.note(known, diagnostics_status=said["status"])
    return {}


def kept(_known: Known, _said: Payload) -> Payload:
    """It stands in the log of the point."""
    return {}


def _info(checked: tokens.Checked) -> Payload:
    info: Payload = {"status": checked.verdict}
    if checked.token is not None and checked.token.valid_until is not None:
        info["expiryDate"] = moments.text(checked.token.valid_until)
    return info


HANDLERS: Final[Mapping[str, Callable[[Known, Payload], Payload]]] = {
    "BootNotification": boot,
    "Heartbeat": heartbeat,
    "StatusNotification": status,
    "Authorize": authorize,
    "StartTransaction": start,
    "MeterValues": meter,
    "StopTransaction": stop,
    "DataTransfer": transfer,
    "FirmwareStatusNotification": firmware,
    "SignedFirmwareStatusNotification": firmware,
    "DiagnosticsStatusNotification": diagnostics,
    "LogStatusNotification": diagnostics,
    "SecurityEventNotification": kept,
}
