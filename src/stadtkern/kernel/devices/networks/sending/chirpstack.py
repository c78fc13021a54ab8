"""Downlinks for ChirpStack v4: over MQTT, or its REST API (chirpstack-docs: integrations/mqtt)."""

import base64
import re

import msgspec
from django.utils.translation import gettext as _

from stadtkern.kernel.devices.networks.sending.parcel import Command, Parcel, Unknown

EVENT = re.compile(r"^((?:.+/)?application/[^/+#]+/device/[0-9a-fA-F]{16})/event/[a-z]+$")


class ToChirpStack:
    """ChirpStack keeps our id as that of the queue item, and refuses a second one of that id."""

    kind = "chirpstack"
    drops_at_join = True  # `flush_queue_on_activate` of its device profiles, on by default

    def recalls(self, way: str) -> bool:
        """Its MQTT integration has no word for it, its API has."""
        return way == "http"

    def push(self, command: Command) -> Parcel:
        """`command/down`, or `DeviceService.Enqueue`."""
        item = {
            "id": command.id,
            "devEui": command.dev_eui,
            "confirmed": command.confirmed,
            "fPort": command.f_port,
            "data": base64.b64encode(command.payload).decode(),
        }
        if command.expires:
            item["expiresAt"] = command.expires.isoformat()
        if command.way == "http":
            return Parcel(url=_queue(command), body=msgspec.json.encode({"queueItem": item}))
        return Parcel(topic=topic(command), body=msgspec.json.encode(item))

    def recall(self, command: Command) -> Parcel:
        """`DeviceService.FlushQueue`: we never have more than one there."""
        return Parcel(url=_queue(command), body=b"", method="DELETE")


def topic(command: Command) -> str:
    """Beside the topic of the device's last event, so that a city's own prefix stays."""
    if match := EVENT.match(command.topic):
        return f"{match[1]}/command/down"
    application = command.there.get("application", "")
    if not application or set("/+#") & set(application):
        raise Unknown(_("The network has not named the device's application yet."))
    return f"application/{application}/device/{command.dev_eui}/command/down"


def _queue(command: Command) -> str:
    api = str(command.settings.get("api") or "").rstrip("/")
    if not api:
        raise Unknown(_("The network's settings do not name the address of its API."))
    return f"{api}/api/devices/{command.dev_eui}/queue"
