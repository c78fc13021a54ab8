"""The publisher's line to its broker: QoS 1, and after a break again from where it broke."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

log = structlog.get_logger("sensorthings")

MOST_UNSENT = 2000


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
    """Used from one event loop; paho runs in a thread of its own.

    A client of paho sends again what was on its way as soon as it is connected, before subscribers
    are back. So each connection has a client of its own, and `go_on` says when.
    """

    def __init__(
        self,
        door: Door,
        topic: str,
        connected: Callable[[], None],
        told: Callable[[MQTTMessage], None],
    ) -> None:
        self.open = asyncio.Event()
        self.published = 0
        self._door = door
        self._topic = topic
        self._connected = connected
        self._told = told
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: Client | None = None
        self._on_its_way: dict[int, _Out] = {}
        self._waiting: list[_Out] = []
        self._moved = asyncio.Event()

    def begin(self) -> None:
        """Connect, and stay connected."""
        self._loop = asyncio.get_running_loop()
        self._client = client = self._make_client()
        client.connect_async(self._door.host, self._door.port, keepalive=30)
        client.loop_start()

    async def end(self) -> None:
        """Hang up."""
        client, self._client = self._client, None
        if client is not None:
            await asyncio.to_thread(_hang_up, client)

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

    def acknowledge(self, message: MQTTMessage) -> None:
        """Tell the broker that a message has been dealt with."""
        if self._client is not None:
            self._client.ack(message.mid, message.qos)

    async def room(self) -> None:
        """Wait while too much is on its way, so that a slow broker fills no memory."""
        while len(self._on_its_way) >= MOST_UNSENT:
            self._moved.clear()
            await self._moved.wait()

    def _send(self, out: _Out) -> None:
        assert self._client is not None
        info = self._client.publish(out.topic, out.body, qos=1, retain=out.retain)
        self._on_its_way[info.mid] = out

    def _make_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=self._door.client_id, manual_ack=True
        )
        client.username_pw_set(self._door.user, self._door.password)
        client.reconnect_delay_set(min_delay=1, max_delay=5)
        client.max_inflight_messages_set(1000)
        client.on_connect = self._on_connect
        client.on_disconnect = lambda one, *_: self._soon(one, self._lost)
        client.on_message = lambda one, _d, message: self._soon(one, self._told, message)
        client.on_publish = lambda one, _d, mid, _r, _p: self._soon(one, self._sent, mid)
        return client

    def _on_connect(self, one: Client, _data: Any, _flags: Any, reason: Any, _props: Any) -> None:
        if reason.is_failure:
            log.error("broker refused the publisher", reason=str(reason))
            return
        log.info("publisher connected", host=self._door.host, port=self._door.port)
        one.subscribe(self._topic, 1)
        self._soon(one, self._connected)

    def _soon(self, client: Client, call: Callable[..., None], *arguments: Any) -> None:
        """From paho's thread into ours, if that client is still the one we use."""

        def do() -> None:
            if client is self._client:
                call(*arguments)

        assert self._loop is not None
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(do)

    def _sent(self, mid: int) -> None:
        self._on_its_way.pop(mid, None)
        self._moved.set()

    def _lost(self) -> None:
        """Begin anew; what is not acknowledged waits."""
        self.open.clear()
        self._waiting = [*self._on_its_way.values(), *self._waiting]
        self._on_its_way.clear()
        self._moved.set()
        if self._client is not None and self._loop is not None:
            self._loop.run_in_executor(None, _hang_up, self._client)
        self.begin()


def _hang_up(client: Client) -> None:
    client.disconnect()
    client.loop_stop()
