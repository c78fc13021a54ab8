"""Uplink events as a ChirpStack v4 network server publishes them over MQTT."""

import base64
import json
import random
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from simulators.sensors.fleet import Device
from simulators.sensors.formats import Frame

# Everything that has no id of its own gets one from its name, the same in every run.
NAMES = uuid.UUID("5b0c8f0e-6a55-4d0b-9f0e-2f6f3a1d0bff")
TENANT = "Simulierte Stadt"
GATEWAYS = ("02534bff00000001", "02534bff00000002")
FREQUENCIES = (868_100_000, 868_300_000, 868_500_000)


def topic(device: Device) -> str:
    return f"application/{device.application_id}/device/{device.dev_eui}/event/up"


class Radio:
    """Turns frames into events: counts them per device and invents how they were received."""

    def __init__(self, gateways: int = 2, seed: int = 7) -> None:
        self.gateways = GATEWAYS[:gateways]
        self.random = random.Random(seed)
        self.counters: dict[str, int] = {}

    def event(self, device: Device, frame: Frame, when: datetime | None = None) -> bytes:
        """One event as JSON; `when` is the time of reception, now if not given."""
        counter = self.counters.get(device.dev_eui, 0)
        self.counters[device.dev_eui] = counter + 1
        moment = stamp(when)
        spreading_factor = 7 + device.number % 3
        event = {
            "deduplicationId": str(uuid.uuid4()),
            "time": moment,
            "deviceInfo": device_info(device),
            "devAddr": f"26{int(device.dev_eui, 16) % 0xFFFFFF:06x}",
            "adr": True,
            "dr": 12 - spreading_factor,
            "fCnt": counter,
            "fPort": frame.f_port,
            "data": base64.b64encode(frame.payload).decode(),
            "rxInfo": [self._reception(gateway, moment) for gateway in self.gateways],
            "txInfo": transmission(spreading_factor, FREQUENCIES[counter % len(FREQUENCIES)]),
            "regionConfigId": "eu868",
        }
        return json.dumps(without_zeros(event), separators=(",", ":")).encode()

    def _reception(self, gateway: str, moment: str) -> dict[str, Any]:
        far = GATEWAYS.index(gateway)
        return {
            "gatewayId": gateway,
            "uplinkId": self.random.randrange(1, 2**32),
            "gwTime": moment,
            "nsTime": moment,
            "rssi": self.random.randint(-98, -72) - 14 * far,
            "snr": self.random.randint(4, 44) / 4 - 5 * far,
            "channel": self.random.randrange(3),
            "rfChain": 1,
            "context": base64.b64encode(self.random.randbytes(4)).decode(),
            "crcStatus": "CRC_OK",
        }


def device_info(device: Device) -> dict[str, Any]:
    return {
        "tenantId": str(uuid.uuid5(NAMES, TENANT)),
        "tenantName": TENANT,
        "applicationId": device.application_id,
        "applicationName": device.application_name,
        "deviceProfileId": str(uuid.uuid5(NAMES, device.format)),
        "deviceProfileName": device.format,
        "deviceName": device.name,
        "devEui": device.dev_eui,
        "tags": {"origin": "simulator"},
    }


def transmission(spreading_factor: int, frequency: int) -> dict[str, Any]:
    lora = {
        "bandwidth": 125_000,
        "spreadingFactor": spreading_factor,
        "codeRate": "CR_4_5",
    }
    return {"frequency": frequency, "modulation": {"lora": lora}}


def stamp(when: datetime | None) -> str:
    """RFC 3339 with nanoseconds, as ChirpStack writes it."""
    if when is None:
        seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
        when = datetime.fromtimestamp(seconds, UTC)
    else:
        nanoseconds = when.microsecond * 1000
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}+00:00"


def without_zeros(fields: dict[str, Any]) -> dict[str, Any]:
    """Protobuf's JSON leaves out what has its default value: 0, false, empty."""
    cleaned = {
        name: without_zeros(value) if isinstance(value, dict) else value
        for name, value in fields.items()
    }
    cleaned = {
        name: [without_zeros(entry) for entry in value] if isinstance(value, list) else value
        for name, value in cleaned.items()
    }
    return {name: value for name, value in cleaned.items() if value}
