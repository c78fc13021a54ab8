"""Downlinks for The Things Stack v3: over MQTT, or the HTTP API of its webhooks."""

import base64
import re
from urllib.parse import quote

import msgspec
from django.utils.translation import gettext as _

from stadtkern.kernel.devices.networks.sending.parcel import Command, Parcel, Unknown

UPLINK = re.compile(r"^(v3/[^/+#]+/devices/[^/+#]+)/[a-z_/]+$")
MARK = "stadtkern:downlink:"  # before our id among the correlation ids, which come back


class ToThingsStack:
    """It knows nothing of ids: what must not be there twice is put in place of the queue."""

    kind = "tts"
    drops_at_join = False

    def recalls(self, way: str) -> bool:
        """An empty list in place of the queue."""
        return True

    def push(self, command: Command) -> Parcel:
        """In place of what the queue holds: the same one again is still one."""
        item = {
            "f_port": command.f_port,
            "frm_payload": base64.b64encode(command.payload).decode(),
            "confirmed": command.confirmed,
            "priority": _priority(command.priority),
            "correlation_ids": [f"{MARK}{command.id}"],
        }
        return _parcel(command, [item])

    def recall(self, command: Command) -> Parcel:
        """We never have more than one there."""
        return _parcel(command, [])


def _parcel(command: Command, items: list[dict[str, object]]) -> Parcel:
    body = msgspec.json.encode({"downlinks": items})
    if command.way == "http":
        return Parcel(url=_url(command), body=body)
    return Parcel(topic=f"{_device(command)}/down/replace", body=body)


def _priority(priority: int) -> str:
    if priority > 0:
        return "HIGH"
    return "LOW" if priority < 0 else "NORMAL"


def _device(command: Command) -> str:
    if match := UPLINK.match(command.topic):
        return match[1]
    raise Unknown(_("The Things Stack has not named the device yet."))


def _url(command: Command) -> str:
    base, hook = (str(command.settings.get(name) or "") for name in ("api", "webhook"))
    names = [command.there.get(name, "") for name in ("application", "device")]
    if not base or not hook:
        raise Unknown(_("The network's settings do not name its address and webhook."))
    if not all(names):
        raise Unknown(_("The Things Stack has not named the device yet."))
    application, device, webhook = (quote(name, safe="") for name in (*names, hook))
    return (
        f"{base.rstrip('/')}/api/v3/as/applications/{application}/webhooks/{webhook}"
        f"/devices/{device}/down/replace"
    )
