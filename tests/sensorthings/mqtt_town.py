"""A broker with ingest and publisher before it, as a city runs them, and clients of it."""

import itertools
import json
import os
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from django.db import connection
from paho.mqtt.client import MQTTMessage
from tree.conftest import eventually, unused_port

from stadtkern.kernel.devices.ingest.batch import Ingest
from stadtkern.kernel.devices.ingest.consumer import Broker, Consumer
from stadtkern.kernel.devices.sandbox import CodecPool
from stadtkern.kernel.sensorthings.live.line import Door
from stadtkern.kernel.sensorthings.live.posted import CREATE, Posted
from stadtkern.kernel.sensorthings.live.publisher import Publisher
from stadtkern.site.mqtt import Both
from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.brokers import amqtt_child
from stadtkern.site.tree.child import Child
from stadtkern.site.tree.mosquitto import mosquitto_child

BASE = "http://testserver/api/sensorthings/v1.1"
ACCOUNTS = {"stadtkern-ingest": "ingest-secret", "network-server": "server-secret"}
INGEST = "stadtkern-ingest"


def database() -> str:
    """The address of the test's database."""
    its = connection.settings_dict
    return f"postgresql://{its['USER']}@/{its['NAME']}?host={its['HOST']}&port={its['PORT']}"


class Program:
    """A client that notes what it hears, and when its subscriptions are confirmed."""

    def __init__(self, port: int, user: str | None, password: str = "", **more: Any) -> None:
        self.heard: queue.Queue[MQTTMessage] = queue.Queue()
        self.answers: queue.Queue[str] = queue.Queue()
        self.granted: queue.Queue[list[int]] = queue.Queue()
        self.gone: queue.Queue[str] = queue.Queue()
        self.topics: list[tuple[str, int]] = []
        self.port = port
        self.paho = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, **more)
        if user is not None:
            self.paho.username_pw_set(user, password)
        self.paho.reconnect_delay_set(0.2, 0.2)
        self.paho.max_inflight_messages_set(60_000)
        self.paho.on_connect = self._on_connect
        self.paho.on_message = lambda _c, _d, message: self.heard.put(message)
        self.paho.on_subscribe = lambda _c, _d, _m, codes, _p: self.granted.put(
            [code.value for code in codes]
        )
        self.paho.on_disconnect = lambda _c, _d, _f, reason, _p: self.gone.put(str(reason))

    def _on_connect(self, client: mqtt.Client, *rest: Any) -> None:
        if self.topics and not rest[2].is_failure:
            client.subscribe(self.topics)
        self.answers.put(str(rest[2]))

    def connect(self) -> str:
        self.paho.connect("127.0.0.1", self.port)
        self.paho.loop_start()
        return self.answers.get(timeout=30)

    def subscribe(self, *topics: str, qos: int = 1) -> list[int]:
        """Returns what was granted."""
        self.topics += [(topic, qos) for topic in topics]
        self.paho.subscribe([(topic, qos) for topic in topics])
        return self.granted.get(timeout=30)

    def unsubscribe(self, topic: str) -> None:
        self.paho.unsubscribe(topic)

    def next(self, timeout: float = 30.0) -> tuple[str, Any]:
        """Topic and content of the next message."""
        message = self.heard.get(timeout=timeout)
        return message.topic, json.loads(message.payload)

    def nothing(self, seconds: float = 0.3) -> bool:
        try:
            self.heard.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def post(self, topic: str, body: Any, qos: int = 1) -> mqtt.MQTTMessageInfo:
        return self.paho.publish(topic, json.dumps(body), qos=qos)

    def close(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()


@dataclass(kw_only=True)
class Town:
    """What runs; `ingest` and `publisher` can be ended and begun anew."""

    child: Child
    port: int
    retain: bool = False
    topics: tuple[str, ...] = ()
    programs: list[Program] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)
    posted: Posted = field(default_factory=lambda: Posted(BASE))

    def begin(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("delete from sensorthings_told")  # by the town before
        self.start_broker()
        self.start_publisher()
        self.start_ingest()
        assert eventually(lambda: self.publisher.ready)

    def start_broker(self) -> None:
        env = {**os.environ, **self.child.env}
        self.process = subprocess.Popen(list(self.child.argv), env=env)
        assert self.child.ready
        assert eventually(self.child.ready)

    def kill_broker(self) -> None:
        self.process.kill()
        self.process.wait()

    def start_publisher(self) -> None:
        self.publisher = Publisher(
            Door(
                host="127.0.0.1",
                port=self.port,
                user=INGEST,
                password=ACCOUNTS[INGEST],
                client_id=f"publisher-{next(self.numbers)}",
                base=BASE,
                retain=self.retain,
            )
        )
        self.publisher.__enter__()

    def start_ingest(self) -> None:
        broker = Broker(
            host="127.0.0.1",
            port=self.port,
            user=INGEST,
            password=ACCOUNTS[INGEST],
            topics=("application/+/device/+/event/+", f"{CREATE}#", *self.topics),
        )
        self.pool = CodecPool(workers=1)
        self.pool.__enter__()
        self.consumer = Consumer(broker, Both(Ingest(self.pool), self.posted), lambda _: None)
        self.thread = threading.Thread(target=self._consume, daemon=True)
        self.thread.start()

    def _consume(self) -> None:
        self.consumer.run()
        connection.close()

    def stop_ingest(self) -> None:
        self.consumer.stop()
        self.thread.join()
        self.pool.__exit__(None, None, None)

    def program(self, key: str | None, user: str | None = "program", **more: Any) -> Program:
        """A connected client; without a key and name, a guest."""
        made = self.client(key, user, **more)
        assert made.connect() == "Success"
        return made

    def client(self, key: str | None, user: str | None = "program", **more: Any) -> Program:
        made = Program(self.port, user, key or "", **more)
        self.programs.append(made)
        return made

    def empty(self) -> None:
        """Nobody is there any more."""
        while self.programs:
            self.programs.pop().close()

    def end(self) -> None:
        self.empty()
        self.stop_ingest()
        self.publisher.__exit__()
        self.kill_broker()


@contextmanager
def embedded(folder: Path, *, retain: bool = False, anonymous: bool = False) -> Iterator[Town]:
    """A town with the embedded broker."""
    setup = _setup(folder, anonymous=anonymous)
    child = amqtt_child(setup)
    child = replace(child, argv=[*child.argv, "--keys-every", "0.5"])
    with _running(Town(child=child, port=setup.port, retain=retain)) as town:
        yield town


@contextmanager
def with_mosquitto(folder: Path, *, retain: bool = False) -> Iterator[Town]:
    """A town with Mosquitto, where guests may read."""
    setup = _setup(folder, anonymous=True)
    posting = ("v1.1/Observations", "v1.1/+/Observations")
    town = Town(child=mosquitto_child(setup), port=setup.port, retain=retain, topics=posting)
    with _running(town):
        yield town


def _setup(folder: Path, *, anonymous: bool) -> BrokerSetup:
    return BrokerSetup(
        data=folder,
        port=unused_port(),
        accounts=ACCOUNTS,
        ingest=INGEST,
        ingest_user=INGEST,
        hold=["application/#"],
        database=database(),
        anonymous_read=anonymous,
    )


@contextmanager
def _running(town: Town) -> Iterator[Town]:
    town.begin()
    try:
        yield town
    finally:
        town.end()
