"""The queue of downlinks that a ChirpStack v4 network server keeps for class A devices."""

import base64
import json
import random
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from simulators.sensors.chirpstack import (
    FREQUENCIES,
    GATEWAYS,
    device_info,
    stamp,
    transmission,
    without_zeros,
)
from simulators.sensors.fleet import Device

COMMANDS = "application/+/device/+/command/down"
TOPIC = re.compile(r"^application/([^/]+)/device/([0-9a-f]{16})/command/down$")
# Seconds from an uplink to the gateway's word that it will answer it.
DELAY = (0.15, 0.6)
# Bytes by spreading factor, EU868 (RP002-1.0.3); the uplink's data rate is that of the answer.
LARGEST = {7: 242, 8: 242, 9: 115, 10: 51, 11: 51, 12: 51}

Publish = Callable[[str, bytes], None]


@dataclass(frozen=True, kw_only=True)
class Faults:
    """How often (0 to 1) a device does not acknowledge, a gateway fails, an answer is lost."""

    nack: float = 0.0
    gateway: float = 0.0
    lost: float = 0.0


@dataclass(kw_only=True)
class Item:
    """One downlink in a device's queue; `pending` when it is out and awaits its acknowledgement."""

    id: str
    f_port: int
    data: bytes
    confirmed: bool
    expires: datetime | None
    pending: bool = False
    f_cnt: int = 0


@dataclass(kw_only=True)
class Queue:
    """What a device still has to get, in the order of enqueuing."""

    items: list[Item] = field(default_factory=list)
    f_cnt_down: int = 0


class Downlinks:
    """Takes commands in the broker's thread and answers each uplink in the sensors' thread."""

    def __init__(self, publish: Publish, faults: Faults, seed: int = 7) -> None:
        self.publish = publish
        self.faults = faults
        self.random = random.Random(seed)
        self.queues: dict[str, Queue] = {}
        self.taken = 0
        self._turn = threading.Lock()

    def command(self, topic: str, body: bytes) -> None:
        """Enqueue; what ChirpStack would only write into its own log is printed."""
        try:
            dev_eui, item = understood(topic, body)
        except (ValueError, KeyError, TypeError) as error:
            print(f"A downlink is not understood: {error}", flush=True)
            return
        with self._turn:
            queue = self.queues.setdefault(dev_eui, Queue())
            if any(known.id == item.id for known in queue.items):
                print(f"Downlink {item.id} is in the queue already.", flush=True)
                return
            queue.items.append(item)
            self.taken += 1

    def joined(self, device: Device) -> None:
        """A join empties the queue, as device profiles have it by default."""
        with self._turn:
            self.queues.pop(device.dev_eui, None)
        self._say(device, "join", {"devAddr": f"26{int(device.dev_eui, 16) % 0xFFFFFF:06x}"})

    def heard(self, device: Device, spreading_factor: int) -> None:
        """An uplink has come: it may acknowledge one downlink, and opens the window for another."""
        with self._turn:
            queue = self.queues.get(device.dev_eui)
            events = list(self._answers(queue, spreading_factor)) if queue else []
        for kind, said in events:
            self._say(device, kind, said)

    def _answers(self, queue: Queue, spreading_factor: int) -> Iterator[tuple[str, dict[str, Any]]]:
        if queue.items and queue.items[0].pending:
            yield "ack", self._acknowledgement(queue.items.pop(0))
        while queue.items:
            item = queue.items[0]
            if item.expires and item.expires <= datetime.now(UTC):
                yield "log", discarded(queue.items.pop(0), "EXPIRED", "it has expired")
            elif len(item.data) > LARGEST[spreading_factor]:
                reason = "it exceeds the max. payload size"
                yield "log", discarded(queue.items.pop(0), "DOWNLINK_PAYLOAD_SIZE", reason)
            else:
                yield self._transmit(queue, item, spreading_factor)
                return

    def _acknowledgement(self, item: Item) -> dict[str, Any]:
        return {
            "deduplicationId": str(uuid.uuid4()),
            "queueItemId": item.id,
            "acknowledged": self.random.random() >= self.faults.nack,
            "fCntDown": item.f_cnt,
        }

    def _transmit(
        self, queue: Queue, item: Item, spreading_factor: int
    ) -> tuple[str, dict[str, Any]]:
        """What the gateway says; after a failure it stays and goes with the next uplink."""
        if self.random.random() < self.faults.gateway:
            words = {"level": "ERROR", "code": "DOWNLINK_GATEWAY", "description": "TOO_LATE"}
            return "log", words
        item.f_cnt, queue.f_cnt_down = queue.f_cnt_down, queue.f_cnt_down + 1
        item.pending = item.confirmed
        if not item.confirmed:
            queue.items.remove(item)
        return "txack", {
            "downlinkId": self.random.randrange(1, 2**32),
            "queueItemId": item.id,
            "fCntDown": item.f_cnt,
            "gatewayId": GATEWAYS[0],
            "txInfo": transmission(spreading_factor, self.random.choice(FREQUENCIES)),
        }

    def _say(self, device: Device, kind: str, said: dict[str, Any]) -> None:
        if self.random.random() < self.faults.lost:
            return
        event = {"time": stamp(None), "deviceInfo": device_info(device), **said}
        topic = f"application/{device.application_id}/device/{device.dev_eui}/event/{kind}"
        body = json.dumps(without_zeros(event), separators=(",", ":")).encode()
        if kind == "ack":  # it came with the uplink itself
            self.publish(topic, body)
            return
        timer = threading.Timer(self.random.uniform(*DELAY), self.publish, (topic, body))
        timer.daemon = True
        timer.start()


def understood(topic: str, body: bytes) -> tuple[str, Item]:
    """The device and the downlink in a command; its id is ours to choose where none is given."""
    match = TOPIC.match(topic)
    given = json.loads(body)
    if match is None or given["devEui"] != match[2]:
        raise ValueError("topic and devEui name different devices")
    port = int(given["fPort"])
    if not 0 < port < 256:
        raise ValueError("FPort must be between 1 - 255")
    expires = given.get("expiresAt")
    return match[2], Item(
        id=str(uuid.UUID(given["id"])) if given.get("id") else str(uuid.uuid4()),
        f_port=port,
        data=base64.b64decode(given.get("data", ""), validate=True),
        confirmed=bool(given.get("confirmed")),
        expires=datetime.fromisoformat(expires) if expires else None,
    )


def discarded(item: Item, code: str, reason: str) -> dict[str, Any]:
    """ChirpStack tells only its log why an item left the queue."""
    return {
        "level": "ERROR",
        "code": code,
        "description": f"Device queue-item discarded because {reason}",
        "context": {"queue_item_id": item.id, "item_size": str(len(item.data))},
    }
