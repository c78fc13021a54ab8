"""The MQTT client of ingest reads what has come in one go, and acknowledges many in one piece."""

import socket
import threading
import time

import pytest

from stadtkern.kernel.devices.ingest.broker import Broker, client

CONNACK = b"\x20\x02\x00\x00"


def packet(mid, topic, body):
    """PUBLISH at QoS 1 (MQTT 3.1.1, 3.3)."""
    rest = len(topic).to_bytes(2) + topic + mid.to_bytes(2) + body
    length, number = b"", len(rest)
    while True:
        number, low = divmod(number, 128)
        length += bytes([low | (0x80 if number else 0)])
        if not number:
            return b"\x32" + length + rest


class Counter:
    """A socket that counts how often it is read and written."""

    def __init__(self, made):
        self.made, self.reads, self.writes = made, 0, []

    def recv(self, size):
        self.reads += 1
        return self.made.recv(size)

    def send(self, data):
        self.writes.append(bytes(data))
        return self.made.send(data)

    def __getattr__(self, name):
        return getattr(self.made, name)


@pytest.fixture
def line(monkeypatch):
    """A client with a connection of which we hold the other end, and what it has heard."""
    ours, theirs = socket.socketpair()
    counted = Counter(ours)
    made = client(Broker(host="x", port=1, user="u", password="p", topics=("t",)))
    monkeypatch.setattr(made, "_create_socket", lambda: counted)
    made.connect("x")
    heard = []
    made.on_message = lambda _c, _d, got: heard.append((got.mid, bytes(got.payload)))
    theirs.sendall(CONNACK)
    until(made, made.is_connected)
    theirs.recv(1000)
    yield made, counted, theirs, heard
    theirs.close()


def until(made, true):
    """Let it read until this is so."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        made.loop(timeout=0.05)


def test_many_messages_are_read_in_one_go(line):
    made, counted, theirs, heard = line
    before = counted.reads
    theirs.sendall(b"".join(packet(n, b"a/b", b"%d" % n) for n in range(1, 101)))
    until(made, lambda: len(heard) == 100)
    assert heard == [(n, b"%d" % n) for n in range(1, 101)]
    assert counted.reads - before < 10


def test_a_message_that_comes_in_pieces_and_a_long_one_arrive_whole(line):
    made, _, theirs, heard = line
    long = bytes(range(256)) * 1000
    sent = packet(1, b"a", b"one") + packet(2, b"a", long) + packet(3, b"a", b"three")

    def dribble():
        for at in range(20):
            theirs.sendall(sent[at : at + 1])
            time.sleep(0.001)
        theirs.sendall(sent[20:])

    writer = threading.Thread(target=dribble)
    writer.start()
    until(made, lambda: len(heard) == 3)
    writer.join()
    assert heard == [(1, b"one"), (2, long), (3, b"three")]


def test_what_an_earlier_connection_left_does_not_reach_the_next_one(line, monkeypatch):
    made, _, theirs, heard = line
    theirs.sendall(packet(1, b"a", b"whole") + packet(2, b"a", b"half")[:-2])
    until(made, lambda: heard)
    ours, again = socket.socketpair()
    monkeypatch.setattr(made, "_create_socket", lambda: ours)
    made.reconnect()
    again.sendall(CONNACK + packet(7, b"a", b"anew"))
    until(made, lambda: len(heard) == 2)
    assert heard == [(1, b"whole"), (7, b"anew")]
    again.close()


def test_many_are_acknowledged_in_their_order_and_in_one_piece(line):
    made, counted, _, _ = line
    counted.writes.clear()
    made.acknowledge(range(1, 501))
    until(made, lambda: counted.writes)
    assert counted.writes == [b"".join(b"\x40\x02" + n.to_bytes(2) for n in range(1, 501))]
    made.acknowledge([])
    made.loop(timeout=0.05)
    assert len(counted.writes) == 1
