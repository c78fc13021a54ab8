"""Mosquitto, where it is installed, starts with our configuration and keeps what it took."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from stadtkern.site.tree.broker_setup import BrokerSetup
from stadtkern.site.tree.brokers import amqtt_child, choose_broker
from stadtkern.site.tree.mosquitto import configuration, find_mosquitto, mosquitto_child

from .conftest import ACCOUNTS, INGEST, Client, RunningBroker, eventually, unused_port

installed = pytest.mark.skipif(find_mosquitto() is None, reason="Mosquitto is not installed")


@pytest.fixture
def setup(tmp_path: Path) -> BrokerSetup:
    return BrokerSetup(
        data=tmp_path,
        port=unused_port(),
        accounts=ACCOUNTS,
        ingest=INGEST,
        ingest_user="ingest",
        hold=["application/#", "v3/#"],
    )


@pytest.fixture
def mosquitto(setup: BrokerSetup) -> Iterator[RunningBroker]:
    running = RunningBroker(setup, mosquitto_child(setup))
    yield running
    running.kill()


def new_client(running: RunningBroker, name: str, user: str, clean: bool = True) -> Client:
    return Client(running.setup.port, name, user, clean=clean)


@installed
def test_it_lets_in_who_has_the_password_and_nobody_else(mosquitto: RunningBroker) -> None:
    friend = new_client(mosquitto, "sensor-1", "sensor")
    stranger = new_client(mosquitto, "sensor-2", "stranger")
    assert friend.connect() == "Success"
    assert stranger.connect() == "Not authorized"
    friend.close()
    stranger.close()


@installed
def test_it_keeps_messages_for_an_ingest_that_has_never_been_there(
    mosquitto: RunningBroker,
) -> None:
    sensor = new_client(mosquitto, "sensor-1", "sensor")
    sensor.connect()
    sensor.publish("application/7/up", "1")
    sensor.publish("v3/x/up", "2")
    assert {sensor.acknowledged.get(timeout=30) for _ in range(2)}
    ingest = new_client(mosquitto, INGEST, "ingest", clean=False)
    ingest.connect()
    assert {ingest.next().payload for _ in range(2)} == {b"1", b"2"}
    sensor.close()
    ingest.close()


@installed
def test_it_keeps_messages_over_an_orderly_restart(mosquitto: RunningBroker) -> None:
    sensor = new_client(mosquitto, "sensor-1", "sensor")
    sensor.connect()
    sensor.publish("application/7/up", "1").wait_for_publish(5)
    sensor.close()
    mosquitto.process.terminate()
    mosquitto.process.wait(10)
    mosquitto.start()
    ingest = new_client(mosquitto, INGEST, "ingest", clean=False)
    ingest.connect()
    assert ingest.next().payload == b"1"
    ingest.close()


@installed
def test_it_saves_its_memory_within_seconds(mosquitto: RunningBroker) -> None:
    """The documented loss window: what was acknowledged some seconds ago survives kill -9."""
    database = mosquitto.setup.data / "mosquitto" / "mosquitto.db"
    sensor = new_client(mosquitto, "sensor-1", "sensor")
    sensor.connect()
    sensor.publish("application/7/up", "kept for long").wait_for_publish(5)
    assert eventually(lambda: database.exists() and b"kept for long" in database.read_bytes())
    sensor.close()
    mosquitto.kill()
    mosquitto.start()
    ingest = new_client(mosquitto, INGEST, "ingest", clean=False)
    ingest.connect()
    assert ingest.next().payload == b"kept for long"
    ingest.close()


@installed
def test_its_own_password_program_understands_our_file(mosquitto: RunningBroker) -> None:
    """mosquitto_passwd -D removes a user only from a file it can read."""
    passwords = mosquitto.setup.data / "mosquitto" / "passwords"
    done = subprocess.run(["mosquitto_passwd", "-D", passwords, "sensor"], check=False)
    assert done.returncode == 0
    assert "sensor:" not in passwords.read_text()
    assert "ingest:" in passwords.read_text()


def test_auto_takes_mosquitto_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stadtkern.site.tree.brokers.find_mosquitto", lambda: None)
    assert choose_broker("auto") is amqtt_child
    monkeypatch.setattr("stadtkern.site.tree.brokers.find_mosquitto", lambda: "/usr/sbin/mosquitto")
    assert choose_broker("auto") is mosquitto_child
    assert choose_broker("amqtt") is amqtt_child


def test_the_configuration_listens_on_loopback_only_and_knows_no_guests(
    setup: BrokerSetup, tmp_path: Path
) -> None:
    lines = configuration(setup, tmp_path).splitlines()
    assert f"listener {setup.port} 127.0.0.1" in lines
    assert "allow_anonymous false" in lines
    assert "persistence true" in lines
