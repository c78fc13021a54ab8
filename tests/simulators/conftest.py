"""What the simulator tests share: the codecs, and a real MQTT broker in this process."""

import asyncio
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from amqtt.broker import Broker
from paho.mqtt.enums import CallbackAPIVersion

ROOT = Path(__file__).parents[2]
# The simulators are programs, not a part of the installed package.
sys.path.insert(0, str(ROOT))


class TestBroker:
    """An MQTT broker on a free port that can be stopped and started again."""

    __test__ = False

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def start(self) -> None:
        self._do(self._start)

    async def _start(self) -> None:
        listener = {"type": "tcp", "bind": f"127.0.0.1:{self.port}"}
        plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        self.broker = Broker({"listeners": {"default": listener}, "plugins": plugins})
        await self.broker.start()

    def stop(self) -> None:
        self._do(lambda: self.broker.shutdown())

    def _do(self, what: Callable[[], object]) -> None:
        asyncio.run_coroutine_threadsafe(what(), self.loop).result(10)  # type: ignore[arg-type]


@pytest.fixture
def broker() -> Iterator[TestBroker]:
    broker = TestBroker()
    broker.start()
    yield broker
    broker.stop()
    broker.loop.call_soon_threadsafe(broker.loop.stop)


@pytest.fixture
def demo(broker: TestBroker, tmp_path: Path) -> Path:
    """A demo.json that names the broker."""
    path = tmp_path / "demo.json"
    address = {"host": "127.0.0.1", "port": broker.port, "user": "any", "password": "one"}
    path.write_text(json.dumps({"mqtt": address}))
    return path


@pytest.fixture
def heard(broker: TestBroker) -> Iterator[list[tuple[str, dict[str, object]]]]:
    """Topic and event of every message on the broker, as they come."""
    messages: list[tuple[str, dict[str, object]]] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="listener")
    ready = threading.Event()
    client.on_connect = lambda c, *_: c.subscribe("#", qos=1)
    client.on_subscribe = lambda *_: ready.set()
    client.on_message = lambda _c, _u, m: messages.append((m.topic, json.loads(m.payload)))
    client.reconnect_delay_set(1, 1)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    assert ready.wait(5)
    yield messages
    client.disconnect()
    client.loop_stop()
