"""Where a device's downlinks go: its network, and how that calls the device."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from stadtkern.kernel.devices.ingest.event import HOME, Message
from stadtkern.kernel.devices.models import Device, Network
from stadtkern.kernel.devices.networks import read
from stadtkern.kernel.devices.networks.sending import SENDERS, Sends

# Its last message, however long ago; the index goes straight to it.
LAST = """
select i, u.source, u.spreading_factor, u.topic, u.raw, u.received
from unnest(%s::bigint[]) as i
cross join lateral (
  select * from devices_uplink where device_id = i and event = 'up' order by time desc limit 1
) u
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """`sends` is None where the network takes no downlinks; `network` where nobody set it up."""

    sends: Sends | None
    network: Network | None
    topic: str = ""
    there: Mapping[str, str] = field(default_factory=dict)
    spreading_factor: int | None = None

    @property
    def way(self) -> str:
        """`home`, `mqtt` or `http`."""
        return self.network.way if self.network else "home"

    @property
    def settings(self) -> dict[str, Any]:
        """The network's own."""
        return self.network.settings if self.network else {}

    @property
    def on(self) -> bool:
        """Whether the city uses the network at present."""
        return self.network is None or self.network.on

    @property
    def recalls(self) -> bool:
        """Whether what is with the network can be taken back."""
        return self.sends is not None and self.sends.recalls(self.way)

    @property
    def title(self) -> str:
        """The network in words."""
        return self.network.title if self.network else "ChirpStack"


def of(device: Device) -> Address:
    """The address of one device."""
    return addresses([device])[device.pk]


def addresses(devices: Sequence[Device]) -> dict[int, Address]:
    """The addresses of these devices; two queries for any number of them."""
    with connection.cursor() as cursor:
        cursor.execute(LAST, [[device.pk for device in devices]])
        last = {row[0]: row[1:] for row in cursor.fetchall()}
    networks = list(Network.objects.all())
    by_id = {network.pk: network for network in networks}
    by_slug = {network.slug: network for network in networks}
    found = {}
    for device in devices:
        source, spreading_factor, *message = last.get(device.pk, (HOME, None))
        network = by_id.get(device.network_id or 0) or by_slug.get(source)
        heard_there = bool(message) and (network is None or network.slug == source)
        found[device.pk] = Address(
            sends=SENDERS.get(network.kind if network else HOME),
            network=network,
            topic=message[0] if heard_there else "",
            there={**device.there, **(_named(source, *message) if heard_there else {})},
            spreading_factor=spreading_factor,
        )
    return found


def _named(source: str, topic: str, raw: bytes, received: datetime) -> Mapping[str, str]:
    """How the network called the device in this message."""
    message = Message(topic=topic, body=bytes(raw), received=received, network=source)
    return next((event.there for event in read(message)), {})
