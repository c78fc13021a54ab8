"""A board on LoRaWAN, behind a ChirpStack v4 network server: class C, since it has mains power."""

import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

from simulators.display_boards.board import ARROWS, Board, Line
from simulators.sensors.chirpstack import (
    FREQUENCIES,
    Radio,
    device_info,
    stamp,
    topic,
    transmission,
    without_zeros,
)
from simulators.sensors.downlinks import understood
from simulators.sensors.fleet import Device
from simulators.sensors.formats import Frame

DEV_EUI = "02534b3000000001"
APPLICATION = "5b0c8f0e-6a55-4d0b-9f0e-2f6f3a1d0b30"
COMMANDS = f"application/+/device/{DEV_EUI}/command/down"
PORT, ORDER, REPORT = 10, 0x01, 0x81
EVERY = 60.0  # seconds between two reports

Publish = Callable[[str, bytes], None]


class Modem:
    """The board's radio: takes orders, acknowledges them, reports what is lit."""

    def __init__(self, board: Board, publish: Publish) -> None:
        self.board, self.publish = board, publish
        self.radio = Radio()
        self.device = Device(
            dev_eui=DEV_EUI, name=board.title, number=1, format="open-display-board",
            application_id=APPLICATION, application_name="Anzeigetafeln", spreading_factor=7,
        )  # fmt: skip
        self._said: set[str] = set()

    def command(self, topic: str, body: bytes) -> None:
        """A downlink of the network; nothing comes back where the cable is pulled."""
        try:
            dev_eui, item = understood(topic, body)
        except (ValueError, KeyError, TypeError) as error:
            print(f"A downlink is not understood: {error}", flush=True)
            return
        if dev_eui != DEV_EUI or item.id in self._said or not self.board.reachable:
            return
        self._said.add(item.id)
        self._event("txack", {
            "downlinkId": len(self._said), "queueItemId": item.id, "fCntDown": len(self._said),
            "gatewayId": "02534bfffe000001", "txInfo": transmission(7, FREQUENCIES[0]),
        })  # fmt: skip
        obey(self.board, item.data)
        if item.confirmed:
            self._event("ack", {"deduplicationId": str(uuid.uuid4()), "queueItemId": item.id,
                                "acknowledged": True, "fCntDown": len(self._said)})  # fmt: skip
        self.report()

    def report(self) -> None:
        """What is lit, as an uplink."""
        if self.board.reachable:
            event = self.radio.event(self.device, Frame(f_port=PORT, payload=report(self.board)))
            self.publish(topic(self.device), event)

    def _event(self, kind: str, said: dict[str, Any]) -> None:
        event = {"time": stamp(None), "deviceInfo": device_info(self.device), **said}
        body = json.dumps(without_zeros(event), separators=(",", ":")).encode()
        self.publish(f"application/{APPLICATION}/device/{DEV_EUI}/event/{kind}", body)

    def keep_reporting(self, stop: threading.Event) -> None:
        """Until the end; for a thread of its own."""
        while not stop.is_set():
            self.report()
            stop.wait(EVERY)


def obey(board: Board, data: bytes) -> None:
    """`01`, sequence, brightness, number of lines; each line: arrow, length, Latin-1."""
    if len(data) < 4 or data[0] != ORDER:
        return
    lines, at = [], 4
    for _ in range(data[3]):
        length = data[at + 1]
        text = data[at + 2 : at + 2 + length].decode("latin-1")
        lines.append(Line(text=text, arrow=ARROWS[data[at]] if data[at] < len(ARROWS) else ""))
        at += 2 + length
    board.order(lines, data[2], data[1])


def report(board: Board) -> bytes:
    """`81`, sequence, faults, brightness, number of lines; the lines as in an order."""
    lines = board.shown()
    while lines and not lines[-1].text and not lines[-1].arrow:
        lines = lines[:-1]
    head = bytes([REPORT, board.sequence & 255, board.status_bits(), board.brightness, len(lines)])
    parts = [(ARROWS.index(one.arrow), one.text.encode("latin-1", "replace")) for one in lines]
    return head + b"".join(bytes([arrow, len(text)]) + text for arrow, text in parts)
