"""Who is at the embedded broker, and what they may do there."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from stadtkern.site.tree.live import CURRENT, PREFIX, WISHES

LONGEST_NAME = 200  # characters of a client id that are looked at
CREATE = "$create/"  # where ingest takes what others post below v1.1/
# Downlinks open valves and switch lamps: only our own account tells a network server to send them.
COMMAND = re.compile(
    r"^(?:.+/)?application/[^/]+/device/[^/]+/command/|^v3/[^/]+/devices/[^/]+/down/(?:push|replace)$"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guest:
    """An account of the city's own programs, a program with an API key, or anybody."""

    identity: str

    def may_publish(self, topic: str) -> bool:
        """Whether it may send messages to this topic."""
        return False

    def may_subscribe(self, topic_filter: str) -> bool:
        """Whether it may receive what matches this filter."""
        return topic_filter.startswith(PREFIX)


@dataclass(frozen=True, kw_only=True, slots=True)
class Account(Guest):
    """A line of the password file: the city's own programs, such as the sensors' network server."""

    def may_publish(self, topic: str) -> bool:
        return not topic.startswith("$") and not COMMAND.match(topic)

    def may_subscribe(self, topic_filter: str) -> bool:
        return not topic_filter.startswith((CREATE, WISHES))


@dataclass(frozen=True, kw_only=True, slots=True)
class Ours(Guest):
    """Ingest, and what publishes for the city."""

    def may_publish(self, topic: str) -> bool:
        return not topic.startswith("$") or topic.startswith(CURRENT)

    def may_subscribe(self, topic_filter: str) -> bool:
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Program(Guest):
    """A program with an API key: below `v1.1/` only, and posting only where the key may write."""

    digest: str
    writes: bool

    def may_publish(self, topic: str) -> bool:
        return self.writes and topic.startswith(PREFIX)


def creation(guest: Guest, client: str, topic: str, packet: int) -> str:
    """What ingest gets is posted under `$create/<digest of the key>/<client>/<packet>/<topic>`.

    `packet` tells messages of the client apart; negative where it has not numbered it itself.
    """
    digest = guest.digest if isinstance(guest, Program) else ""
    return f"{CREATE}{digest}/{quote(client[:LONGEST_NAME], safe='')}/{packet}/{topic}"
