"""Messages on their way to one subscriber: in order, and none lost while its session lasts.

amqtt itself forgets a message that is not acknowledged within five seconds.
"""

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

from amqtt.mqtt.publish import PublishPacket

log = logging.getLogger(__name__)

WINDOW = 1000  # messages sent and not acknowledged
MOST_WAITING = 20_000  # for a subscriber that is slow or away; then the oldest go
LOWEST_ID, HIGHEST_ID = 32_768, 65_535  # amqtt counts its own packets from 1


@dataclass(eq=False, kw_only=True, slots=True)
class Out:
    """A message; `done` is called when the subscriber has acknowledged it."""

    topic: str
    data: bytes
    qos: int
    retain: bool = False
    done: Callable[[], None] | None = None


class Outbox:
    """Knows no socket: its connection takes the packets with `next` when `work` is set."""

    def __init__(self, client: str) -> None:
        self.work = asyncio.Event()
        self._client = client
        self._waiting: deque[Out] = deque()
        self._again: deque[int] = deque()
        self._in_flight: OrderedDict[int, Out] = OrderedDict()
        self._last_id = LOWEST_ID - 1
        self._lost = 0

    def put(self, out: Out) -> None:
        """Send it as soon as may be."""
        self._waiting.append(out)
        if len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            self._lost += 1
            if self._lost % 1000 == 1:
                log.warning("%r is too slow: %d messages dropped.", self._client, self._lost)
        self.work.set()

    def connected(self) -> None:
        """The subscriber is back: what it has not acknowledged goes out again."""
        self._again = deque(self._in_flight)
        self.work.set()

    def left(self) -> None:
        """The subscriber is away; only what it has been promised waits for it."""
        self._waiting = deque(out for out in self._waiting if out.qos)
        self._again.clear()

    def next(self) -> bytes | None:
        """The next packet to write."""
        if self._again:
            number = self._again.popleft()
            return _packet(self._in_flight[number], number, again=True)
        if not self._waiting or (self._waiting[0].qos and len(self._in_flight) >= WINDOW):
            return None
        out = self._waiting.popleft()
        if not out.qos:
            return _packet(out, None)
        number = self._free_id()
        self._in_flight[number] = out
        return _packet(out, number)

    def acknowledged(self, number: int) -> bool:
        """Whether that was one of ours."""
        out = self._in_flight.pop(number, None)
        if out is None:
            return False
        if number in self._again:
            self._again.remove(number)
        if out.done:
            out.done()
        self.work.set()
        return True

    def _free_id(self) -> int:
        while True:
            self._last_id = self._last_id + 1 if self._last_id < HIGHEST_ID else LOWEST_ID
            if self._last_id not in self._in_flight:
                return self._last_id


def _packet(out: Out, number: int | None, *, again: bool = False) -> bytes:
    qos = 1 if number is not None else 0
    packet = PublishPacket.build(out.topic, out.data, number, again, qos, out.retain)
    data: bytes = packet.to_bytes()
    return data
