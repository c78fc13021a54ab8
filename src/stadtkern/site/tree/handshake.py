"""A few bytes of MQTT 3.1.1: leaves a standing subscription at a broker that has none yet."""

import socket
import struct
from collections.abc import Sequence

PATIENCE = 5.0  # seconds
CONNECT, SUBSCRIBE, DISCONNECT = 0x10, 0x82, 0xE0
LOGIN_PERSISTENT = 0xC0  # user name, password, no clean session
KEEP_ALIVE = 30  # seconds


def leave_subscription(
    *, host: str, port: int, client_id: str, user: str, password: str, filters: Sequence[str]
) -> bool:
    """So that messages queue for that client before its first visit. True: the broker agreed."""
    head = _text("MQTT") + struct.pack("!BBH", 4, LOGIN_PERSISTENT, KEEP_ALIVE)
    connect = _packet(CONNECT, head + _text(client_id) + _text(user) + _text(password))
    wishes = b"".join(_text(topic_filter) + b"\x01" for topic_filter in filters)
    try:
        with socket.create_connection((host, port), timeout=PATIENCE) as broker:
            broker.sendall(connect)
            agreed = _answer(broker)[1:2] == b"\x00"
            broker.sendall(_packet(SUBSCRIBE, struct.pack("!H", 1) + wishes))
            granted = _answer(broker)[2:]
            broker.sendall(_packet(DISCONNECT, b""))
            return agreed and len(granted) == len(filters) and max(granted) <= 2
    except OSError:
        return False


def _text(text: str) -> bytes:
    coded = text.encode()
    return struct.pack("!H", len(coded)) + coded


def _packet(kind: int, body: bytes) -> bytes:
    length, rest = b"", len(body)
    while True:
        rest, low = divmod(rest, 128)
        length += bytes([low | (0x80 if rest else 0)])
        if not rest:
            return bytes([kind]) + length + body


def _answer(broker: socket.socket) -> bytes:
    """The body of the next packet; the two answers we wait for are short."""
    with broker.makefile("rb", buffering=0) as stream:
        head = stream.read(2) or b""
        if len(head) < 2:
            raise ConnectionError
        return stream.read(head[1]) or b""
