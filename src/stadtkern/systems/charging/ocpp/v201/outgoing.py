"""Our commands in the words of OCPP 2.0.1."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from stadtkern.kernel.sealing import unseal
from stadtkern.systems.charging.logic import moments
from stadtkern.systems.charging.models import Command
from stadtkern.systems.charging.ocpp.v16.outgoing import Impossible, number_of, profile

Payload = dict[str, Any]
# 2.0.1, 3.43 IdTokenEnumType: which of them a token of ours is.
KINDS: Final = {"RFID": "ISO14443"}
# Settings are a variable of a component; one without a dot belongs to the station's communication.
COMPONENT: Final = "OCPPCommCtrlr"
SECRET: Final = {"BasicAuthPassword": "SecurityCtrlr"}
MESSAGES: Final = {"DiagnosticsStatusNotification": "LogStatusNotification"}


def compose(command: Command) -> tuple[str, Payload]:
    """Action and payload. Raises Impossible."""
    try:
        return WORDED[command.action](command)
    except ValueError as error:
        raise Impossible(str(error)) from None


def _token(command: Command) -> Payload:
    kind = command.token.kind if command.token else ""
    return {"idToken": number_of(command), "type": KINDS.get(kind, "Central")}


def _evse(command: Command) -> int:
    return command.outlet.number if command.outlet else 0


def _start(command: Command) -> tuple[str, Payload]:
    where = {"evseId": _evse(command)} if command.outlet else {}
    payload = {"remoteStartId": command.pk, "idToken": _token(command), **where}
    return "RequestStartTransaction", payload


def _stop(command: Command) -> tuple[str, Payload]:
    if command.transaction is None or not command.transaction.remote:
        raise Impossible("The session is gone.")
    return "RequestStopTransaction", {"transactionId": command.transaction.remote}


def _reserve(command: Command) -> tuple[str, Payload]:
    until = datetime.fromisoformat(command.wanted["until"])
    where = {"evseId": _evse(command)} if command.outlet else {}
    return "ReserveNow", {
        "id": command.wanted["reservation"], "expiryDateTime": moments.text(until),
        "idToken": _token(command), **where,
    }  # fmt: skip


def _limit(command: Command) -> tuple[str, Payload]:
    made = profile(command.wanted)
    schedule = {"id": 1, **made.pop("chargingSchedule")}
    made["id"] = made.pop("chargingProfileId")
    return "SetChargingProfile", {
        "evseId": _evse(command), "chargingProfile": {**made, "chargingSchedule": [schedule]},
    }  # fmt: skip


def _available(command: Command) -> tuple[str, Payload]:
    where = {"evse": {"id": _evse(command)}} if command.outlet else {}
    status = "Operative" if command.wanted["operative"] else "Inoperative"
    return "ChangeAvailability", {"operationalStatus": status, **where}


def _variable(key: str) -> Payload:
    component, _dot, name = key.rpartition(".")
    return {
        "component": {"name": component or SECRET.get(name, COMPONENT)},
        "variable": {"name": name},
    }  # fmt: skip


def _change(command: Command) -> tuple[str, Payload]:
    key = str(command.wanted["key"])
    value = unseal(command.secret) if command.secret else command.wanted["value"]
    return "SetVariables", {"setVariableData": [{**_variable(key), "attributeValue": value}]}


def _get(command: Command) -> tuple[str, Payload]:
    keys = command.wanted.get("keys") or []
    if not keys:
        return "GetBaseReport", {"requestId": command.pk, "reportBase": "ConfigurationInventory"}
    return "GetVariables", {"getVariableData": [_variable(key) for key in keys]}


def _trigger(command: Command) -> tuple[str, Payload]:
    where = {"evse": {"id": _evse(command), "connectorId": 1}} if command.outlet else {}
    message = command.wanted["message"]
    return "TriggerMessage", {"requestedMessage": MESSAGES.get(message, message), **where}


def _reset(command: Command) -> tuple[str, Payload]:
    hard = command.wanted.get("kind") == "Hard"
    return "Reset", {"type": "Immediate" if hard else "OnIdle"}


def _firmware(command: Command) -> tuple[str, Payload]:
    given = {"location": command.wanted["address"], "retrieveDateTime": command.wanted["at"]}
    return "UpdateFirmware", {"requestId": command.pk, "firmware": given}


def _log(command: Command) -> tuple[str, Payload]:
    return "GetLog", {
        "logType": "DiagnosticsLog", "requestId": command.pk,
        "log": {"remoteLocation": command.wanted["address"]},
    }  # fmt: skip


WORDED: Final[Mapping[str, Callable[[Command], tuple[str, Payload]]]] = {
    "RemoteStartTransaction": _start,
    "RemoteStopTransaction": _stop,
    "ReserveNow": _reserve,
    "CancelReservation": lambda c: (
        "CancelReservation",
        {"reservationId": c.wanted["reservation"]},
    ),
    "Reset": _reset,
    "UnlockConnector": lambda c: (
        "UnlockConnector",
        {"evseId": _evse(c) or 1, "connectorId": 1},
    ),
    "ChangeAvailability": _available,
    "SetChargingProfile": _limit,
    "ClearChargingProfile": lambda c: (
        "ClearChargingProfile",
        {"chargingProfileCriteria": {"chargingProfilePurpose": "TxDefaultProfile"}},
    ),
    "ChangeConfiguration": _change,
    "GetConfiguration": _get,
    "TriggerMessage": _trigger,
    "UpdateFirmware": _firmware,
    "GetDiagnostics": _log,
}
