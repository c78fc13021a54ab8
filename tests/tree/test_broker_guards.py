"""Whom and what the embedded broker refuses, and how it withstands a flood."""

import contextlib
import socket
import struct
from collections.abc import Callable

import pytest

from stadtkern.site.tree.brokers import choose_broker
from stadtkern.site.tree.passwords import (
    password_line,
    password_matches,
    read_passwords,
    write_passwords,
)
from stadtkern.site.tree.problem import ServerProblem

from .conftest import ACCOUNTS, Client, RunningBroker, eventually

Make = Callable[..., Client]


def text(value: str) -> bytes:
    return struct.pack("!H", len(value)) + value.encode()


def packet(kind: int, body: bytes) -> bytes:
    length, rest = b"", len(body)
    while True:
        rest, low = divmod(rest, 128)
        length += bytes([low | (0x80 if rest else 0)])
        if not rest:
            return bytes([kind]) + length + body


def logged_in(port: int) -> socket.socket:
    """A socket that speaks MQTT without a library that would stop it from misbehaving."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=5)
    login = text("raw") + text("sensor") + text(ACCOUNTS["sensor"])
    connection.sendall(packet(0x10, text("MQTT") + b"\x04\xc2\x00\x3c" + login))
    assert connection.recv(4) == b"\x20\x02\x00\x00"
    return connection


def publish(topic: str, number: int, payload: bytes) -> bytes:
    return packet(0x32, text(topic) + struct.pack("!H", number) + payload)


@pytest.mark.parametrize("user", ["sensor", "stranger", ""])
def test_a_wrong_password_is_refused(client: Make, user: str) -> None:
    sensor = client("sensor-1", user)
    sensor.paho.username_pw_set(user, "wrong")
    assert sensor.connect() == "Bad user name or password"


def test_nobody_comes_in_without_a_name(client: Make) -> None:
    sensor = client("sensor-1")
    sensor.paho.username_pw_set(None)
    assert sensor.connect() == "Bad user name or password"


def test_a_new_account_works_without_a_restart(broker: RunningBroker, client: Make) -> None:
    passwords = broker.setup.data / "amqtt" / "passwords"
    write_passwords(passwords, {**ACCOUNTS, "added": "later"})
    sensor = client("sensor-1", "added")
    sensor.paho.username_pw_set("added", "later")
    assert sensor.connect() == "Success"


@pytest.mark.parametrize("topic", ["application/#", "application/+/up", "$SYS/uptime", ""])
def test_a_publisher_to_a_forbidden_topic_is_cut_off_unacknowledged(
    broker: RunningBroker, topic: str
) -> None:
    with logged_in(broker.setup.port) as connection:
        connection.sendall(publish(topic, 1, b"1"))
        with contextlib.suppress(ConnectionError):
            assert connection.recv(4) == b""


def test_a_flood_is_stopped_by_not_reading_it(broker: RunningBroker, client: Make) -> None:
    """With ingest away, 50 MB of messages must not end up in the memory of the broker."""
    with logged_in(broker.setup.port) as connection:
        connection.settimeout(0.7)
        flood = publish("application/7/up", 1, b"x" * 100_000)
        with pytest.raises(TimeoutError):
            connection.sendall(flood * 500)
        other = client("sensor-2")
        other.connect()
        other.publish("command/1", "1")
        assert other.acknowledged.get(timeout=30)  # the others are served


def test_a_stopped_publisher_goes_on_when_ingest_is_back(
    client: Make, broker: RunningBroker
) -> None:
    sensor = client("sensor-1")
    sensor.connect()
    published = [sensor.publish("application/7/up", str(number)) for number in range(1700)]
    ingest = client("stadtkern-ingest", "ingest", clean=False)  # acknowledges on receipt
    ingest.connect("application/#")
    assert eventually(lambda: all(one.is_published() for one in published))
    assert ingest.received.qsize() == 1700


def test_the_password_file_holds_no_password_and_only_its_owner_reads_it(
    broker: RunningBroker,
) -> None:
    passwords = broker.setup.data / "amqtt" / "passwords"
    assert passwords.stat().st_mode & 0o777 == 0o600
    assert not any(secret in passwords.read_text() for secret in ACCOUNTS.values())
    assert set(read_passwords(passwords)) == set(ACCOUNTS)


@pytest.mark.parametrize("coded", ["", "$7$", "$7$x$y$z", "$7$101$!!$!!", "plain"])
def test_a_damaged_password_line_lets_nobody_in(coded: str) -> None:
    assert not password_matches("", coded)


def test_a_password_matches_itself_only() -> None:
    coded = password_line("sensor", "Grüße").partition(":")[2]
    assert password_matches("Grüße", coded)
    assert not password_matches("Grüsse", coded)


def test_an_unknown_kind_of_broker_is_named() -> None:
    with pytest.raises(ServerProblem, match="auto, amqtt or mosquitto, not 'rabbit'"):
        choose_broker("rabbit")
