"""The MQTT side of ingest: QoS 1, a persistent session, and a PUBACK only after the commit."""

import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from paho.mqtt.client import Client, MQTTMessage

from stadtkern.kernel import clock
from stadtkern.kernel.devices.ingest.ahead import Ahead
from stadtkern.kernel.devices.ingest.batch import NOTHING, Stored, commit
from stadtkern.kernel.devices.ingest.broker import KEEPALIVE, Broker, client
from stadtkern.kernel.devices.ingest.event import Message, broken
from stadtkern.kernel.devices.ingest.judged import Judged
from stadtkern.kernel.devices.ingest.receiver import Receiver
from stadtkern.kernel.devices.models import Outcome
from stadtkern.kernel.devices.networks import words

log = structlog.get_logger("ingest")

LARGEST_BATCH = 500
MOST_WAITING = 2000


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and what is needed to acknowledge it on the connection it came by."""

    connection: int
    mid: int
    qos: int
    message: Message


class Takes(Protocol):
    """What commits the messages."""

    def take(self, messages: Sequence[Message]) -> Stored:
        """Commit a batch; as `Ingest.take`."""


class Consumer:
    """Receives in paho's thread, commits in the caller's; `run` returns after `stop`."""

    def __init__(self, broker: Broker, ingest: Takes, told: Callable[[Stored], None]) -> None:
        self._broker = broker
        self._ingest = ingest
        self._ahead = Ahead(broker, ingest)
        self._told = told
        self._waiting: queue.Queue[Delivery] = queue.Queue()
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._connection = 0
        self._client = self._make_client()
        self.problem = ""  # of the connection, one of `words.PROBLEMS`

    def _make_client(self) -> Receiver:
        made = client(self._broker)
        made.on_connect = self._on_connect
        made.on_connect_fail = self._on_connect_fail
        made.on_subscribe = self._on_subscribe
        made.on_disconnect = self._on_disconnect
        made.on_message = self._on_message
        made.full = lambda: self._waiting.qsize() >= MOST_WAITING
        made.reconnect_delay_set(min_delay=1, max_delay=10)
        return made

    def run(self) -> None:
        """Receive and commit until stopped; survives the loss of broker and database."""
        self._client.connect_async(self._broker.host, self._broker.port, KEEPALIVE)
        self._client.loop_start()
        try:
            while not self._stop.is_set():
                if live := self._ahead.take():
                    self._told(live)
                if batch := self._next_batch():
                    self._commit(batch)
        finally:
            self._ahead.close()
            self._client.disconnect()
            self._client.loop_stop()

    def stop(self) -> None:
        """End `run` after the batch in hand; what is not committed stays with the broker."""
        self._stop.set()

    def _on_connect(
        self, client: Client, _data: Any, _flags: Any, reason: Any, _props: Any
    ) -> None:
        with self._lock:
            self._connection += 1
        if reason.is_failure:
            self.problem = words.of_connack(reason.value)
            log.error("broker refused", network=self._broker.network, reason=str(reason))
            return
        self.problem = ""
        log.info("connected", host=self._broker.host, port=self._broker.port)
        client.subscribe([(topic, 1) for topic in self._broker.topics])

    def _on_connect_fail(self, *_about: object) -> None:
        # paho calls this while it handles the error, and does not pass it on.
        self.problem = words.of_error(sys.exception())

    def _on_subscribe(self, *about: Any) -> None:
        if any(code.is_failure for code in about[3]):
            self.problem = "rights"

    def _on_disconnect(self, *_about: object) -> None:
        self.problem = self.problem or "lost"
        # Message ids begin anew with a new broker: an old one must not acknowledge another message.
        with self._lock:
            self._connection += 1

    def _on_message(self, _client: Client, _data: Any, got: MQTTMessage) -> None:
        message = Message(
            topic=got.topic,
            body=bytes(got.payload),
            received=clock.now(),
            again=got.dup,
            kept=got.retain,
            network=self._broker.network,
        )
        self._waiting.put(Delivery(self._connection, got.mid, got.qos, message))

    def _next_batch(self) -> list[Delivery]:
        """What has come in: at once when quiet, many together when busy."""
        batch: list[Delivery] = []
        with suppress(queue.Empty):
            batch.append(self._waiting.get(timeout=0.5))
            while len(batch) < LARGEST_BATCH:
                batch.append(self._waiting.get_nowait())
        return batch

    def _commit(self, batch: list[Delivery]) -> None:
        messages = self._ahead.new([delivery.message for delivery in batch])
        pause = 0.2
        while not self._stop.is_set():
            try:
                stored = self._ingest.take(messages) if messages else NOTHING
            except (OperationalError, InterfaceError) as error:
                log.warning("database away", error=str(error).splitlines()[0], batch=len(batch))
                connection.close()
                self._stop.wait(pause)
                pause = min(pause * 2, 5)
            except DatabaseError as error:
                log.error("batch refused", error=str(error).splitlines()[0], batch=len(batch))
                stored = self._one_by_one(messages)
                break
            else:
                break
        else:
            return
        self._acknowledge(batch)
        self._told(stored)
        self._ahead.heed(stored, full=len(batch) >= LARGEST_BATCH // 2)

    def _one_by_one(self, messages: list[Message]) -> Stored:
        """A message that the database refuses must not take its neighbours with it."""
        parts = []
        for message in messages:
            try:
                parts.append(self._ingest.take([message]))
            except (OperationalError, InterfaceError):
                raise
            except DatabaseError as error:
                reason = f"refused by the database: {str(error).splitlines()[0]}"
                event = broken(replace(message, topic="refused"), reason)
                parts.append(commit([Judged(event=event, outcome=Outcome.BROKEN, reason=reason)]))
        return Stored(
            messages=len(messages),
            new=sum(p.new for p in parts),
            observations=sum(p.observations for p in parts),
            troubled=sum(p.troubled for p in parts),
        )

    def _acknowledge(self, batch: list[Delivery]) -> None:
        """PUBACK for what came by the present connection; the rest comes again and is known."""
        with self._lock:
            present = (one for one in batch if one.connection == self._connection)
            self._client.acknowledge([one.mid for one in present if one.qos])


class Meter:
    """Counts what was stored, for heartbeats and logs."""

    def __init__(self) -> None:
        self.started = time.time()
        self.totals = {"messages": 0, "new": 0, "observations": 0, "troubled": 0}
        self._turn = threading.Lock()

    def add(self, stored: Stored) -> None:
        """Add one batch, from any thread."""
        with self._turn:
            for name in self.totals:
                self.totals[name] += getattr(stored, name)
