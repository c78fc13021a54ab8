"""What an adapter does: one class for each kind of network server."""

from collections.abc import Sequence
from typing import Protocol

from django.utils.functional import Promise

from stadtkern.kernel.devices.ingest.event import Incoming, Message


class Adapter(Protocol):
    """Reads the messages of one kind of network."""

    @property
    def kind(self) -> str:
        """Its name in `Network.kind`."""

    @property
    def title(self) -> str | Promise:
        """What people call it."""

    def read(self, message: Message) -> Sequence[Incoming]:
        """The events in a message; what cannot be read comes back with its problem."""
