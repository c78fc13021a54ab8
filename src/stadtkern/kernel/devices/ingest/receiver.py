"""An MQTT client that takes in and acknowledges many messages at a time."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import MessageType, MQTTErrorCode

PIECE = 65_536
PAUSE = 0.005  # seconds


class Receiver(Client):
    """paho asks the system for each message three times, and sends each PUBACK by itself.

    Each time its thread waits until the one that decodes and commits lets it go on; with hundreds
    of messages a second that was the most that a message waited for.

    While `full` says so, nothing is read: Mosquitto 2.0 hands over all that it has stored as soon
    as the first thousand is acknowledged, and after an outage that is more than fits into memory.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.full: Callable[[], bool] = lambda: False
        self._received = bytearray()

    def reconnect(self) -> MQTTErrorCode:
        """As paho's; what an earlier connection has left is of no use."""
        self._received.clear()
        return super().reconnect()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """As paho's, and all that has come with it."""
        if self.full():
            time.sleep(PAUSE)
            return MQTTErrorCode.MQTT_ERR_SUCCESS
        answer = super().loop_read(max_packets)
        while self._received and answer == MQTTErrorCode.MQTT_ERR_SUCCESS:
            answer = super().loop_read(max_packets)
        return answer

    def _sock_recv(self, bufsize: int) -> bytes:
        if not self._received:
            self._received += super()._sock_recv(max(bufsize, PIECE))
        piece = bytes(self._received[:bufsize])
        del self._received[:bufsize]
        return piece

    def acknowledge(self, mids: Iterable[int]) -> None:
        """Send the PUBACKs of these messages in one piece (MQTT 3.1.1, 3.4)."""
        if packets := b"".join(b"\x40\x02" + mid.to_bytes(2) for mid in mids):
            self._packet_queue(MessageType.PUBACK, packets, 0, 1)
