"""What the tests of the process tree share: looking at processes, and MQTT clients."""

import queue
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import psutil
import pytest

from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.brokers import amqtt_child
from stadtkern.site.tree.child import Child

ACCOUNTS = {"ingest": "ingest-secret", "sensor": "sensor-secret"}
INGEST = "stadtkern-ingest"


def lives(pid: int) -> bool:
    """A zombie nobody has collected is gone too."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def eventually(done: Callable[[], object], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if done():
            return True
        time.sleep(0.02)
    return False


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningBroker:
    def __init__(self, setup: BrokerSetup, child: Child) -> None:
        self.setup, self.child = setup, child
        self.process: subprocess.Popen[bytes]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(list(self.child.argv))
        assert self.child.ready
        assert eventually(self.child.ready)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Client:
    """A paho client that notes what happens to it."""

    def __init__(
        self, port: int, name: str, user: str, *, clean: bool = True, manual_ack: bool = False
    ) -> None:
        self.connected: queue.Queue[str] = queue.Queue()
        self.received: queue.Queue[mqtt.MQTTMessage] = queue.Queue()
        self.acknowledged: queue.Queue[int] = queue.Queue()
        self.granted: queue.Queue[int] = queue.Queue()
        self.topics: list[str] = []
        self.port = port
        self.paho = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=name,
            clean_session=clean,
            manual_ack=manual_ack,
        )
        self.paho.username_pw_set(user, ACCOUNTS.get(user, "wrong"))
        self.paho.reconnect_delay_set(0.2, 0.2)
        self.paho.max_inflight_messages_set(60_000)
        self.paho.on_connect = self._on_connect
        self.paho.on_message = lambda _client, _data, message: self.received.put(message)
        self.paho.on_publish = lambda _c, _d, mid, _r, _p: self.acknowledged.put(mid)
        self.paho.on_subscribe = lambda _c, _d, mid, _r, _p: self.granted.put(mid)

    def _on_connect(self, client: mqtt.Client, *rest: object) -> None:
        for topic in self.topics:
            client.subscribe(topic, qos=1)
        self.connected.put(str(rest[2]))

    def connect(self, *topics: str) -> str:
        self.topics = list(topics)
        self.paho.connect("127.0.0.1", self.port)
        self.paho.loop_start()
        said = self.connected.get(timeout=30)
        for _ in topics:
            self.granted.get(timeout=30)
        return said

    def publish(self, topic: str, payload: str, qos: int = 1) -> mqtt.MQTTMessageInfo:
        return self.paho.publish(topic, payload, qos=qos)

    def next(self, timeout: float = 30.0) -> mqtt.MQTTMessage:
        return self.received.get(timeout=timeout)

    def acknowledge(self, message: mqtt.MQTTMessage) -> None:
        self.paho.ack(message.mid, message.qos)

    def drop(self) -> None:
        """Hangs up without a word, as a crashed process does, and stays away."""
        connection = self.paho.socket()
        self.paho.on_message = None
        self.paho.reconnect_delay_set(3600, 3600)
        assert connection
        connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RunningBroker]:
    """The embedded broker, holding what goes to application/#."""
    setup = BrokerSetup(
        data=tmp_path,
        port=unused_port(),
        accounts=ACCOUNTS,
        ingest=INGEST,
        ingest_user="ingest",
        hold=["application/#"],
    )
    running = RunningBroker(setup, amqtt_child(setup))
    yield running
    running.kill()


@pytest.fixture
def client(broker: RunningBroker) -> Iterator[Callable[..., Client]]:
    made: list[Client] = []

    def make(name: str, user: str = "sensor", **options: bool) -> Client:
        made.append(Client(broker.setup.port, name, user, **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def new_ingest(client: Callable[..., Client]) -> Callable[[], Client]:
    """Each call is another life of ingest: same name, persistent session, own acknowledgement."""
    return lambda: client(INGEST, "ingest", clean=False, manual_ack=True)


PYTHON = sys.executable
