"""Network servers and other ways in, one adapter for each kind."""

from collections.abc import Sequence

from stadtkern.kernel.devices.ingest.event import HOME, Incoming, Message, broken
from stadtkern.kernel.devices.networks import directory
from stadtkern.kernel.devices.networks.adapter import Adapter
from stadtkern.kernel.devices.networks.airrohr import AirRohr
from stadtkern.kernel.devices.networks.chirpstack import ChirpStack
from stadtkern.kernel.devices.networks.opensensemap import OpenSenseMap
from stadtkern.kernel.devices.networks.plain_http import PlainHttp
from stadtkern.kernel.devices.networks.things_stack import ThingsStack

ADAPTERS: dict[str, Adapter] = {
    one.kind: one for one in (ChirpStack(), ThingsStack(), PlainHttp(), AirRohr(), OpenSenseMap())
}
_HOME = directory.Entry(kind=HOME, settings={})


def read(message: Message) -> Sequence[Incoming]:
    """The events in a message, read as its network writes; at least one."""
    # The city's own broker may bring messages before anybody has provided its row.
    entry = directory.look_up(message.network, at_first=_HOME if message.network == HOME else None)
    adapter = ADAPTERS.get(entry.kind) if entry else None
    if entry is None or adapter is None:
        return [broken(message, f"there is no network “{message.network}”")]
    return adapter.read(message, entry.settings)
