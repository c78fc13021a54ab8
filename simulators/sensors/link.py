"""The connection to the MQTT broker: every message is kept until the broker has acknowledged it."""

import json
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

IN_FLIGHT = 200
# More waiting messages than this mean a long outage: the sensors pause instead of filling memory.
MOST_WAITING = 20_000


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where the broker is and how to log in."""

    host: str
    port: int
    user: str
    password: str

    @classmethod
    def from_demo(cls, path: Path) -> "Address":
        given = json.loads(path.read_text(encoding="utf-8"))["mqtt"]
        return cls(
            host=given["host"],
            port=int(given["port"]),
            user=given.get("user") or "",
            password=given.get("password") or "",
        )


class Link:
    """A persistent session at QoS 1: after a reconnect, unacknowledged messages go out again."""

    def __init__(
        self,
        address: Address,
        client_id: str,
        stop: threading.Event,
        listen: tuple[str, Callable[[str, bytes], None]] | None = None,
    ) -> None:
        self.stop = stop
        self.listen = listen
        self.published = 0
        self.acknowledged = 0
        self._changed = threading.Condition()
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False
        )
        if address.user:
            self.client.username_pw_set(address.user, address.password)
        self.client.max_inflight_messages_set(IN_FLIGHT)
        self.client.max_queued_messages_set(0)
        self.client.reconnect_delay_set(1, 5)
        self.client.on_connect = self._on_connect
        self.client.on_socket_open = _at_once
        self.client.on_disconnect = self._on_disconnect
        self.client.on_publish = self._on_publish
        if listen:
            self.client.on_message = lambda _c, _u, got: listen[1](got.topic, bytes(got.payload))
        self.client.connect_async(address.host, address.port, keepalive=30)
        self.client.loop_start()

    @property
    def waiting(self) -> int:
        """Messages the broker has not acknowledged yet."""
        return self.published - self.acknowledged

    def publish(self, topic: str, body: bytes, most_waiting: int = MOST_WAITING) -> None:
        """Waits while too many messages are unacknowledged."""
        with self._changed:
            self._changed.wait_for(lambda: self.waiting < most_waiting or self.stop.is_set())
            self.published += 1
        self.client.publish(topic, body, qos=1)

    def settle(self, seconds: float) -> bool:
        """Waits for the last acknowledgements."""
        with self._changed:
            return self._changed.wait_for(lambda: self.waiting == 0, timeout=seconds)

    def close(self, seconds: float = 5.0) -> None:
        if self.client.is_connected():
            self.settle(seconds)
        self.stop.set()
        self.client.disconnect()
        self.client.loop_stop()

    def wake(self) -> None:
        """Lets a waiting `publish` see that it is time to stop."""
        with self._changed:
            self._changed.notify_all()

    def _on_connect(self, _c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            print(f"The broker refuses the connection: {reason}.", flush=True)
        else:
            print(f"Connected to the broker; {self.waiting} messages waiting.", flush=True)
            if self.listen:
                self.client.subscribe(self.listen[0], qos=1)

    def _on_disconnect(self, _c: Any, _u: Any, _f: Any, _reason: Any, _p: Any) -> None:
        if not self.stop.is_set():
            print("The broker is gone; messages wait for it.", flush=True)

    def _on_publish(self, _c: Any, _u: Any, _mid: int, _reason: Any, _p: Any) -> None:
        with self._changed:
            self.acknowledged += 1
            self._changed.notify_all()


def wait_for_connection(link: Link, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not link.client.is_connected() and time.monotonic() < deadline:
        if link.stop.wait(0.05):
            break
    return link.client.is_connected()


def _at_once(_client: Any, _data: Any, opened: Any) -> None:
    """Small packets are not to wait for one another, as with network servers written in Go."""
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
