"""What a network server is told, and what each kind of them must be able to put into words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class Unknown(ValueError):
    """The device cannot be named to its network yet; the text says what is missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One downlink, and how its network calls the device.

    `topic` is that of the device's last message, `there` what the network named with it, `settings`
    and `way` are those of the network (`home`, `mqtt` or `http`).
    """

    id: str
    dev_eui: str
    f_port: int
    payload: bytes
    confirmed: bool = False
    priority: int = 0
    expires: datetime | None = None
    topic: str = ""
    there: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    way: str = "home"


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """One message to a network: at a broker to `topic`, else to the address `url`."""

    topic: str = ""
    url: str = ""
    body: bytes
    method: str = "POST"


class Sends(Protocol):
    """Puts downlinks into a network server's words."""

    @property
    def kind(self) -> str:
        """Its name in `Network.kind`."""

    @property
    def drops_at_join(self) -> bool:
        """Whether it forgets what it holds for a device that joins."""

    def recalls(self, way: str) -> bool:
        """Whether what it holds can be taken back by this way."""

    def push(self, command: Command) -> Parcel:
        """The downlink for the device's queue there.

        Raises Unknown: the device cannot be named yet.
        """

    def recall(self, command: Command) -> Parcel:
        """Take back what the queue holds; raises Unknown."""
