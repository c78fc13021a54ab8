"""The line to a broker: taken means acknowledged, and nothing goes out later by itself."""

import queue
import socket
import threading

import paho.mqtt.client as mqtt
import pytest
from tree.conftest import RunningBroker, eventually, unused_port

from stadtkern.kernel.devices.ingest.broker import Broker
from stadtkern.kernel.devices.networks.sending.answer import Outcome
from stadtkern.kernel.devices.networks.sending.line import Line
from stadtkern.kernel.devices.networks.sending.parcel import Parcel
from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.brokers import amqtt_child
from stadtkern.site.tree.mosquitto import find_mosquitto, mosquitto_child

ACCOUNTS = {"ingest": "ingest-secret", "network-server": "server-secret"}
COMMAND = "application/a1/device/02534b7700000001/command/down"
REPLACE = "v3/herne@ttn/devices/valve-1/down/replace"
BROKERS = [
    amqtt_child,
    pytest.param(
        mosquitto_child,
        marks=pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed"),
    ),
]


@pytest.fixture(params=BROKERS)
def broker(request, tmp_path):
    setup = BrokerSetup(
        data=tmp_path,
        port=unused_port(),
        accounts=ACCOUNTS,
        ingest="stadtkern-ingest",
        ingest_user="ingest",
        hold=["application/+/device/+/event/+"],
    )
    running = RunningBroker(setup, request.param(setup))
    yield running
    running.kill()


@pytest.fixture
def client(broker):
    """A program of the network server, or of whoever has that password."""
    made = []

    def make(name, user="network-server"):
        one = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name)
        one.username_pw_set(user, ACCOUNTS[user])
        one.heard = queue.Queue()
        one.on_message = lambda _c, _d, got: one.heard.put((got.topic, got.payload))
        ready = threading.Event()
        one.on_subscribe = lambda *_: ready.set()
        one.on_connect = lambda c, *_: c.subscribe([("application/#", 1), ("v3/#", 1)])
        one.reconnect_delay_set(1, 1)
        one.connect("127.0.0.1", broker.setup.port)
        one.loop_start()
        assert ready.wait(20)
        made.append(one)
        return one

    yield make
    for one in made:
        one.disconnect()
        one.loop_stop()


@pytest.fixture
def line(broker):
    made = Line(address(broker))
    yield made
    made.close()


def address(broker, password="ingest-secret"):
    return Broker(
        host="127.0.0.1",
        port=broker.setup.port,
        user="ingest",
        password=password,
        topics=(),
        client_id="sender",
    )


def outcomes(answers):
    return [one.outcome for one in answers]


def test_our_account_tells_and_the_network_server_hears(client, line):
    server = client("chirpstack")
    parcels = [Parcel(topic=COMMAND, body=b"1"), Parcel(topic=REPLACE, body=b"2")]
    assert outcomes(line.deliver(parcels)) == [Outcome.TAKEN, Outcome.TAKEN]
    assert {server.heard.get(timeout=20) for _ in range(2)} == {(COMMAND, b"1"), (REPLACE, b"2")}


def test_nobody_else_tells_a_network_server_to_send(broker, client):
    server, good = client("chirpstack"), client("good")
    for number, topic in enumerate((COMMAND, REPLACE, f"eu868/{COMMAND}")):
        intruder = client(f"intruder-{number}")
        intruder.publish(topic, b"open the valve", qos=1)
        intruder.publish(topic, b"open the valve", qos=0)
    good.publish("application/a1/device/02534b7700000001/event/up", b"up", qos=0)
    assert server.heard.get(timeout=20)[1] == b"up"
    assert server.heard.empty()


def test_a_broker_that_is_away_gets_nothing_later(broker, client, line, monkeypatch):
    monkeypatch.setattr("stadtkern.kernel.devices.networks.sending.line.AWAY", 0.2)
    assert outcomes(line.deliver([Parcel(topic=COMMAND, body=b"0")])) == [Outcome.TAKEN]
    broker.kill()
    assert eventually(
        lambda: line.deliver([Parcel(topic=COMMAND, body=b"1")])[0].outcome is Outcome.NOT_SENT, 60
    )
    broker.start()
    server = client("chirpstack")
    assert eventually(
        lambda: line.deliver([Parcel(topic=COMMAND, body=b"2")])[0].outcome is Outcome.TAKEN, 60
    )
    assert server.heard.get(timeout=20) == (COMMAND, b"2")
    assert server.heard.empty()


def test_a_wrong_password_is_named(broker):
    line = Line(address(broker, "wrong"))
    (answer,) = line.deliver([Parcel(topic=COMMAND, body=b"1")])
    assert (answer.outcome, answer.reason.partition(":")[0]) == (Outcome.NOT_SENT, "login")


def test_a_broker_that_does_not_acknowledge_leaves_it_open(monkeypatch):
    """Taken or not, nobody knows: so it is neither sent nor lost."""
    monkeypatch.setattr("stadtkern.kernel.devices.networks.sending.line.PATIENCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            peer, _ = server.accept()
            with peer:
                peer.recv(1024)
                peer.sendall(b"\x20\x02\x00\x00")
                while peer.recv(1024):
                    pass

        threading.Thread(target=serve, daemon=True).start()
        port = server.getsockname()[1]
        line = Line(Broker(host="127.0.0.1", port=port, user="", password="", topics=()))
        (answer,) = line.deliver([Parcel(topic=COMMAND, body=b"1")])
    assert answer.outcome is Outcome.UNSURE
