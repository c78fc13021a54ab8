"""What the simulator tests share: the codecs, and a real MQTT broker."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from stadtkern.site.tree.passwords import write_passwords
from stadtkern.site.tree.ports import port_answers

ROOT = Path(__file__).parents[2]
# The simulators are programs, not a part of the installed package.
sys.path.insert(0, str(ROOT))


class TestBroker:
    """Our MQTT broker as a process on a free port, which can be killed and started again."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.passwords = folder / "passwords"
        write_passwords(self.passwords, {"any": "one"})

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "stadtkern.site.tree.broker"),
                *("--port", str(self.port), "--passwords", str(self.passwords)),
                *("--hold-for", "nobody", "--hold", "nothing/#"),
            ]
        )
        until = time.monotonic() + 60
        while not port_answers(self.port):
            assert time.monotonic() < until
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBroker]:
    broker = TestBroker(tmp_path_factory.mktemp("broker"))
    broker.start()
    yield broker
    broker.stop()


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
    client.username_pw_set("any", "one")
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
