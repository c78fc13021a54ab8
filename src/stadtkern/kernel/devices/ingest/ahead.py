"""The way past a backlog: while one is worked off in order, live messages are taken ahead of it.

A broker hands a session its messages in the order in which they came: after an outage, what is
live now stands behind all that was stored. So, for as long as that lasts, a second connection
without a past subscribes to the same topics at QoS 0 and gets only what is new. What it brings is
committed at once and remembered; when the same message comes by the session that must not lose
it, it is only acknowledged. Nothing depends on this connection but time.
"""

import hashlib
import queue
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol

import structlog
from django.db import DatabaseError, InterfaceError
from paho.mqtt.client import Client, MQTTMessage

from stadtkern.kernel import clock
from stadtkern.kernel.devices.ingest.broker import KEEPALIVE, Broker, client
from stadtkern.kernel.devices.ingest.event import Message
from stadtkern.kernel.devices.networks import read

log = structlog.get_logger("ingest")

# A full batch whose messages are this old is part of a backlog; so many seconds after the last of
# them it is over. A broker may hand over less than a batch now and then.
LATE, OVER = 5.0, 3.0
LARGEST_BATCH = 250
# Live messages that wait to be committed, and those committed that the session will bring later.
MOST_WAITING, MOST_KNOWN = 10_000, 200_000


class Stored(Protocol):
    """What a commit did: how many messages there were, and how old the middle one was."""

    @property
    def age(self) -> float:
        """Seconds."""


class Takes(Protocol):
    """What commits the messages."""

    def take(self, messages: Sequence[Message]) -> Any:
        """Commit a batch; as `Ingest.take`."""


class Ahead:
    """Used by the thread that commits; only its queue is shared with paho's thread."""

    def __init__(self, broker: Broker, ingest: Takes) -> None:
        self._broker = broker
        self._ingest = ingest
        self._client: Client | None = None
        self._waiting: queue.Queue[Message] = queue.Queue(MOST_WAITING)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._late = 0.0

    @property
    def open(self) -> bool:
        """Whether live messages are taken ahead now."""
        return self._client is not None

    def heed(self, stored: Stored, *, full: bool) -> None:
        """Open the way, or keep it open, after a batch of the session."""
        if full and stored.age > LATE and self._broker.live:
            self._late = time.monotonic()
            if not self.open:
                self._begin()

    def take(self) -> Any:
        """Commit the live messages that came; None where there were none, or none could be."""
        if self.open and time.monotonic() > self._late + OVER:
            self.close()
        messages: list[Message] = []
        with suppress(queue.Empty):
            while len(messages) < LARGEST_BATCH:
                messages.append(self._waiting.get_nowait())
        if not messages:
            return None
        try:
            # A network server that was away itself still hands in what it had stored.
            messages = [one for one in messages if _is_current(one)]
            stored = self._ingest.take(messages) if messages else None
        except (DatabaseError, InterfaceError) as error:
            # The session brings them too, and does not give up.
            log.warning("live messages not taken ahead", error=str(error).splitlines()[0])
            return None
        self._known |= dict.fromkeys(map(_digest, messages))
        while len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        return stored

    def new(self, messages: Sequence[Message]) -> list[Message]:
        """Those of the session's messages that were not taken ahead."""
        if not self._known:
            return list(messages)
        return [one for one in messages if not self._took(one)]

    def _took(self, message: Message) -> bool:
        digest = _digest(message)
        if digest not in self._known:
            return False
        del self._known[digest]
        return True

    def _begin(self) -> None:
        name = f"{self._broker.client_id[:17]}-ahead"
        made = client(replace(self._broker, client_id=name), clean=True)
        made.on_connect = self._on_connect
        made.on_message = self._on_message
        made.connect_async(self._broker.host, self._broker.port, KEEPALIVE)
        made.loop_start()
        self._client = made
        log.info("backlog: live messages are taken ahead", network=self._broker.network)

    def close(self) -> None:
        """End the connection; what still waits comes by the session."""
        if self._client is None:
            return
        self._client.disconnect()
        self._client.loop_stop()
        self._client = None
        with suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        log.info("backlog taken", network=self._broker.network)

    def _on_connect(self, client: Client, *about: Any) -> None:
        if not about[2].is_failure:
            client.subscribe([(topic, 0) for topic in self._broker.live])

    def _on_message(self, _client: Client, _data: Any, got: MQTTMessage) -> None:
        if got.retain:
            return
        message = Message(
            topic=got.topic,
            body=bytes(got.payload),
            received=clock.now(),
            network=self._broker.network,
        )
        with suppress(queue.Full):
            self._waiting.put_nowait(message)


def _is_current(message: Message) -> bool:
    return all((e.received - e.time).total_seconds() < LATE for e in read(message))


def _digest(message: Message) -> bytes:
    """The same bytes on the same topic are the same message, or at least are stored once."""
    return hashlib.blake2b(message.topic.encode() + b"\0" + message.body, digest_size=16).digest()
