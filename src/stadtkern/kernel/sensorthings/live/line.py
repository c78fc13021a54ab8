"""The publisher's line to its broker: QoS 1, and after a break again from where it broke."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from stadtkern.kernel.sensorthings.live import packets
from stadtkern.kernel.sensorthings.live.wire import KEEPALIVE, Heard, Wire

log = structlog.get_logger("sensorthings")

MOST_UNSENT = 2000
AT_ONCE = 1000  # messages that a broker has not acknowledged
PAUSES = (1.0, 2.0, 4.0, 5.0)  # seconds before it is tried again
TIMEOUT = 8.0  # seconds for a connection to be made
LAST_ID = 65_535
LISTENING = 1  # the id of our only subscription; messages come after it


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """The broker and our account there; `base` is the address of the API that links name."""

    host: str
    port: int
    user: str
    password: str
    client_id: str
    base: str
    retain: bool = False


@dataclass(frozen=True, slots=True)
class _Out:
    topic: str
    body: bytes
    retain: bool


class Line:
    """Used from one event loop. Written by hand: a client in a thread of its own would cost more
    than all that it sends.

    What was on its way is not sent again before subscribers are back: `go_on` says when.
    """

    def __init__(
        self,
        door: Door,
        topic: str,
        connected: Callable[[], None],
        told: Callable[[Heard], None],
    ) -> None:
        self.open = asyncio.Event()
        self.published = 0
        self._door = door
        self._topic = topic
        self._connected = connected
        self._told = told
        self._wire: Wire | None = None
        self._staying: asyncio.Task[None] | None = None
        self._on_its_way: dict[int, _Out] = {}
        self._next: deque[_Out] = deque()  # for the broker to acknowledge some
        self._waiting: list[_Out] = []  # for the line to be open
        self._moved = asyncio.Event()
        self._id = LISTENING

    def begin(self) -> None:
        """Connect, and stay connected."""
        self._staying = asyncio.get_running_loop().create_task(self._stay())

    async def end(self) -> None:
        """Hang up."""
        if self._staying is not None:
            self._staying.cancel()
            with suppress(asyncio.CancelledError):
                await self._staying

    async def _stay(self) -> None:
        failures = 0
        while True:
            with suppress(OSError, TimeoutError):
                await self._serve()
            failures = 0 if self.open.is_set() else failures + 1
            self._lost()
            if failures:
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES)) - 1])

    async def _serve(self) -> None:
        """From the connection to its end."""
        loop, door = asyncio.get_running_loop(), self._door
        async with asyncio.timeout(TIMEOUT):
            _, wire = await loop.create_connection(self._make_wire, door.host, door.port)
        self._wire = wire
        wire.write(packets.connect(door.client_id, door.user, door.password, KEEPALIVE))
        try:
            await asyncio.shield(wire.lost)
        except asyncio.CancelledError:
            wire.close()
            raise

    def _make_wire(self) -> Wire:
        return Wire(welcomed=self._welcomed, told=self._told, sent=self._sent)

    def _welcomed(self, code: int) -> None:
        assert self._wire is not None
        if code:
            log.error("broker refused the publisher", reason=code)
            self._wire.abort()
            return
        log.info("publisher connected", host=self._door.host, port=self._door.port)
        self._wire.write(packets.subscribe(LISTENING, self._topic))
        self._connected()

    def go_on(self) -> None:
        """Whoever was there before is back: send what waits."""
        waiting, self._waiting = self._waiting, []
        self.open.set()
        for out in waiting:
            self._send(out)

    def send(self, topic: str, body: bytes, *, retain: bool = False) -> None:
        """Send it now, or when the line is open again."""
        self.published += 1
        out = _Out(topic, body, retain)
        if self.open.is_set():
            self._send(out)
        else:
            self._waiting.append(out)

    def acknowledge(self, message: Heard) -> None:
        """Tell the broker that a message has been dealt with."""
        if message.mid and message.wire is self._wire:
            message.wire.write(packets.puback(message.mid))

    async def room(self) -> None:
        """Wait while too much is on its way, so that a slow broker fills no memory."""
        while len(self._on_its_way) + len(self._next) >= MOST_UNSENT:
            self._moved.clear()
            await self._moved.wait()

    def _send(self, out: _Out) -> None:
        if len(self._on_its_way) >= AT_ONCE or self._wire is None:
            self._next.append(out)
            return
        while True:
            self._id = self._id + 1 if self._id < LAST_ID else LISTENING + 1
            if self._id not in self._on_its_way:
                break
        self._on_its_way[self._id] = out
        self._wire.write(packets.publish(self._id, out.topic, out.body, retain=out.retain))

    def _sent(self, mid: int) -> None:
        self._on_its_way.pop(mid, None)
        if self._next:
            self._send(self._next.popleft())
        self._moved.set()

    def _lost(self) -> None:
        """Begin anew; what is not acknowledged waits."""
        self.open.clear()
        self._waiting = [*self._on_its_way.values(), *self._next, *self._waiting]
        self._on_its_way.clear()
        self._next.clear()
        self._moved.set()
        self._wire = None
