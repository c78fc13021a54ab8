"""Network servers and other ways in, one adapter for each kind."""

from collections.abc import Sequence

from stadtkern.kernel.devices.ingest.event import HOME, Incoming, Message
from stadtkern.kernel.devices.networks.adapter import Adapter
from stadtkern.kernel.devices.networks.chirpstack import ChirpStack

ADAPTERS: dict[str, Adapter] = {one.kind: one for one in (ChirpStack(),)}


def read(message: Message) -> Sequence[Incoming]:
    """The events in a message, read as its network writes."""
    return ADAPTERS.get(message.network, ADAPTERS[HOME]).read(message)
