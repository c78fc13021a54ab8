"""What goes to the devices, one class for each kind of network server that takes it."""

from stadtkern.kernel.devices.networks.sending.chirpstack import ToChirpStack
from stadtkern.kernel.devices.networks.sending.parcel import Command, Parcel, Sends, Unknown
from stadtkern.kernel.devices.networks.sending.things_stack import ToThingsStack

SENDERS: dict[str, Sends] = {one.kind: one for one in (ToChirpStack(), ToThingsStack())}

__all__ = ["SENDERS", "Command", "Parcel", "Sends", "Unknown"]
