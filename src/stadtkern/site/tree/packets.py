"""Reads MQTT packets so that a malformed one cannot run into the next."""

from typing import Any

from amqtt.adapters import BufferReader, ReaderAdapter
from amqtt.errors import MQTTError
from amqtt.mqtt import packet_class
from amqtt.mqtt.packet import MQTTFixedHeader, MQTTPacket

LARGEST_PACKET = 1_000_000  # bytes; as in our configuration of Mosquitto


async def read_packet(reader: ReaderAdapter) -> MQTTPacket[Any, Any, Any]:
    """The whole of it first, then its parts."""
    first, length, shift = (await reader.read(1))[0], 0, 0
    while True:
        part = (await reader.read(1))[0]
        length |= (part & 0x7F) << shift
        shift += 7
        if not part & 0x80:
            break
        if shift > 21:
            raise MQTTError("its packet has no length")
    if length > LARGEST_PACKET:
        raise MQTTError(f"its packet of {length} bytes is too large")
    header = MQTTFixedHeader(first >> 4, first & 0x0F, length)
    body = BufferReader(await reader.read(length) if length else b"")
    return await packet_class(header).from_stream(body, fixed_header=header)
