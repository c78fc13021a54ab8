"""The packets of MQTT 3.1.1 that a program needs which publishes much and hears little."""

from collections.abc import Iterator

CONNACK, PUBLISH, PUBACK = 2, 3, 4  # the first half of a packet's first byte
PING, DISCONNECT = b"\xc0\x00", b"\xe0\x00"
LONGEST = 4  # bytes that say how long a packet is (2.2.3)


def connect(client_id: str, user: str, password: str, keepalive: int) -> bytes:
    """A new session without a past (3.1)."""
    flags = 0b11000010 if user else 0b00000010
    said = [client_id, user, password] if user else [client_id]
    body = _text("MQTT") + bytes((4, flags)) + keepalive.to_bytes(2) + b"".join(map(_text, said))
    return b"\x10" + _length(len(body)) + body


def subscribe(mid: int, topic: str) -> bytes:
    """At QoS 1 (3.8)."""
    body = mid.to_bytes(2) + _text(topic) + b"\x01"
    return b"\x82" + _length(len(body)) + body


def publish(mid: int, topic: str, body: bytes, *, retain: bool = False) -> bytes:
    """At QoS 1 (3.3)."""
    name = _text(topic)
    head = (b"\x33" if retain else b"\x32") + _length(len(name) + 2 + len(body))
    return b"".join((head, name, mid.to_bytes(2), body))


def puback(mid: int) -> bytes:
    """That a message has been dealt with (3.4)."""
    return b"\x40\x02" + mid.to_bytes(2)


def published(flags: int, packet: bytes) -> tuple[int, bytes]:
    """The packet id, 0 at QoS 0, and the payload of a message (3.3)."""
    end = 2 + int.from_bytes(packet[:2])
    if not flags & 0b0110:
        return 0, packet[end:]
    return int.from_bytes(packet[end : end + 2]), packet[end + 2 :]


def taken(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """Takes what is complete: the first byte, and what follows the length.

    Raises ValueError: what is there is no MQTT.
    """
    while (found := _measured(buffer)) is not None:
        begin, end = found
        first, packet = buffer[0], bytes(buffer[begin:end])
        del buffer[:end]
        yield first, packet


def _measured(buffer: bytearray) -> tuple[int, int] | None:
    """Where the first packet's content begins and ends; None while some of it is missing."""
    length = 0
    for place in range(1, LONGEST + 1):
        if place >= len(buffer):
            return None
        length |= (buffer[place] & 0x7F) << 7 * (place - 1)
        if not buffer[place] & 0x80:
            end = place + 1 + length
            return (place + 1, end) if len(buffer) >= end else None
    raise ValueError("not a packet of MQTT")


def _length(number: int) -> bytes:
    said = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        said.append(low | 0x80 if number else low)
        if not number:
            return bytes(said)


def _text(text: str) -> bytes:
    said = text.encode()
    return len(said).to_bytes(2) + said
