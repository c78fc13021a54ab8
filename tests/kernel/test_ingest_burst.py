"""After an outage the stored messages are taken in order, and live ones do not wait behind them."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from tree.conftest import ACCOUNTS, INGEST, Client, RunningBroker, eventually, unused_port

from stadtkern.kernel.devices.ingest import consumer
from stadtkern.kernel.devices.ingest.batch import Stored
from stadtkern.kernel.devices.ingest.broker import Broker
from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.brokers import amqtt_child
from stadtkern.site.tree.mosquitto import find_mosquitto, mosquitto_child

pytestmark = pytest.mark.django_db(transaction=True)

BACKLOG, BATCH, DEVICES = 4000, 100, 7
STORED = datetime.now(UTC) - timedelta(hours=9)


@dataclass
class Store:
    """Commits as slowly as a database would, and notes the order."""

    pause: float = 0.08
    taken: list[tuple[str, int]] = field(default_factory=list)
    known: set[tuple[str, int]] = field(default_factory=set)

    def take(self, messages):
        time.sleep(self.pause)
        bodies = [json.loads(message.body) for message in messages]
        new = [(body["kind"], body["number"]) for body in bodies]
        # As the database: what is known is not stored again.
        self.taken += [one for one in new if one not in self.known]
        self.known |= set(new)
        ages = sorted(
            (m.received - datetime.fromisoformat(b["time"])).total_seconds()
            for m, b in zip(messages, bodies, strict=True)
        )
        size = len(messages)
        return Stored(messages=size, new=size, observations=0, troubled=0, age=ages[len(ages) // 2])

    def count(self, kind: str) -> int:
        return sum(one == kind for one, _ in list(self.taken))


def publish(client: Client, kind: str, number: int, sent: datetime) -> None:
    body = {"kind": kind, "number": number, "time": sent.isoformat()}
    client.publish(f"application/a/device/{number % DEVICES:016x}/event/up", json.dumps(body))


@pytest.fixture(params=["amqtt", "mosquitto"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningBroker]:
    if request.param == "mosquitto" and find_mosquitto() is None:
        pytest.skip("Mosquitto is not installed")
    child = {"amqtt": amqtt_child, "mosquitto": mosquitto_child}[request.param]
    setup = BrokerSetup(
        data=tmp_path,
        port=unused_port(),
        accounts=ACCOUNTS,
        ingest=INGEST,
        ingest_user="ingest",
        hold=["application/#"],
    )
    broker = RunningBroker(setup, child(setup))
    yield broker
    broker.kill()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "LARGEST_BATCH", BATCH)


@pytest.mark.slow
def test_live_messages_do_not_wait_behind_a_backlog(
    running: RunningBroker, small_batches: None
) -> None:
    store = Store()
    stored, live = (Client(running.setup.port, name, "sensor") for name in ("stored", "live"))
    for one in (stored, live):
        one.connect()
    for number in range(BACKLOG):
        publish(stored, "stored", number, STORED + timedelta(seconds=number))
    if find_mosquitto() and "mosquitto" in running.child.argv[0]:
        assert eventually(lambda: stored.acknowledged.qsize() == BACKLOG, 60)
    taking, thread = ingest(running.setup.port, store)
    assert eventually(lambda: taking._ahead.open, 60)
    # The second connection needs a moment; from then on nothing waits for the backlog.
    probes = 0
    while not eventually(lambda: store.count("probe"), 0.1):
        assert thread.is_alive()
        publish(live, "probe", probes, datetime.now(UTC))
        probes += 1
    waited = []
    for number in range(8):
        done = store.count("stored")
        publish(live, "live", number, datetime.now(UTC))
        assert eventually(lambda n=number: ("live", n) in store.taken, 60)
        waited.append(store.count("stored") - done)
    left = BACKLOG - store.count("stored")
    assert left > 0, "the backlog must outlast the test"
    assert max(waited) <= 10 * BATCH
    assert eventually(lambda: store.count("stored") == BACKLOG, 90)
    assert eventually(lambda: not taking._ahead.open, 60)
    publish(live, "live", 8, datetime.now(UTC))
    assert eventually(lambda: ("live", 8) in store.taken, 60)
    end(taking, thread, stored, live)
    in_order = [number for kind, number in store.taken if kind == "stored"]
    assert in_order == list(range(BACKLOG))
    assert [n for kind, n in store.taken if kind == "live"] == list(range(9))
    assert store.count("probe") == probes


def test_a_burst_of_live_messages_opens_no_second_way(
    running: RunningBroker, small_batches: None
) -> None:
    store = Store(pause=0.02)
    sender = Client(running.setup.port, "sender", "sensor")
    sender.connect()
    taking, thread = ingest(running.setup.port, store)
    ways: set[bool] = set()
    for number in range(1500):
        publish(sender, "live", number, datetime.now(UTC))
        ways.add(taking._ahead.open)
    assert eventually(lambda: store.count("live") == 1500, 60)
    end(taking, thread, sender)
    assert ways == {False}
    assert [number for _, number in store.taken] == list(range(1500))


def ingest(port: int, store: Store) -> tuple[consumer.Consumer, threading.Thread]:
    topics = ("application/+/device/+/event/+",)
    broker = Broker(
        host="127.0.0.1",
        port=port,
        user="ingest",
        password=ACCOUNTS["ingest"],
        topics=topics,
        live=topics,
    )
    taking = consumer.Consumer(broker, store, lambda _: None)
    thread = threading.Thread(target=run, args=(taking,), daemon=True)
    thread.start()
    return taking, thread


def run(taking: consumer.Consumer) -> None:
    try:
        taking.run()
    finally:
        connection.close()


def end(taking: consumer.Consumer, thread: threading.Thread, *clients: Client) -> None:
    taking.stop()
    thread.join(30)
    assert not thread.is_alive()
    for one in clients:
        one.close()
