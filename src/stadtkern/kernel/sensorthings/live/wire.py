"""One connection to a broker, for whoever sends thousands of messages a second."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from stadtkern.kernel.sensorthings.live import packets

KEEPALIVE = 30  # seconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """A message that came by `wire`; `mid` is 0 where it needs no acknowledgement."""

    wire: "Wire"
    mid: int
    payload: bytes


class Wire(asyncio.Protocol):
    """Calls back with what comes; what is sent in one turn of the loop leaves in one piece."""

    def __init__(
        self,
        *,
        welcomed: Callable[[int], None],
        told: Callable[[Heard], None],
        sent: Callable[[int], None],
    ) -> None:
        self._welcomed, self._told, self._sent = welcomed, told, sent
        self._loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self._transport: asyncio.Transport | None = None
        self._in = bytearray()
        self._out: list[bytes] = []
        self._heard_at = self._loop.time()
        self._pulse: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """From the event loop."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        with suppress(OSError, AttributeError):
            opened = transport.get_extra_info("socket")
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pulse = self._loop.call_later(KEEPALIVE / 2, self._beat)

    def connection_lost(self, _error: Exception | None) -> None:
        """From the event loop."""
        if self._pulse:
            self._pulse.cancel()
        if not self.lost.done():
            self.lost.set_result(None)

    def data_received(self, data: bytes) -> None:
        """From the event loop."""
        self._heard_at = self._loop.time()
        self._in += data
        try:
            for first, packet in packets.taken(self._in):
                self._handle(first, packet)
        except (ValueError, IndexError):
            self.abort()

    def _handle(self, first: int, packet: bytes) -> None:
        kind = first >> 4
        if kind == packets.PUBACK:
            self._sent(int.from_bytes(packet[:2]))
        elif kind == packets.PUBLISH:
            mid, payload = packets.published(first, packet)
            self._told(Heard(wire=self, mid=mid, payload=payload))
        elif kind == packets.CONNACK:
            self._welcomed(packet[1])

    def write(self, packet: bytes) -> None:
        """Send it with what else is sent in this turn."""
        if not self._out:
            self._loop.call_soon(self._flush)
        self._out.append(packet)

    def _flush(self) -> None:
        together, self._out = b"".join(self._out), []
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(together)

    def _beat(self) -> None:
        """A broker that is silent for too long is not there any more."""
        if self._loop.time() - self._heard_at > KEEPALIVE * 1.5:
            self.abort()
            return
        self.write(packets.PING)
        self._pulse = self._loop.call_later(KEEPALIVE / 2, self._beat)

    def abort(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Say goodbye, and end it when all has left."""
        self.write(packets.DISCONNECT)
        self._flush()
        if self._transport is not None:
            self._transport.close()
