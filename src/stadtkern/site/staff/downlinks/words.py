"""Downlinks in words: how far one is, why, and when it goes out."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stadtkern.kernel import clock
from stadtkern.kernel.contract import State as Sign
from stadtkern.kernel.devices.models import Device, Downlink
from stadtkern.kernel.devices.models.downlink import State, Step
from stadtkern.kernel.devices.networks.words import said

SIGNS: dict[str, Sign] = {
    State.WAITING: "info",
    State.QUEUED: "info",
    State.SENT: "good",
    State.ACKNOWLEDGED: "good",
    State.FAILED: "bad",
    State.EXPIRED: "tight",
    State.CANCELLED: "none",
    State.SUPERSEDED: "none",
}
# From a broker's or a network's answer on, nothing more comes.
OPEN = (State.WAITING, State.QUEUED)
RENEWED = 4000  # milliseconds
# What ChirpStack's log events begin with.
CODES: dict[str, str | Promise] = {
    "DOWNLINK_GATEWAY": _("The gateway could not send it; the network tries again next time."),
    "DOWNLINK_PAYLOAD_SIZE": _("It was too long for the device's data rate."),
    "EXPIRED": _("The network dropped it: its time was up."),
}


@dataclass(frozen=True, kw_only=True)
class Passed:
    """One step of a downlink."""

    title: str | Promise
    at: datetime
    reason: str


@dataclass(frozen=True, kw_only=True)
class Window:
    """When a device listens: class A after its next message, at about `at`; C always."""

    class_: str
    at: datetime | None
    late: bool


def is_open(one: Downlink) -> bool:
    """Whether more is to be heard of it."""
    return one.state in OPEN or (one.state == State.SENT and one.confirmed)


def sign(one: Downlink) -> Sign:
    """Sent is good enough only where nobody asked for an acknowledgement."""
    return "info" if one.state == State.SENT and one.confirmed else SIGNS[one.state]


def why(reason: str) -> str:
    """A kept reason for whoever reads it now."""
    code, _colon, detail = reason.partition(":")
    if code in CODES:
        return f"{CODES[code]} ({detail.strip()})"
    sentence, detail = said(reason)
    text = gettext(str(sentence)) if sentence else ""
    return f"{text} ({detail})" if detail else text


def content(one: Downlink) -> str:
    """What it says: the data it was made of, else its bytes."""
    if one.data is not None:
        return msgspec.json.encode(one.data).decode()
    return bytes(one.payload).hex(" ")


def passed(one: Downlink) -> list[Passed]:
    """Its steps in the order of their times."""
    found = [
        Passed(
            title=Step(int(step)).label,
            at=datetime.fromisoformat(entry["at"]),
            reason=why(entry["reason"]),
        )
        for step, entry in one.history.items()
    ]
    return sorted(found, key=lambda step: step.at)


def window(device: Device) -> Window:
    """When the device can be reached next, as far as its rhythm tells."""
    every: timedelta = device.every or device.profile.uplink_every
    at = device.last_seen + every if device.last_seen else None
    return Window(class_=_class(device), at=at, late=at is not None and at < clock.now())


def _class(device: Device) -> str:
    """As ChirpStack said with its last message; A where nobody says, since all begin as that."""
    raw = device.uplinks.filter(event="up").order_by("-time").values_list("raw", flat=True)[:1]
    for body in raw:
        try:
            event: Any = msgspec.json.decode(bytes(body))
            return str(event["deviceInfo"]["deviceClassEnabled"]).removeprefix("CLASS_")[:1] or "A"
        except (msgspec.MsgspecError, UnicodeError, KeyError, TypeError):
            return "A"
    return "A"
