"""Our commands in the words of OCPP 1.6, chapter 5."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from stadtkern.kernel.sealing import unseal
from stadtkern.systems.charging.logic import moments, tokens
from stadtkern.systems.charging.models import Command

Payload = dict[str, Any]


class Impossible(Exception):
    """It cannot be said to this point; the message says why."""


def compose(command: Command) -> tuple[str, Payload]:
    """Action and payload. Raises Impossible."""
    try:
        return command.action, WORDED[command.action](command)
    except ValueError as error:
        raise Impossible(str(error)) from None


def number_of(command: Command) -> str:
    """The number of the command's token."""
    if command.token is None:
        raise Impossible("The token is gone.")
    return tokens.number_of(command.token)


def profile(wanted: Mapping[str, Any]) -> Payload:
    """A limit for whoever charges at an outlet, until another one is told (1.6, 5.16).

    In amperes for each phase, or in watts where direct current flows.
    """
    unit, limit = ("W", wanted["watt"]) if "watt" in wanted else ("A", wanted["amps"])
    return {
        "chargingProfileId": 1, "stackLevel": 0, "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": float(limit)}],
        },
    }  # fmt: skip


def _connector(command: Command) -> int:
    return command.outlet.number if command.outlet else 0


def _start(command: Command) -> Payload:
    where = {"connectorId": _connector(command)} if command.outlet else {}
    return {"idTag": number_of(command), **where}


def _stop(command: Command) -> Payload:
    if command.transaction is None:
        raise Impossible("The session is gone.")
    return {"transactionId": command.transaction.pk}


def _reserve(command: Command) -> Payload:
    until = datetime.fromisoformat(command.wanted["until"])
    return {
        "connectorId": _connector(command), "expiryDate": moments.text(until),
        "idTag": number_of(command), "reservationId": command.wanted["reservation"],
    }  # fmt: skip


def _change(command: Command) -> Payload:
    value = unseal(command.secret) if command.secret else command.wanted["value"]
    return {"key": command.wanted["key"], "value": value}


def _trigger(command: Command) -> Payload:
    where = {"connectorId": _connector(command)} if command.outlet else {}
    return {"requestedMessage": command.wanted["message"], **where}


WORDED: Final[Mapping[str, Callable[[Command], Payload]]] = {
    "RemoteStartTransaction": _start,
    "RemoteStopTransaction": _stop,
    "ReserveNow": _reserve,
    "CancelReservation": lambda c: {"reservationId": c.wanted["reservation"]},
    "Reset": lambda c: {"type": c.wanted.get("kind", "Soft")},
    "UnlockConnector": lambda c: {"connectorId": _connector(c) or 1},
    "ChangeAvailability": lambda c: {
        "connectorId": _connector(c),
        "type": "Operative" if c.wanted["operative"] else "Inoperative",
    },
    "SetChargingProfile": lambda c: {
        "connectorId": _connector(c),
        "csChargingProfiles": profile(c.wanted),
    },
    "ClearChargingProfile": lambda c: {"chargingProfilePurpose": "TxDefaultProfile"},
    "ChangeConfiguration": _change,
    "GetConfiguration": lambda c: {"key": c.wanted["keys"]} if c.wanted.get("keys") else {},
    "TriggerMessage": _trigger,
    "UpdateFirmware": lambda c: {
        "location": c.wanted["address"],
        "retrieveDate": c.wanted["at"],
    },
    "GetDiagnostics": lambda c: {"location": c.wanted["address"]},
}
